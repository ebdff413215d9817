"""Mesh files that are refused, format by format: STL, PLY, OBJ, GLB and 3MF; then their sizes and places."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import trimesh
from support.sound_inputs import BOX, FILES, POSE, edited, scenario


def edited_ply(old: float, new: float) -> bytes:
    return FILES["ply"].replace(struct.pack("<f", old), struct.pack("<f", new), 1)


def glb(**changed: object) -> bytes:
    """Return a GLB file with some tables of its JSON chunk replaced."""
    (length,) = struct.unpack_from("<I", FILES["glb"], 12)
    text = json.dumps(json.loads(FILES["glb"][20 : 20 + length]) | changed).encode()
    text += b" " * (-len(text) % 4)
    blob = FILES["glb"][20 + length :]
    return struct.pack("<4s4I", b"glTF", 2, 20 + len(text) + len(blob), len(text), 0x4E4F534A) + text + blob


def glb_node(*matrix: float) -> bytes:
    """Return a GLB file whose only node has a transform, given by its diagonal."""
    return glb(nodes=[{"mesh": 0, "matrix": np.diag(matrix).ravel().tolist()}])


def threemf(old: str, new: str) -> bytes:
    """Return a 3MF file with the text of its model changed everywhere."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(FILES["3mf"])) as given, zipfile.ZipFile(stream, "w") as written:
        for name in given.namelist():
            written.writestr(name, re.sub(old, new, given.read(name).decode()))
    return stream.getvalue()


LINE = trimesh.Trimesh([[0, 0, 0], [100, 0, 0], [200, 0, 0]], [[0, 1, 2]], process=False)
TWO = trimesh.Scene([BOX, BOX.copy()])

MESHES = [
    ("zero.stl", b"", "must be a mesh file of 1 byte to 1 GB, was 0 bytes"),
    ("zero.glb", b"", "must be a mesh file of 1 byte to 1 GB, was 0 bytes"),
    ("nul.stl", b"\0" * 83, "must start with 'solid' or have at least 84 bytes, has 83"),
    ("nul84.stl", b"\0" * 84, "must hold triangles, has none"),
    ("short.stl", FILES["stl"][:-1], "a binary file of 12 triangles must have 684 bytes, has 683"),
    ("long.stl", FILES["stl"] + b"x", "a binary file of 12 triangles must have 684 bytes, has 685"),
    ("many.stl", FILES["stl"][:80] + b"\xff" * 4 + FILES["stl"][84:], "4,294,967,295 triangles must have"),
    (
        "nan.stl",
        FILES["stl"][:96] + struct.pack("<f", np.nan) + FILES["stl"][100:],
        "coordinates must be finite, vertex 0 was [nan",
    ),
    ("text.stl", b"this is not a mesh", "must start with 'solid' or have at least 84 bytes, has 18"),
    ("page.stl", b"<html>" + b"404 not found " * 20, "a binary file of"),
    ("ply.stl", FILES["ply"], "a binary file of"),
    (
        "cut_ascii.stl",
        FILES["stl_ascii"][:600],
        "must be solids, each of them from a line 'solid' to a line 'endsolid'",
    ),
    (
        "lost_ascii.stl",
        edited("stl_ascii", "vertex", "vertx"),
        "facet 1 of the solid in line 1 must have a normal, a loop of 3 vertices and ends",
    ),
    ("word_ascii.stl", edited("stl_ascii", "vertex -50.0", "vertex abc"), "cannot be read as STL: "),
    ("nan_ascii.stl", edited("stl_ascii", "vertex -50.0", "vertex nan"), "nan_ascii.stl: c"),
    ("empty_ascii.stl", b"solid x\nendsolid x\n", "must hold triangles, has none"),
    ("line.stl", LINE.export(file_type="stl"), "must hold triangles with an area, has none"),
    ("cut.ply", FILES["ply"][:-20], "a row of 'face' ends at byte 239 of its data, there are 232"),
    ("header.ply", FILES["ply"][:60], "must have a header from 'ply' to 'end_header'"),
    ("magic.ply", b"pla" + FILES["ply"][3:], "must have a header from 'ply' to 'end_header'"),
    ("nan.ply", edited_ply(-50, np.nan), "coordinates must be finite, vertex 0 was [nan, -100.0, -150.0]"),
    ("inf.ply", edited_ply(-50, -np.inf), "coordinates must be finite, vertex 0 was [-inf, -100.0, -150.0]"),
    ("huge.ply", edited_ply(-50, -1e38), "coordinates must be within 100000 mm, one was 1e+38 mm with units = 'mm'"),
    ("negative.ply", FILES["ply"][:-4] + struct.pack("<i", -1), "vertex indices must be 0 to 7, one was -1"),
    ("beyond.ply", FILES["ply"][:-4] + struct.pack("<i", 8), "vertex indices must be 0 to 7, one was 8"),
    ("far_beyond.ply", FILES["ply"][:-4] + struct.pack("<i", 2**31 - 1), "vertex indices must be 0 to 7, one was"),
    ("count.ply", edited("ply", "vertex 8", "vertex 999999999999"), "cannot be read as PLY: "),
    ("cut_ascii.ply", FILES["ply_ascii"][:-20], "its header counts 8 + 12 lines, there are 1"),
    ("more_ascii.ply", edited("ply_ascii", "face 12", "face 11"), "its header counts 8 + 11 lines, there are 20"),
    (
        "minus_ascii.ply",
        edited("ply_ascii", "vertex 8", "vertex -8"),
        "a line of its header is not understood: 'element vertex -8'",
    ),
    ("two_ascii.ply", FILES["ply_ascii"].rstrip().rpartition(b"\n")[0] + b"\n2 0 1", "at least 3 vertices"),
    ("count_ascii.ply", FILES["ply_ascii"].rstrip().rpartition(b"\n")[0] + b"\n3 0 1", "one was '3 0 1'"),
    ("word_ascii.ply", FILES["ply_ascii"].rstrip().rpartition(b"\n")[0] + b"\nx 0 1 2", "one was 'x 0 1 2'"),
    ("nan_ascii.ply", edited("ply_ascii", "-50.0", "nan"), "nan_ascii.ply: c"),
    (
        "points.ply",
        trimesh.PointCloud([[0, 0, 0], [90, 0, 0]]).export(file_type="ply"),
        "must hold triangles, has none",
    ),
    ("line.ply", LINE.export(file_type="ply"), "must hold triangles with an area, has none"),
    ("text.obj", b"hello\nworld\n", "line 1: 'hello' is no statement that is known to carry no surface"),
    ("points.obj", b"v 0 0 0\nv 9 9 9\n", "must hold triangles, has none"),
    (
        "zero.obj",
        FILES["obj"] + b"\nf 0 1 2\n",
        "vertex indices must count from 1, or from -1 back to the first vertex, one was 0",
    ),
    ("minus.obj", FILES["obj"] + b"\nf 1/1 -9/2 2/3\n", "or from -1 back to the first vertex, one was -9"),
    (
        "beyond.obj",
        FILES["obj"] + b"\nf 1 2 99\n",
        "cannot be read as OBJ: vertex indices must be 1 to 8, one was 99",
    ),
    ("two.obj", FILES["obj"] + b"\nf 1 2\n", "each face must have 3 or more vertex indices, was 'f 1 2'"),
    (
        "flat.obj",
        b"v 1 2\n" + FILES["obj"],
        "line 1: each vertex must have 3 coordinates, perhaps a weight or a colour, was 'v 1 2'",
    ),
    ("word.obj", edited("obj", "v -50", "v abc"), "cannot be read as OBJ: "),
    ("nan.obj", edited("obj", "v -50.00000000", "v nan"), "nan.obj: c"),
    ("fraction.obj", FILES["obj"] + b"\nf 1.5 2 3\n", "cannot be read as OBJ: "),
    ("huge.obj", edited("obj", "v -50.00000000", "v -1e300"), "must be within 100000 mm, one was 1e+300 mm"),
    ("line.obj", LINE.export(file_type="obj").encode(), "must hold triangles with an area, has none"),
    ("nul.obj", b"\0" * 100, "is no statement that is known to carry no surface"),
    ("cut.glb", FILES["glb"][:-8], "cannot be read as GLB: "),
    ("header.glb", FILES["glb"][:12], "cannot be read as GLB: "),
    ("magic.glb", b"glXX" + FILES["glb"][4:], "cannot be read as GLB: must start with 'glTF'"),
    ("text.glb", b"{}", "cannot be read as GLB: "),
    ("no_mesh.glb", glb(meshes=[]), "mesh 0 is used, but there are 0"),
    ("nan.glb", glb_node(np.nan, 1, 1, 1), "its JSON is not sound: NaN is no number"),
    ("flat.glb", glb_node(0, 1, 1, 1), "must be finite and invertible, was [[0.0"),
    ("perspective.glb", glb_node(1, 1, 1, 2), "transform of node 0 must end in 0 0 0 1, was [[1.0"),
    ("scaled.glb", glb_node(1e4, 1, 1, 1), "coordinates must be within 100000 mm, one was 500000 mm"),
    (
        "beyond.glb",
        TWO.export(file_type="glb").replace(struct.pack("<I", 7), struct.pack("<I", 8)),
        "accessor 0 says max = [7.0], but it is [8]",
    ),
    ("cut.3mf", FILES["3mf"][:-30], "cannot be read as 3MF: "),
    ("text.3mf", b"not a zip file", "cannot be read as 3MF: "),
    ("no_model.3mf", b"PK\5\6" + b"\0" * 18, "cannot be read as 3MF: "),
    ("cut_model.3mf", threemf("</triangles>(.|\n)*", ""), "cannot be read as 3MF: "),
    ("beyond.3mf", threemf('v1="7"', 'v1="8"'), "lib3mf says: "),
    ("minus.3mf", threemf('v1="7"', 'v1="-1"'), "lib3mf says: "),
    ("word.3mf", threemf('v1="7"', 'v1="seven"'), "cannot be read as 3MF: "),
    ("nan.3mf", threemf('x="-50.0"', 'x="nan"'), "must be decimal numbers, one was 'nan'"),
    (
        "empty.3mf",
        threemf("<triangles>(.|\n)*</triangles>", "<triangles></triangles>"),
        "must hold triangles, has none",
    ),
    ("small.stl", BOX.copy().apply_scale(0.01).export(file_type="stl"), "largest extent must be 5 to 20000 mm, was"),
    ("large.ply", BOX.copy().apply_scale(100).export(file_type="ply"), "largest extent must be 5 to 20000 mm, was"),
    (
        "away.ply",
        BOX.copy().apply_translation((2e5, 0, 0)).export(file_type="ply"),
        "coordinates must be within 100000 mm, one was 200050 mm",
    ),
]


def test_there_are_at_least_70_cases() -> None:
    assert len(MESHES) >= 70


def test_what_the_table_starts_from_is_sound(folder: Path, accepted) -> None:
    """Otherwise a case could be refused for a reason of its own."""
    for name, content in FILES.items():
        mesh = f"{name}.{name.partition('_')[0]}"
        (folder / mesh).write_bytes(content)
        patient = f'mesh = "{mesh}"\nunits = "mm"\nisocentre_mm = [0, 0, 0]'
        (folder / "case.toml").write_text(scenario(patient=patient))
        accepted()


@pytest.mark.parametrize(("name", "content", "message"), MESHES, ids=[case[0] for case in MESHES])
def test_a_mesh(folder: Path, refused, name: str, content: bytes, message: str) -> None:
    (folder / name).write_bytes(content)
    patient = f'mesh = "{name}"\nunits = "mm"\nisocentre_mm = [0, 0, 0]'
    (folder / "case.toml").write_text(scenario(patient=patient))
    answer = refused("pose", "case.toml", *POSE)
    assert answer.startswith("simulator: case.toml: ") and name in answer
    assert message in answer
