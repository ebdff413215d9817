"""A machine with joints of other names at 45°: lists by its joints, and by directions for other programs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.beam_lists import ORACLES
from support.toy_machine import directions, write_toy_machine

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList
from simulator.geometry.positions import rotation_top_patient

SPIN, TILT = np.array([30.0, -75.0, 120.0]), np.array([10.0, -20.0, 35.0])


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> sim.Setup:
    folder = tmp_path_factory.mktemp("toy")
    write_toy_machine(folder)
    return sim.load_setup(folder / "open.toml")


@pytest.fixture(scope="module")
def beams(toy: sim.Setup) -> BeamList:
    return BeamList.of(toy, pd.DataFrame({"spin_deg": SPIN, "tilt_deg": TILT}))


def test_our_csv_has_its_joints(toy: sim.Setup, beams: BeamList, tmp_path: Path) -> None:
    sim.write_beams(beams, tmp_path / "b.csv", "csv", toy)
    assert (tmp_path / "b.csv").read_text().startswith("spin_deg,tilt_deg,name,position,")
    assert sim.read_beams(tmp_path / "b.csv", toy).beams == beams.beams


def test_other_programs_get_the_direction(toy: sim.Setup, beams: BeamList, tmp_path: Path) -> None:
    sim.write_beams(beams, tmp_path / "b.mat", "matrad", toy)
    true = directions(TILT, SPIN) @ rotation_top_patient(toy.position)
    assert ORACLES["matrad"](tmp_path / "b.mat") == pytest.approx(true, abs=1e-9)
    back = sim.read_beams(tmp_path / "b.mat", toy)
    assert back.directions_patient(toy) == pytest.approx(true, abs=1e-9)


def test_a_direction_that_it_cannot_aim_from_is_refused(toy: sim.Setup, tmp_path: Path) -> None:
    path = tmp_path / "b.txt"
    path.write_text("90 90 0\n90 270 0\n")  # along its tilt axis, from both sides: it reaches half of the sphere
    with pytest.raises(sim.SimulatorError, match=r"line [12]: must be a direction that the machine can aim"):
        sim.read_beams(path, toy)


@pytest.mark.parametrize(("form", "ending"), [("rtplan", ".dcm"), ("truebeam_xml", ".xml")])
def test_forms_of_gantry_and_couch_are_refused(form: str, ending: str, toy, beams: BeamList, tmp_path: Path) -> None:
    with pytest.raises(sim.SimulatorError, match=f"form {form}: must have joints gantry and couch to aim with"):
        sim.write_beams(beams, tmp_path / f"b{ending}", form, toy)
