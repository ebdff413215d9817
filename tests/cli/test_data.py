"""``simulator data``: what is listed, what is fetched, and what is said where nothing can be."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from simulator.public_data import catalogue
from simulator.public_data.catalogue import DataFile, DataSet

CONTENT = b"gantry_deg,couch_deg\n"


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have two sets, one of them at an address where nobody listens, and return the folder of data."""
    file = DataFile("beams.csv", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    fields = ("tests", "a home", "MIT")
    made = {
        "near": DataSet("near", "Near", *fields, "near", (file,), "http://127.0.0.1:9/", "Ask."),
        "far": DataSet("far", "Far", *fields, "far", (file,), None, "Ask the far."),
    }
    monkeypatch.setattr(catalogue, "data_sets", lambda: made)
    monkeypatch.setenv("SIMULATOR_REFERENCE", str(tmp_path / "reference"))
    return tmp_path / "reference"


def test_the_list_says_what_is_here_and_how_to_get_the_rest(command, sets: Path) -> None:
    code, out, err = command("data")
    assert (code, err) == (0, "")
    for part in ("near: Near", "0 of 1 files; to get it: simulator data fetch near", "by hand   Ask the far.", "MIT"):
        assert part in out
    assert hashlib.sha256(CONTENT).hexdigest() in out and str(sets) in out
    (sets / "near").mkdir(parents=True)
    (sets / "near" / "beams.csv").write_bytes(CONTENT)
    assert "1 of 1 files\n" in command("data")[1]
    (sets / "near" / "beams.csv").write_bytes(b"something else")
    assert "another file" in command("data")[1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("near",), "http://127.0.0.1:9/beams.csv: cannot be reached; is there a network?; its home is a home"),
        (("far",), "far: cannot be fetched; its home is a home (MIT). Ask the far."),
        (("farther",), "data set: unknown name 'farther'; available: near, far"),
        ((), "must be given names of sets or --all; available: near, far"),
        (("near", "--all"), "must be given names of sets or --all; available: near, far"),
        (("far", "--from", "nowhere"), "--from nowhere: must hold all files of far; missing: beams.csv"),
    ],
)
def test_what_cannot_be_done_is_one_message(command, sets: Path, arguments: tuple[str, ...], told: str) -> None:
    code, _, err = command("data", "fetch", *arguments)
    assert code == 2
    assert told in err and err.count("\n") == 1
    assert not sets.exists() or not any(path.is_file() for path in sets.rglob("*"))


def test_a_set_is_taken_from_a_folder_and_then_all_there_is_need_not_be_fetched(
    command, sets: Path, tmp_path: Path
) -> None:
    (tmp_path / "beams.csv").write_bytes(CONTENT)
    code, out, err = command("data", "fetch", "near", "--from", str(tmp_path))
    assert (code, err) == (0, "") and out.endswith("beams.csv: present\n")
    assert (sets / "near" / "beams.csv").read_bytes() == CONTENT
    code, out, err = command("data", "fetch", "--all")
    assert (code, err) == (0, "")
    assert f"near: present in {sets / 'near'}" in out
    assert "far: not here, and cannot be fetched; its home is a home (MIT). Ask the far." in out
