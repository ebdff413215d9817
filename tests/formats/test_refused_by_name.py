"""What a format may hold beside the triangles that are read: refused by its name."""

import numpy as np
import pytest
from support.drawn.checks import triangles
from support.drawn.glb import packed
from support.drawn.threemf import MS, NAMESPACES
from support.drawn.threemf import packed as package

from simulator.models.importers import UnreadableError, soup_of

POINTS = np.array([[0, 0, 0], [9, 0, 0], [9, 9, 0], [0, 9, 0]], "<f4")
SQUARE = "v 0 0 0\nv 9 0 0\nv 9 9 0\nv 0 9 0\nf 1 2 3 4\n"


def ply(*lines, rows="0 0 0\n9 0 0\n9 9 0\n3 0 1 2\n"):
    vertex = ["element vertex 3", *(f"property float {axis}" for axis in "xyz")]
    face = ["element face 1", "property list uchar int vertex_indices"]
    return "\n".join(["ply", "format ascii 1.0", *vertex, *face, *lines, "end_header", rows]).encode()


def glb(primitive=None, node=None, **tables):
    primitive = {"attributes": {"POSITION": 0}, "mode": 6} | (primitive or {})
    tree = {
        "asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0, **(node or {})}],
        "meshes": [{"primitives": [primitive]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 48}], "buffers": [{"byteLength": 48}],
    }  # fmt: skip
    return packed({**tree, **tables}, POINTS.tobytes())


def threemf(more="", attributes="", within=""):
    vertices = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in POINTS)
    mesh = (
        f'<mesh><vertices>{vertices}</vertices><triangles><triangle v1="0" v2="1" v3="2"/></triangles>{within}</mesh>'
    )
    text = (
        f'<model {NAMESPACES} {attributes}><resources><object id="1" type="model">{mesh}</object>{more}</resources>'
    )
    return package({"/3D/3dmodel.model": f'{text}<build><item objectid="1"/></build></model>'})


LATTICE = f'xmlns:b="{MS}/beamlattice/2017/02"'
REFUSED = [
    (".obj", SQUARE.encode() + b"curv2 1 2\n", "line 6: 'curv2' is no statement that is known to carry no surface"),
    (".obj", SQUARE.encode() + b"cstype bezier\n", "'cstype'"),
    (".obj", SQUARE.encode() + b"call other.obj\n", "'call'"),
    (".obj", SQUARE.replace("v 9 9 0", "v 9 9 0 2").encode(), "the weight of a vertex must be 1"),
    (".obj", SQUARE.replace("9 9 0", "9 9\f0").encode(), "line 3: each vertex must have 3 coordinates"),
    (".obj", SQUARE.replace("9 9 0", "9 9.\r0").encode(), "line 3: each vertex must have 3 coordinates"),
    (".obj", SQUARE.replace("f 1 2 3 4", "f 1 3 2 4").encode(), "must be one area that does not cross itself"),
    (".obj", SQUARE.encode() + b"g folder\\\nf 1 2 3\n", "a name must not go on in the next line"),
    (".ply", ply("element range_grid 1", "property list uchar int vertex_indices"), "element 'range_grid' may carry"),
    (".ply", ply("property list uchar int vertex_index"), "must have one list of integers"),
    (".stl", b"solid SPACE=XYZ\nendsolid\n", "SPACE must be RAS or LPS, was XYZ"),
    (".glb", glb(extensionsRequired=["NEW_surface"]), "extension 'NEW_surface' is not read"),
    (".glb", glb({"extensions": {"KHR_draco_mesh_compression": {}}}), "'KHR_draco_mesh_compression' is not read"),
    (".glb", glb(bufferViews=[{"buffer": 0, "byteLength": 48, "extensions": {"EXT_meshopt": {}}}]), "'EXT_meshopt'"),
    (".glb", glb(node={"skin": 0}, skins=[{"joints": [0]}]), "skins are not read"),
    (".glb", glb(animations=[{"channels": []}]), "animations are not read"),
    (".glb", glb(buffers=[{"byteLength": 48, "uri": "../other.bin"}]), "uri: unknown field"),
    (".glb", glb(buffers=[{"byteLength": 48, "uri": "http://example.org/a.bin"}]), "uri: unknown field"),
    (".glb", glb({"modd": 4}), "modd: unknown field"),
    (".glb", glb(scenes=[{"nodes": [0]}, {"nodes": []}]), "must name its default scene, of 2"),
    (".3mf", threemf(attributes=f'{LATTICE} requiredextensions="b"'), "beamlattice/2017/02 is required"),
    (".3mf", threemf(within="<b:beamlattice/>", attributes=LATTICE), "element 'beamlattice' of"),
    (".3mf", threemf(more=f'<s:slicestack xmlns:s="{MS}/slice/2015/07" id="7"/>'), "element 'slicestack' of"),
    (".3mf", threemf(more="<volumetricstack id='7'/>"), "element 'volumetricstack' of"),
    (".3mf", threemf(within='v3="1"/&gt;'), "must have no text between its elements"),
    (".glb", glb(accessors=[{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}]), "no accessor"),
    (".obj", (SQUARE + "\f\n").encode(), "must have words"),
]  # fmt: skip


@pytest.mark.parametrize(("suffix", "content", "message"), REFUSED, ids=[message[:40] for _, _, message in REFUSED])
def test_it_is_refused_by_its_name(suffix, content, message):
    with pytest.raises(UnreadableError) as refused:
        soup_of(content, suffix)
    assert message in str(refused.value)


def test_what_the_table_starts_from_is_sound():
    for suffix, content, number in (
        (".obj", SQUARE.encode(), 2), (".ply", ply(), 1), (".glb", glb(), 2), (".3mf", threemf(), 1),
    ):  # fmt: skip
        assert len(triangles(content, suffix)) == number


def test_two_readings_that_differ_refuse_the_file():
    """The box that a file declares is not that of its vertices: one of them is wrong."""
    wrong = {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "min": [0, 0, 0], "max": [9, 900, 0]}
    with pytest.raises(UnreadableError, match="accessor 0 says max"):
        soup_of(glb(accessors=[wrong]), ".glb")
