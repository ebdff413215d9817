"""What the files hold: closed bodies of polygons in mm, and the comparison of what was loaded with what was meant."""

import itertools
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree


class Chances:
    """Which features a file has: each with its share, and none of those that it is to be without."""

    def __init__(self, rng, without=()):
        self.found, self._rng, self._without = set(), rng, without

    def __call__(self, feature, share=0.3):
        drawn = self._rng.random() < share and feature not in self._without
        self.found.update({feature} if drawn else ())
        return drawn

    def newline(self):
        """How lines end: by Unix unless by another system."""
        return b"\r\n" if self("CRLF", 0.3) else b"\r" if self("CR", 0.3) else b"\n"


@dataclass
class Drawn:
    """A file, the triangles in it (n, 3, 3), polygons that may be cut in any way, and the features it has."""

    content: bytes
    triangles: np.ndarray
    polygons: list = field(default_factory=list)
    features: set = field(default_factory=set)


@dataclass
class Body:
    """Vertices (n, 3) that float32 and short decimal numbers hold exactly, and faces, outwards."""

    vertices: np.ndarray
    faces: list

    def triangles(self):
        return [self.vertices[face] for face in self.faces if len(face) == 3]

    def polygons(self):
        return [self.vertices[face] for face in self.faces if len(face) > 3]

    @property
    def is_of_triangles(self):
        return all(len(face) == 3 for face in self.faces)


def body(rng, polygons=True):
    """Return a prism or a tetrahedron somewhere within 200 mm, its polygons in triangles unless they are wanted."""
    sides = int(rng.integers(3, 9))
    angles = np.sort(rng.choice(32, sides, replace=False)) * np.pi / 16
    while np.diff([*angles, angles[0] + 2 * np.pi]).max() > 0.9 * np.pi:
        angles = np.sort(rng.choice(32, sides, replace=False)) * np.pi / 16
    radii = rng.integers(8, 60, sides) if polygons and rng.random() < 0.5 else np.full(sides, 40)  # a star is concave
    ring = np.round(np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1) * 8) / 8
    height = float(rng.integers(8, 80))
    vertices = np.vstack([np.c_[ring, np.zeros(sides)], np.c_[ring, np.full(sides, height)]])
    vertices = vertices[:, rng.permutation(3)] + rng.integers(-200, 200, 3)
    faces = [list(range(sides))[::-1], list(range(sides, 2 * sides))]
    faces += [[i, (i + 1) % sides, (i + 1) % sides + sides, i + sides] for i in range(sides)]
    if not polygons:
        faces = [[face[0], b, c] for face in faces for b, c in itertools.pairwise(face[1:])]
    order = rng.permutation(len(faces))
    return Body(vertices, [list(np.roll(faces[i], int(rng.integers(len(faces[i]))))) for i in order])


def assert_same(loaded, drawn, tolerance_mm=1e-3):
    """Assert that triangles (n, 3, 3) are those that were drawn, as a set, with their winding."""
    pieces = sum(len(polygon) - 2 for polygon in drawn.polygons)
    assert len(loaded) == len(drawn.triangles) + pieces
    unmatched = _unmatched(loaded, drawn.triangles, tolerance_mm)
    assert not _unmatched(drawn.triangles, loaded, tolerance_mm).any(), "triangles that were not loaded"
    if not drawn.polygons:
        assert not unmatched.any(), "triangles that are not in the file"
        return
    left = [list(triangle) for triangle in loaded[unmatched]]
    for polygon in drawn.polygons:
        own = [
            t
            for t in left
            if np.linalg.norm(np.asarray(t)[:, None] - polygon, axis=2).min(axis=1).max() < tolerance_mm
        ]
        left = [t for t in left if not any(t is each for each in own)]
        areas = np.array([_area(np.asarray(t)) for t in own])
        whole = _area(polygon)
        assert len(own) == len(polygon) - 2
        assert np.allclose(areas.sum(axis=0), whole, atol=tolerance_mm * 1e3), "another area than the polygon's"
        assert (areas @ whole >= -tolerance_mm * 1e3 * np.linalg.norm(whole)).all(), "triangles beyond the polygon"
    assert not left, "triangles that are not in the file"


def _area(corners):
    return np.cross(corners - corners[0], np.roll(corners, -1, axis=0) - corners[0]).sum(axis=0) / 2


def _unmatched(some, others, tolerance_mm):
    """Tell which triangles have no equal, corner by corner from any of the three, among others."""
    if not len(some) or not len(others):
        return np.full(len(some), True)
    tree = cKDTree(np.reshape(others, (-1, 9)))
    turns = [np.roll(some, k, axis=1).reshape(-1, 9) for k in range(3)]
    return np.min([tree.query(turn)[0] for turn in turns], axis=0) > tolerance_mm
