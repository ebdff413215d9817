"""Would anybody notice? Copies of the enclosures, each wrong in a line or two, against the same random boxes.

A line is found by its marker, ``# @name``, which stands at its end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from support.judged_joint_boxes import wrong
from support.six_axis_arms import KR150_2, OF_THE_KIND, mounted

import simulator.arms

FOLDER = Path(simulator.arms.__file__).parent
COPIED = ("affine", "beam_boxes", "joint_boxes")
DEFECTS = {
    "no outward rounding": {"unit": "UNIT = 0.0", "outward": "ALLOWANCE_DEG = 0.0"},
    "products lose what varies twice": {"product": "pass"},
    "functions are straight": {"curvature": "rest = np.abs(slope) * self.rest"},
    "functions of two are straight": {"second_order": "pass"},
    "the other elbow": {"branch": "shoulder, elbow, flip = signs * np.array([[1.0], [-1.0], [1.0]])"},
    "the other shoulder": {"branch": "shoulder, elbow, flip = signs * np.array([[-1.0], [1.0], [1.0]])"},
    "within reach unseen": {"sure": "is_sure = cosine.low > -9.0"},
    "the tilt has no sign": {"tilt": "tilt = arccos(along) - g.wrist_zero"},
    "no equivalents by a turn": {"turns": "turns = np.zeros_like(high)"},
    "beyond one limit is beyond": {"beyond": "is_beyond = (high > most).any(axis=1)"},
}
SETTINGS = (
    (KR150_2, 90.0, 1600.0, (4.0, 4.0, 40.0, 8.0)),
    (OF_THE_KIND["KR 210 L150"], 60.0, 1600.0, (0.0, 0.0, 0.0, 0.0)),
    (KR150_2, 90.0, 1600.0, (20.0, 0.0, 0.0, 0.0)),
    (KR150_2, 90.0, 2600.0, (2.0, 2.0, 60.0, 2.0)),  # at the end of its reach
)


@pytest.fixture
def copies() -> Iterator[dict[str, str]]:
    """Yield the sources of the modules, for copies whose names are taken out of the interpreter again."""
    yield {name: (FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in COPIED}
    for name in COPIED:
        sys.modules.pop(f"planted_{name}", None)


def planted(sources: dict[str, str], defect: dict[str, str]) -> ModuleType:
    """Return a copy of `joint_boxes` over copies of what it rests on, with other lines instead of marked ones."""
    for marker, line in defect.items():
        found = [
            (name, row) for name, text in sources.items() for row in text.split("\n") if row.endswith(f"# @{marker}")
        ]
        ((name, row),) = found
        indent = row[: len(row) - len(row.lstrip())]
        sources[name] = sources[name].replace(row, indent + line)
    for name in COPIED:
        text = sources[name]
        for other in COPIED:
            text = text.replace(f"from simulator.arms.{other} import", f"from planted_{other} import")
        module = sys.modules[f"planted_{name}"] = ModuleType(f"planted_{name}")
        exec(compile(text, name, "exec"), vars(module))
    return sys.modules["planted_joint_boxes"]


def errors(module: ModuleType, count: int = 2_000) -> int:
    """Return how many poses contradict what a copy says of random boxes."""
    return sum(
        sum(wrong(*mounted(rows, mount, (x, 0.0, -450.0)), np.array(size), count, 2, module.joint_boxes).values())
        for rows, mount, x, size in SETTINGS
    )


def test_a_sound_copy_is_right(copies: dict[str, str]) -> None:
    assert errors(planted(copies, {})) == 0


@pytest.mark.parametrize("name", DEFECTS)
def test_somebody_notices(copies: dict[str, str], name: str) -> None:
    assert errors(planted(copies, DEFECTS[name])) > 0
