"""Solids of shipped models, as their generators make them, and what may be asked of a solid."""

import numpy as np
import pytest

from simulator.models.description import read_description
from simulator.models.library import shipped
from simulator.models.solids import primitives
from simulator.models.solids.generate import generator, values


def described(name):
    return read_description(shipped("meshes") / name)


def built(name):
    description = described(name)
    return generator(description.generator)(values(description))


def dimensions(name):
    return values(described(name))


def corners(solid):
    return np.asarray(solid.to_mesh64().vert_properties)[:, :3]


def is_inside(solid, point):
    """Whether a cube of 0.2 mm around a point is in the solid."""
    cube = primitives.Solid.cube((0.2, 0.2, 0.2), True).translate(tuple(point))
    return (cube ^ solid).volume() == pytest.approx(cube.volume())
