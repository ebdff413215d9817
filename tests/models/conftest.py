from collections.abc import Callable
from pathlib import Path

import pytest
import trimesh

FIRST_LINES = 'kind = "{}"\ntitle = "Own"\nnote = "No clinical clearance."\n'


@pytest.fixture
def box() -> trimesh.Trimesh:
    """Return a box of 100 x 200 x 300 around (10, 20, 30), so that no axis can be taken for another."""
    mesh = trimesh.creation.box((100.0, 200.0, 300.0))
    return mesh.apply_translation((10.0, 20.0, 30.0))


@pytest.fixture
def write_model(tmp_path: Path, box: trimesh.Trimesh) -> Callable[..., Path]:
    """Return a function that writes a model with a mesh ``box.ply`` and returns its folder."""

    def write(kind: str, lines: str, *, name: str = "own", within: str = "models") -> Path:
        folder = tmp_path / within / name
        folder.mkdir(parents=True)
        box.export(folder / "box.ply")
        (folder / "model.toml").write_text(FIRST_LINES.format(kind) + lines, encoding="utf-8")
        return folder

    return write
