"""How often a mesh as a whole winds around points."""

import numpy as np

from simulator.geometry.winding import winding_numbers


def winding_number(points_mm, mesh):
    """The sum over all bodies of the mesh, shape (n,)."""
    corners = mesh.vertices_mm[mesh.faces]
    return winding_numbers(np.asarray(points_mm, dtype=float), corners, np.zeros(1, dtype=np.intp))[:, 0]
