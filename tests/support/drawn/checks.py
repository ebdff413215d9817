"""What is drawn, and what is read of it."""

import importlib

import numpy as np

from simulator.models.importers import soup_of


def draw(suffix, seed, without=()):
    """Draw a file of a format."""
    module = importlib.import_module(f"support.drawn.{'threemf' if suffix == '.3mf' else suffix[1:]}")
    return module.draw(np.random.default_rng(seed), without)


def triangles(content, suffix):
    """Return the triangles (n, 3, 3) that the simulator reads, in the file's unit."""
    surface = soup_of(content, suffix)
    return surface.vertices[surface.faces]
