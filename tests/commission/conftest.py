"""Rooms that tests of commissioning share, loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.cylinder_head import BESIDE, UNKNOWNS_BESIDE, commissioned

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


@pytest.fixture(scope="session")
def box_beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sim.Rooms]:
    """The cylinder head's machine without a couch; contacts have a closed form."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("beside")
        yield sim.Rooms.of(commissioned(folder, patch, positions=BESIDE, unknowns=UNKNOWNS_BESIDE, couch="no_couch"))


@pytest.fixture(scope="session")
def on_couch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sim.Rooms]:
    """The same machine about the box phantom on a couch, in three positions."""
    with pytest.MonkeyPatch.context() as patch:
        yield sim.Rooms.of(commissioned(tmp_path_factory.mktemp("on_couch"), patch))
