"""What a person writes to commission a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

import simulator as sim

SOUND = """
title = "Box"
scenario = "box"
[[positions]]
name = "centred"
[[positions]]
name = "right"
set = { patient.shift_mm = [100, 0, 0], couch.pitch_deg = 1 }
[[unknowns]]
dimension = "isocentre_to_face_mm"
prior_mm = 10
[[unknowns]]
part = "couch top"
offset = "z"
[[unknowns]]
phantom = "y"
"""


@pytest.fixture
def read(tmp_path: Path):
    def write(text: str) -> sim.Commissioning:
        (tmp_path / "case.toml").write_text(text, encoding="utf-8")
        return sim.Commissioning.read(tmp_path / "case.toml")

    return write


def test_positions_are_the_scenario_with_what_they_change_and_without_buffers(read) -> None:
    found = read(SOUND).scenarios()
    assert list(found) == ["centred", "right"]
    assert found["centred"].patient.shift_mm == (0.0, 0.0, 0.0)
    assert found["right"].patient.shift_mm == (100.0, 0.0, 0.0) and found["right"].couch.pitch_deg == 1.0
    assert {each.buffers for each in found.values()} == {sim.Buffers(patient_mm=0.0, couch_mm=0.0)}
    assert all(each.expect is None for each in found.values())


def test_unknowns_have_names_and_candidates_defaults(read) -> None:
    found = read(SOUND)
    assert [each.name for each in found.unknowns] == ["isocentre_to_face_mm", "couch top z", "phantom y"]
    assert found.candidates.joints == {"couch": (-90.0, -60.0, -30.0, 0.0, 30.0, 60.0, 90.0)}


def test_a_scenario_is_looked_for_beside_the_file(read, tmp_path: Path) -> None:
    text = 'title = "Mine"\n[couch]\nmodel = "no_couch"\n[patient]\nmodel = "box_phantom"\nsite = "centre"\n'
    (tmp_path / "mine.toml").write_text(text)
    (found,) = {each.couch.model for each in read(SOUND.replace('"box"', '"mine.toml"')).scenarios().values()}
    assert found == "no_couch"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'scenario = "box"',
            'scenario = "bxo"',
            r"case\.toml: scenario: scenario: unknown name 'bxo'; available: box",
        ),
        ('scenario = "box"', 'scenario = "bxo.toml"', r"case\.toml: scenario: .*bxo\.toml: there is no such file"),
        ('name = "right"', 'name = "centred"', r"positions: must be different, 'centred' stands there twice"),
        ('part = "couch top"\noffset = "z"', 'phantom = "y"', r"unknowns: must be different, 'phantom y' stands"),
        ("prior_mm = 10", "prior_mm = -1", r"unknowns\.0\.prior_mm: must be greater than 0, was -1"),
        (
            "prior_mm = 10",
            'part = "floor"',
            r"must have one of dimension, part, group and phantom, has dimension, part",
        ),
        ('offset = "z"', "", r'must have either offset = "x", "y" or "z" or padding = true beside part'),
        ('offset = "z"', 'offset = "z"\npadding = true', r"must have either offset .* or padding = true beside part"),
        ('phantom = "y"', 'phantom = "y"\noffset = "x"', r"offset and padding must stand beside part or group, not"),
        ('phantom = "y"', 'phantom = "y"\nof = "couch"', r"of must be left out beside phantom"),
        ("patient.shift_mm", "machine.model", r"must say where the phantom is .*, not machine\.model"),
        ("patient.shift_mm", "patient.shift", r"case\.toml: position 'right': .*patient\.shift: unknown field"),
        (
            'title = "Box"',
            'title = "Box"\nreading_error_deg = 0',
            r"reading_error_deg: must be greater than 0, was 0",
        ),
        (
            'title = "Box"',
            'title = "Box"\ncandidates = { couch = [1] }',
            r"couch: must be the name of a joint and its",
        ),
        (
            'title = "Box"',
            'title = "Box"\ncandidates = { couch_deg = [] }',
            r"candidates\.couch_deg: must have at",
        ),
        ('title = "Box"', 'title = "Box"\nreadings = 3', r"readings: unknown field; available: title, scenario"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(read, old: str, new: str, words: str) -> None:
    assert old in SOUND
    with pytest.raises(sim.SimulatorError, match=words):
        read(SOUND.replace(old, new, 1))


def test_all_errors_of_a_file_are_one_message_and_python_is_refused_alike(read) -> None:
    with pytest.raises(sim.SimulatorError) as refused:
        read(SOUND.replace("prior_mm = 10", "prior_mm = -1").replace('offset = "z"', 'offset = "w"'))
    assert str(refused.value).count("\n") == 1
    with pytest.raises(sim.SimulatorError, match=r"Commissioning: positions: is missing"):
        sim.Commissioning(title="Box", scenario="box", unknowns=[{"phantom": "y"}])


def test_a_wrong_unknown_is_the_one_error_of_its_file(read) -> None:
    with pytest.raises(sim.SimulatorError) as refused:
        read(SOUND[: SOUND.index("[[unknowns]]")] + '[[unknowns]]\nphantom = "y"\nprior_mm = -1\n')
    (line,) = str(refused.value).splitlines()
    hint = " (simulator explain commissioning.unknowns.prior_mm)"
    assert line.endswith(f"case.toml: unknowns.0.prior_mm: must be greater than 0, was -1{hint}")


def test_a_position_out_of_reach_is_said_of_that_position(read) -> None:
    with pytest.raises(sim.SimulatorError, match=r"case\.toml: position 'right': .*out of the table's reach"):
        sim.Rooms.of(read(SOUND.replace("[100, 0, 0]", "[9000, 0, 0]")))
