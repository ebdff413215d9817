"""All forms of beam lists: by name, and by what a file looks like."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.arguments import checked
from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms import beamlist, csv_form, matrad, opentps, pyradplan, rtplan, truebeam_xml
from simulator.delivery.lists.forms.form import ARCS, COLLIMATOR, TIMES, WEIGHTS, Form
from simulator.delivery.lists.forms.json_files import read_object
from simulator.delivery.lists.listed import COLLIMATOR as COLLIMATOR_JOINT
from simulator.errors import SimulatorError, shown, unknown
from simulator.setup.setup import Setup
from simulator.whole_files import file_path, written_whole

_ALL = (csv_form.FORM, matrad.FORM, pyradplan.FORM, *opentps.FORMS, beamlist.FORM, truebeam_xml.FORM, rtplan.FORM)
FORMS: dict[str, Form] = {form.name: form for form in _ALL}
"""By name."""


def form_to_write(path: Path, name: str | None) -> Form:
    """Return the form of a file that is to be written: the named one, or the only one with its ending.

    Raises
    ------
    SimulatorError
        If there is none, several have that ending, or the ending is another one's.
    """
    if name is not None:
        chosen = form_named(name)
        file_path(path, chosen.ending)
        return chosen
    able = _by_ending(path)
    if len(able) > 1:
        names = ", ".join(form.name for form in able)
        raise SimulatorError(f"{path}: the form must be said, for several end in {path.suffix}: {names}")
    return able[0]


@checked
def write_beams(beams: BeamList, path: str | os.PathLike[str], form: str, setup: Setup) -> tuple[str, ...]:
    """Write beams for another program; the file is there whole or not at all.

    Parameters
    ----------
    beams : BeamList
        The list.
    path : str or PathLike
        Its ending must be that of the form.
    form : str
        One of `FORMS`: csv, matrad, pyradplan, opentps_photons, opentps_protons, beamlist, truebeam_xml, rtplan.
    setup : Setup
        The room of the list: a level or tilted table top, where the table stands.

    Returns
    -------
    tuple of str
        What the form cannot hold and the file lacks, such as weights.

    Raises
    ------
    SimulatorError
        If the form is unknown, or cannot hold what would change where beams come from, such as arcs.

    Examples
    --------
    >>> import simulator as sim
    >>> import pandas as pd
    >>> setup = sim.load_setup("brain")
    >>> beams = sim.BeamList.of(setup, pd.DataFrame({"gantry_deg": [60, 300], "couch_deg": [15, 0]}))
    >>> sim.write_beams(beams, "candidates.mat", "matrad", setup)
    ()
    >>> [round(angle) for angle in sim.read_beams("candidates.mat", setup).table()["gantry_deg"]]
    [60, -60]
    """
    target = Path(path)
    chosen = form_to_write(target, form)
    arcs = [beam.name for beam in beams.beams if beam.stop is not None]
    if arcs and ARCS not in chosen.holds:
        able = ", ".join(each.name for each in FORMS.values() if ARCS in each.holds)
        raise SimulatorError(f"form {form}: must have no arcs, beam {arcs[0]} is one; forms with arcs: {able}")
    content = chosen.encode(beams, setup)
    with written_whole(target) as unfinished:
        unfinished.write_bytes(content)
    return tuple(f"{target.name}: the form {form} cannot hold {what}: left out" for what in _lost(beams, chosen))


@checked
def read_beams(path: str | os.PathLike[str], setup: Setup, form: str | None = None) -> BeamList:
    r"""Return the beams of a file, on the scales of the joints of a set-up.

    Parameters
    ----------
    path : str or PathLike
        A list in one of `FORMS`.
    setup : Setup
        Machine and patient that it is for. A form that knows no patient position is for the set-up's.
    form : str, optional
        Its form; found from the ending and the content of the file if not given.

    Returns
    -------
    BeamList
        In the order of the file.

    Raises
    ------
    SimulatorError
        If the file cannot be read, its form is unknown, or anything in it is wrong.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> with open("beams.csv", "w") as file:
    ...     _ = file.write("name,gantry_deg,couch_deg\nleft,90,0\nvertex,50,270\n")
    >>> [(beam.name, beam.start) for beam in sim.read_beams("beams.csv", setup).beams]
    [('left', {'gantry': 90.0, 'couch': 0.0}), ('vertex', {'gantry': 50.0, 'couch': -90.0})]
    """
    file = Path(path)
    chosen = form_named(form) if form is not None else form_of(file)
    return chosen.decode(file, setup)


def form_named(name: str) -> Form:
    """Return the form of a name.

    Raises
    ------
    SimulatorError
        If there is none.
    """
    if name not in FORMS:
        raise unknown("form of a beam list", name, FORMS)
    return FORMS[name]


def form_of(path: Path) -> Form:
    """Return the form that a file has by its ending, and by its content where several have that.

    Raises
    ------
    SimulatorError
        If it is none of them.
    """
    if _is_dicom(path):  # plans often have another ending, or none
        return rtplan.FORM
    able = _by_ending(path)
    return _by_fields(path, able) if len(able) > 1 else able[0]


def _is_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(132)[128:] == b"DICM"
    except (OSError, ValueError):  # told by whoever reads it
        return False


def _by_ending(path: Path) -> list[Form]:
    able = [form for form in FORMS.values() if form.ending == path.suffix.lower()]
    if not able:
        endings = ", ".join(f"{form.ending} ({form.name})" for form in FORMS.values())
        raise SimulatorError(f"{path}: must be a beam list, which end in {endings}; or its form must be said")
    return able


def _by_fields(path: Path, able: list[Form]) -> Form:
    """Return the form of a JSON file, by the fields that only it has."""
    fields = read_object(path)
    for form in able:
        if pyradplan.is_plan(fields) if form is pyradplan.FORM else opentps.is_design(fields, form.name):
            return form
    names = ", ".join(form.name for form in able)
    has = ", ".join(map(shown, list(fields)[:10])) or "none"
    raise SimulatorError(f"{path}: must be JSON of one of the forms {names}; its fields are none of theirs: {has}")


def _lost(beams: BeamList, form: Form) -> list[str]:
    """Return what a list has and a form cannot hold."""
    has = {
        WEIGHTS: any(beam.weight_sr is not None for beam in beams.beams),
        TIMES: any(beam.beam_on_s is not None for beam in beams.beams),
        COLLIMATOR: any(beam.start.get(COLLIMATOR_JOINT) for beam in beams.beams),
    }
    return [what for what, is_there in has.items() if is_there and what not in form.holds]
