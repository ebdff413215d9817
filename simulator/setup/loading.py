"""From a scenario to its setup: models found, loaded and put together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from simulator.arguments import checked
from simulator.errors import SimulatorError, unknown
from simulator.models.couch import Couch
from simulator.models.fixation import Fixation
from simulator.models.library import find_scenario
from simulator.models.machine import Machine
from simulator.models.patient import Patient
from simulator.models.shared import Shared
from simulator.scenario.axis import PartOfRange, split_field
from simulator.scenario.choices import SUPPORT, CouchChoice, FixationChoice
from simulator.scenario.expectations import Expect
from simulator.scenario.hints import hints
from simulator.scenario.scenario import Scenario
from simulator.scenario.sweep import Sweep
from simulator.setup.extended import with_distances
from simulator.setup.holding import incline_deg
from simulator.setup.joints import asked_arc, asked_joints
from simulator.setup.patients import placed_patient
from simulator.setup.setup import Setup


@hints("model", "scenario")
@checked
def load_setup(scenario: str | os.PathLike[str] | Scenario, *, shared: Shared | None = None) -> Setup:
    """Return the setup of a scenario: meshes loaded, checked and placed in IEC 61217 room axes.

    Parameters
    ----------
    scenario : str, PathLike or Scenario
        A TOML file, the name of a shipped scenario, or a scenario made in Python.
    shared : Shared, optional
        Models of other set-ups, which this one has, too, where it asks for the same.

    Returns
    -------
    Setup
        With the sweep, buffers and errors of the scenario.

    Raises
    ------
    SimulatorError
        If anything in it is wrong; the message says what and where.

    Examples
    --------
    >>> import simulator as sim
    >>> sim.load_setup("brain")
    Setup(c_arm + igrt + adult, HFS, site 'brain', 111 pairs)
    >>> scenario = sim.Scenario(title="Foot", patient={"model": "adult", "site": "foot", "position": "FFS"})
    >>> sim.load_setup(scenario).position
    'FFS'
    """
    if not isinstance(scenario, Scenario):
        scenario = Scenario.read(find_scenario(scenario))
    try:
        return _set_up(scenario, Shared() if shared is None else shared)
    except SimulatorError as error:
        raise SimulatorError("\n".join(f"{scenario.origin}: {line}" for line in str(error).splitlines())) from None


def _set_up(scenario: Scenario, shared: Shared) -> Setup:
    beside = scenario.folder
    machine, couch, patient = scenario.machine, scenario.couch, scenario.patient
    placed = placed_patient(patient, couch, beside, shared)
    machine_model = shared.once(Machine.load, machine.model, beside=beside, **machine.options)
    setup = Setup(
        machine=machine_model,
        couch=_couch(couch, beside, shared),
        patient=placed.patient,
        site=patient.site,
        isocentre_mm=placed.isocentre_mm,
        position=placed.position,
        buffers=scenario.buffers,
        errors=scenario.errors,
        sweep=_swept(with_distances(machine_model.sweep, couch.source_distance_mm), scenario.grid),
        collimator_deg=machine.collimator_deg,
        pitch_deg=couch.pitch_deg,
        roll_deg=couch.roll_deg,
        source_distance_mm=couch.source_distance_mm,
        shift_mm=patient.shift_mm,
        lies=placed.lies,
        fixation=_devices(scenario, shared),
        name=scenario.name,
        title=scenario.title,
    )
    if scenario.expect is not None:
        _require_joints(setup, scenario.expect)
    return setup


@hints("model", "scenario")
def lying_patient(scenario: Scenario) -> Patient:
    """Return the patient of a scenario as it lies, bent on an inclined device, wherever the table can bring it.

    Raises
    ------
    SimulatorError
        If anything in ``[patient]`` or ``[[fixation]]`` is wrong.
    """
    shared = Shared()
    placed = placed_patient(scenario.patient, scenario.couch, scenario.folder, shared)
    return placed.patient.raised(incline_deg(_devices(scenario, shared), placed.position))


def _require_joints(setup: Setup, expect: Expect) -> None:
    """Refuse promises about joints that are not there, in another unit, or where they cannot be."""
    tree = setup.scene.tree
    known = [f"{joint.name}_{joint.unit}" for joint in tree.joints if joint.type != "fixed" and joint.mimic is None]
    for kind in ("free", "colliding", "free_arc"):
        for at, promise in enumerate(getattr(expect, kind)):
            for field in promise.fields:
                if field not in known:
                    raise unknown(f"expect.{kind}.{at}: field", field, (*type(promise).model_fields, *known))
            try:
                if kind == "free_arc":
                    asked_arc(tree, setup.sweep, promise.joints, promise.direction)
                else:
                    asked_joints(tree, setup.sweep, promise.joints)
            except SimulatorError as error:
                raise SimulatorError(f"expect.{kind}.{at}: {error}") from None


def _swept(usual: Sweep, grid: Mapping[str, PartOfRange]) -> Sweep:
    """Return what a machine scans, with what a scenario says of these joints, and others, in place of its own."""
    said = {field: part.model_dump(exclude_unset=True) for field, part in grid.items()}
    joints = [split_field(field)[0] for field in said]
    own = {axis.field: dict(axis) for axis in usual if axis.field in said or axis.joint not in joints}
    return Sweep.of({field: own.get(field, {}) | said.get(field, {}) for field in {**own, **said}})


def _couch(choice: CouchChoice, beside: Path | None, shared: Shared) -> Couch:
    if choice.mesh is None:
        assert choice.model is not None
        return shared.once(Couch.load, choice.model, beside=beside, **choice.options)
    assert choice.units is not None
    return shared.once(
        Couch.from_mesh,
        choice.mesh,
        choice.units,
        support=choice.support or SUPPORT,
        surface_z_mm=choice.surface_z_mm,
        head_end_y_mm=choice.head_end_y_mm,
        repair=choice.repair,
        beside=beside,
    )


def _devices(scenario: Scenario, shared: Shared) -> tuple[Fixation, ...]:
    return tuple(_device(choice, at, scenario.folder, shared) for at, choice in enumerate(scenario.fixation))


def _device(choice: FixationChoice, at: int, beside: Path | None, shared: Shared) -> Fixation:
    placed = {"anchor": choice.anchor, "shift_mm": choice.shift_mm, "beside": beside}
    try:
        if choice.model is not None:
            return shared.once(Fixation.load, choice.model, **placed, **choice.options)  # type: ignore[arg-type]
        assert choice.mesh is not None and choice.units is not None and choice.surface_z_mm is not None
        return shared.once(
            Fixation.from_mesh,
            choice.mesh,
            choice.units,
            surface_z_mm=choice.surface_z_mm,
            incline_deg=choice.incline_deg,
            repair=choice.repair,
            **placed,  # type: ignore[arg-type]
        )
    except SimulatorError as error:
        text, own = str(error), f"fixation.{at}"
        named = text.replace("fixation.", f"{own}.", 1) if text.startswith("fixation.") else f"{own}: {text}"
        raise SimulatorError(named) from None
