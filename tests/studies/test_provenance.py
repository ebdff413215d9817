"""What a study rests on: each file that one of its cases names, by a name that says nothing of this machine."""

from __future__ import annotations

import hashlib
import json

from support.toy_study import STUDY, toy_study

from simulator.studies.cases import Cases
from simulator.studies.levels import factor_of_columns
from simulator.studies.provenance import differences, provenance_of

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


def test_differences_are_named_by_their_place():
    before, now = {"a": 1, "b": {"c": 2, "d": [1]}}, {"a": 1, "b": {"c": 3, "d": [2]}, "e": 4}
    assert differences(before, now) == "b.c, b.d, e" and differences(now, now) == ""
    many = {str(at): at for at in range(20)}
    assert differences(many, {}).endswith("6, 7 and 12 more")
