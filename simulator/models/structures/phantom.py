"""The phantom that stands for what a scan left out: its limbs as solids, their sections, and where its organs are."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.models.mesh import Mesh
from simulator.models.sized import load_sized
from simulator.models.structures.profiles import Profile

if TYPE_CHECKING:
    from manifold3d import Manifold

LIMBS = ("head", "arms", "trunk", "legs")
"""Parts of a phantom that completes a scan, each called "patient head" and so on."""
SECTION_MM, INSIDE_MM = 5.0, 0.1
"""Between sections, and between the first or last and the end of the body."""
REFERENCE_MM = 1760.0
"""Height of the body that the levels of organs are of."""
LEVELS_MM = {
    "brainstem": -150.0,
    "brain": -85.0,
    "chiasm": -100.0,
    "eye": -110.0,
    "parotid": -165.0,
    "mandible": -200.0,
    "larynx": -255.0,
    "thyroid": -280.0,
    "lung": -455.0,
    "breast": -480.0,
    "heart": -500.0,
    "liver": -600.0,
    "stomach": -600.0,
    "spleen": -600.0,
    "kidney": -650.0,
    "bladder": -880.0,
    "prostate": -890.0,
    "rectum": -890.0,
    "femur": -890.0,
    "femoral": -890.0,
}
"""Middles of organs along z below the vertex, by words in the names of ROIs. General knowledge, as the phantom is."""
NO_ORGANS = ("ptv", "ctv", "gtv", "itv", "board", "couch", "table", "support", "holder")
"""Names with one of these are of targets, which may be anywhere in an organ, or of what a patient lies on."""


@dataclass(frozen=True, eq=False)
class Phantom:
    """A phantom in DICOM patient axes, z = 0 at the vertex.

    Attributes
    ----------
    name : str
        Of the model.
    limbs : mapping
        Solids by ``LIMBS``.
    colours : mapping
        Likewise.
    sites : mapping
        Named points, mm.
    """

    name: str
    limbs: Mapping[str, Manifold]
    colours: Mapping[str, str]
    sites: Mapping[str, tuple[float, float, float]]

    @classmethod
    def load(cls, name: str, *, arms: str, height_cm: float | None, mass_kg: float | None) -> Phantom:
        """Return a phantom of the library, of a size.

        Raises
        ------
        SimulatorError
            If it is unknown, has no limbs, or the size is implausible.
        """
        names = {part.name for part in load_sized(name, {}, None, height_cm=None, mass_kg=None).model.parts}
        missing = [part for part in (f"patient {limb}" for limb in LIMBS) if part not in names]
        if missing:
            raise SimulatorError(
                f"patient.complete: must be a phantom with head, arms, trunk and legs, such as 'adult'; "
                f"{name!r} has no part {', '.join(missing)}"
            )
        found = load_sized(name, {"arms": arms}, None, height_cm=height_cm, mass_kg=mass_kg)
        parts = {part.name.removeprefix("patient "): part for part in found.model.parts}
        return cls(
            name,
            {limb: _solid_of(name, limb, parts[limb].mesh) for limb in LIMBS},
            {limb: parts[limb].colour for limb in LIMBS},
            found.sites,
        )

    @cached_property
    def bounds_mm(self) -> tuple[float, float]:
        """Lowest and highest z: of the soles, and of the vertex or of fingers above it."""
        boxes = [solid.bounding_box() for solid in self.limbs.values()]
        return float(min(box[2] for box in boxes)), float(max(box[5] for box in boxes))

    @cached_property
    def profiles(self) -> tuple[Profile, Profile]:
        """Sections without the arms and with them."""
        without = reduce(operator.add, (self.limbs[limb] for limb in LIMBS if limb != "arms"))
        return _profile(without), _profile(without + self.limbs["arms"])

    def site_level_mm(self, name: str) -> float:
        """Return the z of a site."""
        if name not in self.sites:
            raise unknown("patient.complete: level", name, self.sites)
        return self.sites[name][2]

    def organ_levels_mm(self, names: list[str]) -> dict[str, float]:
        """Return the z of the organs that ROIs are named after, by the names of the ROIs."""
        length = -self.bounds_mm[0] / REFERENCE_MM
        found = {}
        for name in names:
            lower = name.lower()
            word = next((word for word in LEVELS_MM if word in lower), None)
            if word is not None and not any(other in lower for other in NO_ORGANS):
                found[name] = LEVELS_MM[word] * length
        return found


def _profile(solid: Manifold) -> Profile:
    low, high = (float(solid.bounding_box()[at]) for at in (2, 5))
    z_mm = np.append(np.arange(low + INSIDE_MM, high, SECTION_MM), high - INSIDE_MM).tolist()
    return Profile.of(z_mm, ([np.asarray(polygon) for polygon in solid.slice(z).to_polygons()] for z in z_mm))


def _solid_of(name: str, limb: str, mesh: Mesh) -> Manifold:
    from manifold3d import Error, Manifold, Mesh64

    solid = Manifold(Mesh64(np.ascontiguousarray(mesh.vertices_mm), mesh.faces.astype(np.uint64)))
    if solid.status() != Error.NoError or solid.volume() <= 0.0:
        raise SimulatorError(
            f"patient.complete: part 'patient {limb}' of {name!r} must be one closed surface, wound outwards, is not"
        )
    return solid


def mesh_of(solid: Manifold) -> Mesh:
    """Return the closed mesh of a solid."""
    mesh = solid.to_mesh64()
    return Mesh(np.array(mesh.vert_properties[:, :3]), np.array(mesh.tri_verts, dtype=np.int32))
