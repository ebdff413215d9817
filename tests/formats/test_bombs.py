"""Small files that promise a huge surface, and XML that fetches or multiplies: refused before memory is taken."""

import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from support.drawn import threemf
from support.drawn.glb import packed

from simulator.errors import SimulatorError
from simulator.models.mesh_files import read_mesh

MOST_BYTES = 100_000_000
"""A tenth of what is promised: what is refused takes nothing worth to mention."""


def ply(header, body=b""):
    return b"ply\nformat binary_little_endian 1.0\n" + header + b"end_header\n" + body


VERTEX = b"element vertex 4000000000\nproperty float x\nproperty float y\nproperty float z\n"
FEW = VERTEX.replace(b"4000000000", b"3")
FACE = b"element face 1\nproperty list uint int vertex_indices\n"
TRIANGLE = (
    '<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="9" y="0" z="0"/><vertex x="0" y="9" z="0"/></vertices>'
)
TRIANGLE += '<triangles><triangle v1="0" v2="1" v3="2"/></triangles></mesh>'
POINTS = struct.pack("<9f", 0, 0, 0, 9, 0, 0, 0, 9, 0)


def glb(**changed):
    """A triangle, with tables changed."""
    tree = {
        "asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}], "buffers": [{"byteLength": 36}],
    }  # fmt: skip
    return packed({**tree, **changed}, POINTS)


def model(objects, build='<item objectid="1"/>', head=""):
    text = "".join(f'<object id="{k}" type="model">{body}</object>' for k, body in enumerate(objects, start=1))
    return f"{head}<model {threemf.NAMESPACES}><resources>{text}</resources><build>{build}</build></model>"


def threemf_file(*args, **more):
    return threemf.packed({"/3D/3dmodel.model": model(*args, **more)})


def doubled(times):
    """Objects of twice the one before."""
    both = '<components><component objectid="{0}"/><component objectid="{0}"/></components>'
    return [TRIANGLE, *(both.format(k) for k in range(1, times + 1))]


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)


def liar():
    """A package in which a part is packed from far more than its entry says."""
    content = threemf.packed({"/3D/3dmodel.model": model([TRIANGLE]) + " " * 50_000_000})
    told = struct.pack("<I", len(model([TRIANGLE])) + 50_000_000)
    assert content.count(told) == 2
    return content.replace(told, struct.pack("<I", 2000))


# Large ones are made when they are needed: this file is read by every worker.
BOMBS = {
    "many.stl": (b"\0" * 80 + b"\xff" * 4 + b"\0" * 50, "4,294,967,295 triangles must have"),
    "vertices.ply": (ply(VERTEX), "promises 4,000,000,000 rows of 'vertex'"),
    "faces.ply": (ply(FEW + FACE.replace(b"1", b"4000000000"), POINTS), "promises 4,000,000,000 rows of 'face'"),
    "list.ply": (ply(FEW + FACE, POINTS + b"\xff" * 4), "ends at byte 17,179,869,220 of its data, there are 40"),
    "text.ply": (ply(VERTEX).replace(b"binary_little_endian", b"ascii"), "promises 4,000,000,000 rows"),
    "digits.ply": (ply(VERTEX.replace(b"4000000000", b"9" * 5000)), "a line of its header is not understood"),
    "index.obj": (b"v 0 0 0\nf 1 1 4000000000\n", "vertex indices must be 1 to 1, one was 4000000000"),
    "digits.obj": (b"v 0 0 0\nf 1 1 " + b"9" * 5000 + b"\n", "line 2: each face must have 3 or more vertex indices"),
    "accessor.glb": (
        glb(accessors=[{"componentType": 5126, "count": 4_000_000_000, "type": "VEC3"}]),
        "must place at most",
    ),
    "zeros.glb": (glb(accessors=[{"componentType": 5126, "count": 9_000_000, "type": "VEC3"}]), "not in the file"),
    "view.glb": (glb(bufferViews=[{"buffer": 0, "byteLength": 4_000_000_000}]), "bufferView 0 must hold"),
    "chunk.glb": (b"glTF" + struct.pack("<4I", 2, 20, 4_000_000_000, 0x4E4F534A), "ends beyond the file"),
    "nodes.glb": (
        glb(nodes=[{"mesh": 0}] * 200_000, scenes=[{"nodes": list(range(200_000))}]),
        "must have at most 20,000 nodes, has 200,000",
    ),
    "places.glb": (
        glb(nodes=[{"mesh": 0}] * 15_000, scenes=[{"nodes": list(range(15_000))}]),
        "must place at most 10,000 meshes",
    ),
    "deep.glb": (packed(b'{"asset":' + b"[" * 1_000_000, b""), "its JSON is not sound"),
    "loop.glb": (glb(nodes=[{"mesh": 0, "children": [0]}]), "node 0 must have one parent"),
    "zip.3mf": (lambda: threemf_file([TRIANGLE], head=" " * 300_000_000), "must expand to at most"),
    "liar.3mf": (liar, "its package is damaged"),
    "laughs.3mf": (threemf_file([TRIANGLE], head=f"{LAUGHS}]>"), "must have no document type"),
    "file.3mf": (
        threemf_file([TRIANGLE], head='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "must have no document type",
    ),
    "doubled.3mf": (threemf_file(doubled(40), '<item objectid="41"/>'), "must place at most 10,000 meshes"),
    "deep.3mf": (
        threemf_file([TRIANGLE, *(f'<components><component objectid="{k}"/></components>' for k in range(1, 300))],
                     '<item objectid="300"/>'),
        "nested at most 100 deep",
    ),
    "loop.3mf": (threemf_file(['<components><component objectid="1"/></components>']), "nested at most 100 deep"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_it_is_refused_within_little_memory(tmp_path, name):
    content, message = BOMBS[name]
    (tmp_path / name).write_bytes(content() if callable(content) else content)
    tracemalloc.start()
    try:
        with pytest.raises(SimulatorError) as refused:
            read_mesh(tmp_path / name, "mm")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert message in str(refused.value) and "\n" not in str(refused.value)
    assert peak < MOST_BYTES


def test_a_package_with_a_part_twice_or_outside_is_refused(tmp_path):
    for name in ("3D/3DMODEL.model", "../3dmodel.model", "3D\\x.model", "/3D/x.model"):
        stream = BytesIO(threemf_file([TRIANGLE]))
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr(name, "x")
        (tmp_path / "odd.3mf").write_bytes(stream.getvalue())
        with pytest.raises(SimulatorError, match=r"odd\.3mf: .*(its own name|plain names)"):
            read_mesh(tmp_path / "odd.3mf", "mm")


def test_the_triangle_that_the_bombs_start_from_is_sound(tmp_path):
    for name, content in (("one.glb", glb()), ("one.3mf", threemf_file([TRIANGLE]))):
        (tmp_path / name).write_bytes(content)
        with pytest.warns(match="not watertight"):
            assert read_mesh(tmp_path / name, "mm")[1].triangles == 1
