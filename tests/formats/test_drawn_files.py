"""Files drawn at random by the specifications: what is read is what was drawn, triangle by triangle.

SIMULATOR_CAMPAIGN multiplies the number of files, 100 a format.
"""

import pytest
from support.campaign import times
from support.drawn.bodies import assert_same
from support.drawn.checks import draw, triangles
from support.drawn.others import assimp_triangles, trimesh_triangles, vtk_triangles

from simulator.models.importers import FORMATS

FEATURES = {
    ".stl": {"text", "several solids", "names", "upper case", "CR", "CRLF"},
    ".obj": {
        "tabs", "indented", "relative", "mixed corners", "odd corners", "colours", "weights", "lines that go on",
        "names and looks", "points and lines", "faces before vertices", "comments that end in a backslash",
        "polygons", "plus signs", "space", "CR", "CRLF",
    },
    ".ply": {
        "text", "big endian", "strips", "restarts", "joined", "polygons", "doubles", "shuffled properties", "edges",
        "lists of vertices", "lists of faces", "properties of faces", "types of lists", "CR", "CRLF",
    },
    ".glb": {
        "fans and strips", "instances", "mirrored", "morphed", "nested", "normalised", "normals", "not indexed",
        "points and lines", "quantised", "several scenes", "sparse", "strides", "transforms",
    },
    ".3mf": {
        "components", "p:path", "relationships", "equal ids", "equal names", "mirrored", "comments", "transforms",
        "units",
    },
}  # fmt: skip

OTHERS = {
    "vtk-stl": (".stl", vtk_triangles, set()),
    "vtk-obj": (".obj", vtk_triangles, {"comments that end in a backslash", "odd corners", "plus signs", "polygons"}),
    "vtk-ply": (".ply", vtk_triangles, {"edges", "strips"}),
    "vtk-glb": (
        ".glb",
        vtk_triangles,
        {"fans and strips", "instances", "mirrored", "normalised", "quantised", "sparse"},
    ),
    "assimp-glb": (
        ".glb",
        assimp_triangles,
        {"instances", "mirrored", "morphed", "normalised", "quantised", "points and lines"},
    ),
    "trimesh-stl": (".stl", trimesh_triangles, {"text"}),
    "trimesh-3mf": (".3mf", trimesh_triangles, {"p:path"}),
}
"""Readers of others, and the features that they misread or lose: VTK has no instances, joins a comment that ends in a
backslash with the next line, and loses faces whose corners are written in several ways; neither it nor assimp turns
what is mirrored; trimesh loses models of other parts."""


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_read_is_what_was_drawn(suffix):
    seen = set()
    for seed in range(times(100)):
        drawn = draw(suffix, seed)
        seen |= drawn.features
        try:
            assert_same(triangles(drawn.content, suffix), drawn)
        except Exception as error:
            pytest.fail(f"seed {seed} with {sorted(drawn.features)}: {error!r}")
    assert seen == FEATURES[suffix]


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_read_is_what_readers_of_others_find(tmp_path, other):
    suffix, read, without = OTHERS[other]
    for seed in range(times(40)):
        drawn = draw(suffix, seed, without)
        path = tmp_path / f"drawn{suffix}"
        path.write_bytes(drawn.content)
        try:
            assert_same(read(path), drawn)
            assert_same(triangles(drawn.content, suffix), drawn)
        except Exception as error:
            pytest.fail(f"seed {seed} with {sorted(drawn.features)}: {error!r}")
