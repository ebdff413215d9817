"""The bodies, the plain loop and the shipped set-ups that the tests of this folder share."""

import pytest
from support import shapes as all_shapes
from support.brute import Brute

import simulator as sim


@pytest.fixture(scope="session")
def shapes():
    """Everything that makes bodies, scenes and rooms, by name."""
    return all_shapes


@pytest.fixture(scope="session")
def brute():
    """The plain loop over a scene."""
    return Brute


@pytest.fixture(scope="session", params=["brain", "liver"])
def shipped_setup(request):
    """A shipped scenario."""
    return sim.load_setup(request.param)
