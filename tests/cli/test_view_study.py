"""``simulator view`` of the folder of a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli.view import STUDY, view, view_study
from simulator.errors import SimulatorError


def test_what_only_rooms_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / STUDY).write_text("{}")
    with pytest.raises(SimulatorError, match="--movie, --gantry: must be left out"):
        view(str(tmp_path), movie=tmp_path / "movie.gif", gantry=10.0)


def test_only_studies_have_cases() -> None:
    with pytest.raises(SimulatorError, match="--case: must be left out"):
        view("box", case=3)


def test_a_study_that_is_not_one_is_told(tmp_path: Path) -> None:
    (tmp_path / STUDY).write_text("{}")
    with pytest.raises(SimulatorError, match="study"):
        view_study(tmp_path, None, tmp_path / "picture.png", None, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == [STUDY]
