"""Phantoms for checks of the room: simple bodies whose size is known exactly.

DICOM patient axes: x to the left, y to the back, z to the head; the origin is where their site is.
"""

from __future__ import annotations

from simulator.models.solids.body import Section
from simulator.models.solids.primitives import Dimensions, Solids, box, cylinder, loft, middle

HEAD = ("crown", "calotte", "vault", "middle", "jaw", "chin", "neck", "neck_base")


def box_phantom(dimensions: Dimensions) -> Solids:
    """Return a box about the origin."""
    return {"box": box(*(middle(dimensions[f"{axis}_mm"]) for axis in "xyz"))}


def water_cylinder(dimensions: Dimensions) -> Solids:
    """Return a cylinder that lies along z, the origin in its middle."""
    return {"cylinder": cylinder(dimensions["diameter_mm"] / 2, middle(dimensions["length_mm"]))}


def head_phantom(dimensions: Dimensions) -> Solids:
    """Return a head without a face on a short neck; the origin is in the middle of the head."""
    return {"head": loft([Section.named(dimensions, name).ring(48) for name in HEAD])}
