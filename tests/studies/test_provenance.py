"""What a study rests on: each file that one of its cases names, by a name that says nothing of this machine."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import get_type_hints

import pytest
from support.sound_inputs import machine_set, part
from support.toy_study import STUDY, toy_study
from support.urdf_robots import BEAM, kr_150, written

from simulator.scenario.choices import CouchChoice, FixationChoice, MachineChoice
from simulator.scenario.patient_choice import PatientChoice
from simulator.studies.cases import Cases
from simulator.studies.levels import factor_of_columns
from simulator.studies.provenance import FILES, MODELS, differences, provenance_of

DEVICES = """
[[vary]]
field = "patient.model"
values = ["head_phantom", "box_phantom"]
"""


def test_files_of_all_models_that_vary_are_there(tmp_path):
    found = provenance_of(Cases.of(toy_study(tmp_path, STUDY.replace("[measure]", f"{DEVICES}\n[measure]"))))
    files = found["files_sha256"]
    block = (tmp_path / "hoop/block.stl").read_bytes()
    assert files["machine hoop/block.stl"] == hashlib.sha256(block).hexdigest()
    assert {"machine hoop/model.toml", "couch bench/board.stl", "patient head_phantom/model.toml"} <= files.keys()
    assert "patient box_phantom/model.toml" in files
    assert str(tmp_path) not in json.dumps(found)


def test_a_file_beside_the_study_is_there_and_a_missing_one_is_told(tmp_path):
    """A plan, whatever the cases come to: it is looked for where the scenario is."""
    cases = Cases.of(toy_study(tmp_path))
    (tmp_path / "a.dcm").write_bytes(b"a")
    plans = factor_of_columns("plan", "vary.0.values", {"patient.plan": ["a.dcm", "b.dcm"]})
    files = provenance_of(Cases(cases.study, cases.base, (plans,)))["files_sha256"]
    assert files["a.dcm"] == hashlib.sha256(b"a").hexdigest()
    assert files["b.dcm"] == "cannot be read: No such file or directory"


def test_devices_are_named_by_their_number(tmp_path):
    cases = Cases.of(toy_study(tmp_path))
    devices = factor_of_columns("board", "vary.0.values", {"fixation.0.model": ["breast_board"]})
    files = provenance_of(Cases(cases.study, cases.base, (devices,)))["files_sha256"]
    assert any(name.startswith("fixation breast_board/") for name in files)


def names_of(cases, column, field, values):
    """The names of the files of a study that varies one field."""
    factor = factor_of_columns(column, "vary.0.values", {field: values})
    return provenance_of(Cases(cases.study, cases.base, (factor,)))["files_sha256"]


@pytest.mark.parametrize("table", [MachineChoice, CouchChoice, FixationChoice, PatientChoice])
def test_every_field_that_names_a_file_or_a_model_is_looked_into(table):
    named = {
        name for name, hint in get_type_hints(table, include_extras=True).items() if "max_length=4000" in str(hint)
    }
    assert named and named <= {*FILES, *MODELS}


def test_models_behind_others_are_looked_into(tmp_path):
    """What carries a table top of one's own, what completes a scan, and whole tables."""
    cases = Cases.of(toy_study(tmp_path))
    assert "couch no_couch/model.toml" in names_of(cases, "carries", "couch.support", ["no_couch"])
    assert "couch igrt/model.toml" in names_of(cases, "top", "couch.mesh", ["top.stl"])
    assert "patient adult/model.toml" in names_of(cases, "whole", "patient.complete", ["adult"])
    boards = [{"model": "breast_board"}, {"model": "wing_board"}]
    files = names_of(cases, "board", "fixation.0", boards)
    assert {"fixation breast_board/model.toml", "fixation wing_board/model.toml"} <= files.keys()


def test_files_that_stand_elsewhere_are_looked_into(tmp_path):
    """A robot in a folder of its own, the meshes of a machine set, and models of one name in two folders."""
    cases = Cases.of(toy_study(tmp_path))
    (tmp_path / "set").mkdir()
    (tmp_path / "set/parts.json").write_text(machine_set(part(FilePath="meshes/gantry.STL")))
    for place in ("one", "two"):
        shutil.copytree(tmp_path / "hoop", tmp_path / place / "hoop")
        (tmp_path / place / "hoop/note.txt").write_text(place)
    written(tmp_path / "arm", kr_150(), BEAM.format("flange"))
    (tmp_path / "arm/urdf").mkdir()
    (tmp_path / "arm/robot.urdf").rename(tmp_path / "arm/urdf/robot.urdf")
    (tmp_path / "arm/model.toml").write_text(
        (tmp_path / "arm/model.toml").read_text().replace("robot.urdf", "urdf/robot.urdf")
    )
    models = ["set/parts.json", "one/hoop", "two/hoop", "arm"]
    files = names_of(cases, "machine", "machine.model", models)
    assert files["machine set/meshes/gantry.STL"].startswith("cannot be read")
    notes = [files[name] for name in ("machine hoop/note.txt", "machine hoop/note.txt (2)")]
    assert notes == [hashlib.sha256(place.encode()).hexdigest() for place in ("one", "two")]
    assert "machine arm/urdf/robot.urdf" in files


def test_differences_are_named_by_their_place():
    before, now = {"a": 1, "b": {"c": 2, "d": [1]}}, {"a": 1, "b": {"c": 3, "d": [2]}, "e": 4}
    assert differences(before, now) == "b.c, b.d, e" and differences(now, now) == ""
    many = {str(at): at for at in range(20)}
    assert differences(many, {}).endswith("6, 7 and 12 more")
