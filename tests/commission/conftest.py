"""Rooms that tests of commissioning share, loaded once."""

from __future__ import annotations

import pytest

import simulator as sim

POSITIONS = [
    {"name": "centred"},
    {"name": "right", "set": {"patient.shift_mm": [120, 0, 0]}},
    {"name": "higher", "set": {"patient.isocentre_mm": [0, 250, 0]}},
]
UNKNOWNS = [
    {"dimension": "isocentre_to_face_mm", "prior_mm": 10.0},
    {"part": "couch top", "offset": "z"},
    {"phantom": "z"},
]


@pytest.fixture(scope="session")
def commissioning() -> sim.Commissioning:
    return sim.Commissioning(title="Box", scenario="box", positions=POSITIONS, unknowns=UNKNOWNS)


@pytest.fixture(scope="session")
def rooms(commissioning: sim.Commissioning) -> sim.Rooms:
    return sim.Rooms.of(commissioning)
