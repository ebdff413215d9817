"""Every form, read as its tool reads it, says where the beam comes from in the patient, however the patient lies."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.beam_lists import ORACLES, POSITIONS, empty_room, static_list, true_directions

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms import head_first_supine
from simulator.delivery.lists.forms.registry import FORMS

ANGLES = st.lists(
    st.tuples(st.floats(-180.0, 180.0), st.floats(-90.0, 90.0)), min_size=1, max_size=6, unique_by=lambda pose: pose
)
HALF_A_DIGIT = {"beamlist": 2 * 0.5e-4}
"""Of degrees; both angles are rounded."""
WITHIN_DEG = 1e-6


def written(form: str, beams: BeamList, setup, folder: str) -> Path:
    path = Path(folder) / f"beams{FORMS[form].ending}"
    sim.write_beams(beams, path, form, setup)
    return path


def degrees_off(first: np.ndarray, second: np.ndarray) -> float:
    across = np.linalg.norm(np.cross(first, second), axis=1)
    return float(np.degrees(np.arctan2(across, np.sum(first * second, axis=1))).max())


def test_every_form_has_an_oracle() -> None:
    assert set(ORACLES) == set(FORMS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("position", POSITIONS)
@settings(max_examples=4)
@given(poses=ANGLES)
def test_a_form_says_where_the_beam_comes_from(form: str, position: str, poses: list[tuple[float, float]]) -> None:
    setup = empty_room(position)
    with tempfile.TemporaryDirectory() as folder:
        found = ORACLES[form](written(form, static_list(setup, poses), setup, folder))
    assert degrees_off(found, true_directions(position, poses)) <= HALF_A_DIGIT.get(form, WITHIN_DEG)


@pytest.mark.parametrize("form", ["matrad", "pyradplan", "opentps_photons", "opentps_protons", "beamlist"])
def test_feet_first_angles_passed_through_unchanged_are_found_out(form: str, tmp_path, monkeypatch) -> None:
    """The mistake of every tool that was looked at: the machine's angles as if the patient lay head first supine."""
    monkeypatch.setattr(head_first_supine, "are_own", lambda *_: True)
    setup, poses = empty_room("FFS"), [(60.0, 20.0)]
    found = ORACLES[form](written(form, static_list(setup, poses), setup, str(tmp_path)))
    assert degrees_off(found, true_directions("FFS", poses)) > 90.0


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"truebeam_xml"}))
def test_a_tilted_table_turns_the_direction_too(form: str, tmp_path) -> None:
    setup = empty_room("FFS", pitch_deg=3.0, roll_deg=-2.0)
    beams = static_list(setup, [(70.0, 25.0)])
    back = sim.read_beams(written(form, beams, setup, str(tmp_path)), setup)
    assert degrees_off(back.directions_patient(setup), beams.directions_patient(setup)) <= 1e-4
    if form not in ("csv", "rtplan"):
        found = ORACLES[form](tmp_path / f"beams{FORMS[form].ending}")
        assert degrees_off(found, beams.directions_patient(setup)) <= 1e-4


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("position", POSITIONS)
def test_what_is_written_is_read_as_the_same_directions(form: str, position: str, tmp_path) -> None:
    setup = empty_room(position)
    beams = static_list(
        setup, [(0.0, 0.0), (180.0, 45.0), (-120.0, 90.0), (33.3, -77.7), (90.0, 0.0), (-90.0, -30.0)]
    )
    back = sim.read_beams(written(form, beams, setup, str(tmp_path)), setup)
    assert (back.position, back.isocentre_mm) == (position, beams.isocentre_mm)
    off = degrees_off(back.directions_patient(setup), beams.directions_patient(setup))
    assert off <= HALF_A_DIGIT.get(form, WITHIN_DEG)


def test_pyradplan_itself_aims_from_there() -> None:
    plan = pytest.importorskip("pyRadPlan.plan", reason="pyRadPlan is not installed: 150 packages for one test")
    geometry = pytest.importorskip("pyRadPlan.geometry.lps")
    from simulator.delivery.lists.forms.pyradplan import plan_fields

    setup, poses = empty_room("FFDL"), [(60.0, 20.0), (-130.0, -75.0)]
    stf = plan.PhotonPlan(**plan_fields(static_list(setup, poses), setup)).prop_stf
    pairs = zip(stf["gantry_angles"], stf["couch_angles"], strict=True)
    found = np.array([geometry.get_beam_rotation_matrix(g, c) @ (0.0, -1.0, 0.0) for g, c in pairs])
    assert degrees_off(found, true_directions("FFDL", poses)) <= WITHIN_DEG
