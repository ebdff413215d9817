"""The bodies and rooms of the collision tests, for the tests of other rooms and for programs that tests start."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType


def _collision_conftest() -> ModuleType:
    path = Path(__file__).parents[1] / "collision" / "conftest.py"
    spec = importlib.util.spec_from_file_location("collision_bodies", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


shapes = _collision_conftest()
