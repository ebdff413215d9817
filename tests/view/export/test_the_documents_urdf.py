"""The page on URDF: its robot, its description and its lines of Python, as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import simulator as sim

PAGE = Path(__file__).parents[3] / "docs" / "how_to" / "urdf.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))


def test_the_page_works_as_it_stands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIMULATOR_MODELS", str(tmp_path))
    (tmp_path / "swing").mkdir()
    (robot,), (description,) = blocks("xml"), blocks("toml")
    name, _, robot = robot.partition("\n")  # the first line says which file it is
    assert name == "# swing/swing.urdf"
    (tmp_path / "swing" / "swing.urdf").write_text(robot, encoding="utf-8")
    (tmp_path / "swing" / "model.toml").write_text(description, encoding="utf-8")
    names: dict[str, object] = {}
    for lines in blocks("python"):
        exec(lines, names)
    assert "free" in capsys.readouterr().out
    setup = names["setup"]
    assert isinstance(setup, sim.Setup)
    assert {(part.name, part.joint, part.group) for part in setup.machine.parts} == {
        ("base", "base", "base"),
        ("arm 1", "gantry", "arm"),
        ("arm 2", "gantry", "arm"),
        ("head 1", "mount", "head"),
        ("cone", "mount", "head"),
    }
    assert (tmp_path / "room" / "room.urdf").is_file()
