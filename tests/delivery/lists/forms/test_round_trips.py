"""What a form can hold comes back as it was; what it cannot is said, or refused where it matters."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.beam_lists import empty_room, static_list

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList, ListedBeam
from simulator.delivery.lists.forms.form import ARCS, COLLIMATOR, TIMES, WEIGHTS
from simulator.delivery.lists.forms.registry import FORMS

SETUP = empty_room("FFP")
NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="\\"), min_size=1)
GANTRY, ANGLE = (st.floats(low, high).map(lambda value: round(value, 6)) for low, high in ((-179, 179), (-90, 90)))


@st.composite
def beam_lists(draw: st.DrawFn, *, with_arcs: bool = True, most: int = 4) -> BeamList:
    """Draw a list: static beams and arcs, with collimator, weights and times or without."""
    has = {key: draw(st.booleans()) for key in (COLLIMATOR, WEIGHTS, TIMES)}
    beams = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=most, unique=True)):
        start, stop = ({"gantry": draw(GANTRY), "couch": draw(ANGLE)} for _ in range(2))
        if has[COLLIMATOR]:
            start["collimator"], stop["collimator"] = draw(ANGLE), draw(ANGLE)
        amounts = [draw(st.floats(0.0, 4.0).map(lambda v: round(v, 6))) if has[k] else None for k in (WEIGHTS, TIMES)]
        is_arc = with_arcs and draw(st.booleans()) and start != stop
        if not any((beam.start, beam.stop) == (start, stop if is_arc else None) for beam in beams):
            beams.append(ListedBeam(name, start, stop if is_arc else None, *amounts))
    return BeamList(tuple(beams), "FFP", (1.5, -2.25, 1000.125))


def there_and_back(beams: BeamList, form: str) -> BeamList:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"beams{FORMS[form].ending}"
        sim.write_beams(beams, path, form, SETUP)
        return sim.read_beams(path, SETUP)


def require_same(found: BeamList, meant: BeamList, *, default: dict[str, float]) -> None:
    """Require the same beams; ``default`` is what a form always says."""
    assert (found.position, found.isocentre_mm) == (meant.position, meant.isocentre_mm)
    assert [beam.name for beam in found.beams] == [beam.name for beam in meant.beams]
    for one, other in zip(found.beams, meant.beams, strict=True):
        assert one.start == pytest.approx({**default, **other.start}, abs=1e-7)
        assert (one.stop is None) == (other.stop is None)
        assert one.stop is None or one.stop == pytest.approx({**default, **other.stop}, abs=1e-7)


@settings(max_examples=25)
@given(beam_lists())
def test_csv_holds_all_of_it(beams: BeamList) -> None:
    found = there_and_back(beams, "csv")
    require_same(found, beams, default={})
    assert [(b.weight_sr, b.beam_on_s) for b in found.beams] == [(b.weight_sr, b.beam_on_s) for b in beams.beams]


@settings(max_examples=25)
@given(beam_lists())
def test_truebeam_xml_holds_arcs_collimator_and_position(beams: BeamList) -> None:
    require_same(there_and_back(beams, "truebeam_xml"), beams, default={"collimator": 0.0})


@settings(max_examples=15)
@given(beam_lists(most=3))
def test_an_rt_plan_holds_arcs_collimator_and_position(beams: BeamList) -> None:
    if any(len(beam.name) > 64 for beam in beams.beams):
        return
    require_same(there_and_back(beams, "rtplan"), beams, default={})


@pytest.mark.parametrize("form", ["matrad", "pyradplan", "opentps_photons", "opentps_protons", "beamlist"])
def test_where_the_patient_lies_as_the_tool_takes_it_the_poses_themselves_come_back(form: str, tmp_path) -> None:
    """Couch angles at gantry 0 and 180, too, which the direction alone would lose."""
    setup = empty_room("HFS")
    poses = [(0.0, 40.0), (180.0, -30.0), (-90.0, 90.0), (12.25, -89.5), (90.0, -90.0)]
    path = tmp_path / f"beams{FORMS[form].ending}"
    sim.write_beams(static_list(setup, poses), path, form, setup)
    back = sim.read_beams(path, setup, form)
    assert [tuple(beam.start[joint] for joint in ("gantry", "couch")) for beam in back.beams] == [
        pytest.approx(pose, abs=1e-9) for pose in poses
    ]


@pytest.mark.parametrize("name", ["#1", "a, b", "; c", '"d"', "é ü 4π", "<e>"])
@pytest.mark.parametrize("form", ["csv", "truebeam_xml", "rtplan", "opentps_protons"])
def test_no_name_is_lost(name: str, form: str) -> None:
    beams = tuple(ListedBeam(each, {"gantry": 10.0 * at, "couch": 0.0}) for at, each in enumerate((name, "last")))
    found = there_and_back(BeamList(beams, "FFP", (0.0, 0.0, 0.0)), form)
    assert [beam.name for beam in found.beams] == [name, "last"]


@pytest.mark.parametrize("name", ["", " a", "a\nb", "\0"])
def test_a_name_that_no_line_of_text_can_hold_is_refused(name: str) -> None:
    with pytest.raises(sim.SimulatorError, match="beam 1: name: must be printable, without blanks around it"):
        BeamList((ListedBeam(name, {"gantry": 0.0, "couch": 0.0}),), "FFP", (0.0, 0.0, 0.0))


@pytest.mark.parametrize("ending", ["", ".plan"])
def test_a_plan_is_known_by_its_content(ending: str, tmp_path) -> None:
    sim.write_beams(static_list(SETUP, [(10.0, 20.0)]), tmp_path / "plan.dcm", "rtplan", SETUP)
    path = (tmp_path / "plan.dcm").rename(tmp_path / f"RP{ending}")
    assert len(sim.read_beams(path, SETUP).beams) == 1


@pytest.mark.parametrize("form", FORMS)
def test_the_same_list_is_the_same_bytes(form: str, tmp_path) -> None:
    beams = static_list(SETUP, [(10.0, 20.0), (33.0, -44.0)])
    paths = [tmp_path / f"{name}{FORMS[form].ending}" for name in "ab"]
    for path in paths:
        sim.write_beams(beams, path, form, SETUP)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("form", [form for form in FORMS if ARCS not in FORMS[form].holds])
def test_a_form_without_arcs_refuses_one_by_name(form: str, tmp_path) -> None:
    beam = ListedBeam("sweep", {"gantry": 0.0, "couch": 0.0}, {"gantry": 20.0, "couch": 0.0})
    path = tmp_path / f"beams{FORMS[form].ending}"
    with pytest.raises(sim.SimulatorError, match="must have no arcs, beam sweep is one; forms with arcs: csv"):
        sim.write_beams(BeamList((beam,), "FFP", (0.0, 0.0, 0.0)), path, form, SETUP)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", FORMS)
def test_what_a_form_leaves_out_is_told(form: str, tmp_path) -> None:
    setup = empty_room()
    beam = ListedBeam("1", {"gantry": 0.0, "couch": 0.0, "collimator": 45.0}, None, 0.5, 3.0)
    told = sim.write_beams(
        BeamList((beam,), "HFS", (0.0, 0.0, 0.0)), tmp_path / f"b{FORMS[form].ending}", form, setup
    )
    lost = [what for what in (WEIGHTS, TIMES, COLLIMATOR) if what not in FORMS[form].holds]
    assert [what for what in (WEIGHTS, TIMES, COLLIMATOR) if any(what in line for line in told)] == lost


def test_a_turned_collimator_is_refused_where_its_angle_would_mean_another_field(tmp_path) -> None:
    beam = ListedBeam("1", {"gantry": 60.0, "couch": 20.0, "collimator": 45.0})
    with pytest.raises(sim.SimulatorError, match="collimator: must be 0 where the patient does not lie head first"):
        sim.write_beams(BeamList((beam,), "FFP", (0.0, 0.0, 0.0)), tmp_path / "b.txt", "beamlist", SETUP)
    path = tmp_path / "hfs.txt"
    sim.write_beams(BeamList((beam,), "HFS", (0.0, 0.0, 0.0)), path, "beamlist", empty_room())
    assert sim.read_beams(path, empty_room()).beams[0].start == pytest.approx(beam.start)
    with pytest.raises(sim.SimulatorError, match=r"hfs.txt: collimator: must be 0"):
        sim.read_beams(path, SETUP)
