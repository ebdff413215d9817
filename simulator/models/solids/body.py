"""A human body lying on the back: head, trunk, arms and legs from sections that a description names.

DICOM patient axes: x to the patient's left (0 in the middle), y to the back (0 where the back lies on the table),
z to the head (0 at the vertex). Head, trunk and legs are hulls of successive ellipses, each a section at one
height, named after what is there; arms are hulls of successive spheres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.models.solids.primitives import (
    Dimensions,
    FloatArray,
    Solid,
    both_sides,
    circle,
    hull,
    loft,
    sphere,
)

HEAD = (
    "vertex",
    "crown",
    "bregma",
    "forehead",
    "occiput",
    "ears",
    "cheeks",
    "mouth",
    "chin",
    "throat",
    "neck",
    "neck_base",
)
HEAD_BROADEST = "occiput"
NOSE = ("nose_bridge", "nose_tip", "nose_base")
TRUNK = (
    "collar",
    "trapezius",
    "shoulders",
    "armpits",
    "chest",
    "ribs",
    "waist",
    "navel",
    "hips",
    "seat",
    "crotch",
)
LEG = ("groin", "thigh_top", "thigh", "knee_above", "knee", "calf", "shin", "ankle", "heel", "instep", "toes", "sole")
ARM = ("shoulder", "deltoid", "upper_arm", "elbow", "forearm", "wrist")


@dataclass(frozen=True)
class Section:
    """An ellipse across the body at one z, from its back to its front in y (the front has the smaller y)."""

    x: float
    z: float
    breadth: float
    back: float
    front: float

    @classmethod
    def named(cls, dimensions: Dimensions, name: str) -> Self:
        """Return the section of that name; one without an x of its own is in the middle."""
        fields = (dimensions[f"{name}_{field}_mm"] for field in ("z", "breadth", "back", "front"))
        return cls(dimensions.get(f"{name}_x_mm", 0.0), *fields)

    def ring(self, segments: int, grown: float = 0.0) -> FloatArray:
        """Return the corners (segments, 3) of a polygon around the ellipse, grown by a distance."""
        u, v = circle(self.breadth / 2 + grown, (self.back - self.front) / 2 + grown, segments).T
        return np.column_stack([self.x + u, (self.back + self.front) / 2 + v, np.full(segments, self.z)])


def head(dimensions: Dimensions, grown: float = 0.0, shadow: float = 0.0) -> Solid:
    """Return head and neck.

    Parameters
    ----------
    dimensions : mapping
        Of the description.
    grown : float
        Distance in mm by which the head is made larger all round.
    shadow : float
        Length in mm over which the head is drawn out to the back, for what comes down over the face.
    """
    broadest = Section.named(dimensions, HEAD_BROADEST)

    def drawn(name: str, segments: int) -> FloatArray:
        section = Section.named(dimensions, name)
        raised = 0.0
        if section.z > broadest.z:
            # The surface looks up as well as out, the more so the narrower the head has become.
            raised = grown * (1 - section.breadth / broadest.breadth)
        elif name in (NOSE[0], NOSE[-1]):
            raised = grown if name == NOSE[0] else -grown
        ring = section.ring(segments, grown) + np.array([0.0, 0.0, raised])
        return np.concatenate([ring, ring + np.array([0.0, shadow, 0.0])]) if shadow else ring

    return loft([drawn(name, 24) for name in HEAD]) + loft([drawn(name, 12) for name in NOSE])


def trunk(dimensions: Dimensions) -> Solid:
    """Return the trunk from the collar to the crotch; head, arms and legs overlap it."""
    return loft([Section.named(dimensions, name).ring(28) for name in TRUNK])


def legs(dimensions: Dimensions) -> Solid:
    """Return both legs, side by side, feet pointing up."""
    return both_sides(loft([Section.named(dimensions, name).ring(20) for name in LEG]))


def arms(dimensions: Dimensions, pose: str) -> Solid:
    """Return both arms with hands, ``"down"`` along the body or ``"up"`` around the head as on a wing board."""
    chain = [_ball(dimensions, pose, name) for name in ARM]
    thumb, little, tips = (_ball(dimensions, pose, name) for name in ("thumb", "little_finger", "finger_tips"))
    hand = hull(chain[-1], thumb, little) + hull(thumb, little, tips)
    return both_sides(loft(chain) + hand)


def _ball(dimensions: Dimensions, pose: str, name: str) -> FloatArray:
    """Return the corners of a sphere of a left arm, whose radius is the same in both poses."""
    centre = [dimensions[f"arms_{pose}_{name}_{axis}_mm"] for axis in "xyz"]
    return sphere(centre, dimensions[f"{name}_radius_mm"], segments=16)
