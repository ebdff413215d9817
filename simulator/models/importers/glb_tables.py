"""The tables of a binary glTF 2.0 file that say where its triangles are; a key that none of them has is refused.

Materials, textures, pictures and cameras are not looked into: they carry no surface.
"""
# ruff: noqa: N815  (names are those of the specification)

from __future__ import annotations

import json
import re
import struct
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr

from simulator.errors import SimulatorError
from simulator.models.importers.soup import UnreadableError
from simulator.scenario.schema import Finite, Table, validated

LARGEST_JSON = 20_000_000
MOST_ROWS = 20_000
"""Of a table: a treatment room has some dozens of parts."""
KNOWN_EXTENSIONS = re.compile(
    r"KHR_mesh_quantization|EXT_mesh_gpu_instancing|KHR_lights_punctual|KHR_xmp(_json_ld)?"
    r"|(KHR|EXT|MSFT|ADOBE)_(materials|texture|lights)_\w+"
)
"""Extensions that are read, and those that only say how things look or whose they are."""
UNREAD_ROOTS = ("materials", "textures", "images", "samplers", "cameras", "asset", "extras", "extensions")

Index = Annotated[StrictInt, Field(ge=0)]
Count = Annotated[StrictInt, Field(ge=1)]


def _known(extensions: Any) -> Any:
    named = extensions if isinstance(extensions, dict | list) else ()
    unknown = [name for name in named if not KNOWN_EXTENSIONS.fullmatch(str(name))]
    if unknown:
        raise ValueError(f"extension {', '.join(map(repr, unknown))} is not read")
    return extensions


class _Anything(Table):
    """What every table may have."""

    name: StrictStr | None = None
    extras: Any = None
    extensions: Annotated[dict[str, Any], BeforeValidator(_known)] = {}


class View(_Anything):
    """A run of bytes."""

    buffer: Literal[0]
    byteOffset: Index = 0
    byteLength: Count
    byteStride: Annotated[StrictInt, Field(ge=4, le=252)] | None = None
    target: StrictInt | None = None


class SparseIndices(_Anything):
    """Which values are replaced."""

    bufferView: Index
    byteOffset: Index = 0
    componentType: Literal[5121, 5123, 5125]


class SparseValues(_Anything):
    """What they are replaced with."""

    bufferView: Index
    byteOffset: Index = 0


class Sparse(_Anything):
    """Values that differ from what the accessor holds otherwise."""

    count: Count
    indices: SparseIndices
    values: SparseValues


class Accessor(_Anything):
    """Numbers in a view."""

    bufferView: Index | None = None
    byteOffset: Index = 0
    componentType: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    normalized: StrictBool = False
    count: Count
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    min: tuple[Finite, ...] | None = None
    max: tuple[Finite, ...] | None = None
    sparse: Sparse | None = None


class Primitive(_Anything):
    """Corners and how they make triangles; points and lines (modes 0 to 3) have no surface."""

    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[StrictInt, Field(ge=0, le=6)] = 4
    targets: tuple[dict[str, Index], ...] = ()


class MeshTable(_Anything):
    """What a node shows."""

    primitives: Annotated[tuple[Primitive, ...], Field(min_length=1)]
    weights: tuple[Finite, ...] | None = None


class Node(_Anything):
    """A place in the tree of a scene."""

    mesh: Index | None = None
    children: tuple[Index, ...] = ()
    matrix: Annotated[tuple[Finite, ...], Field(min_length=16, max_length=16)] | None = None
    translation: tuple[Finite, Finite, Finite] | None = None
    rotation: tuple[Finite, Finite, Finite, Finite] | None = None
    scale: tuple[Finite, Finite, Finite] | None = None
    weights: tuple[Finite, ...] | None = None
    camera: Index | None = None


class Scene(_Anything):
    """The roots of what is drawn."""

    nodes: tuple[Index, ...] = ()


class Buffer(_Anything):
    """The binary chunk."""

    byteLength: Count


class Root(_Anything):
    """The whole file."""

    extensionsUsed: Annotated[tuple[StrictStr, ...], BeforeValidator(_known)] = ()
    extensionsRequired: Annotated[tuple[StrictStr, ...], BeforeValidator(_known)] = ()
    scene: Index | None = None
    scenes: tuple[Scene, ...] = ()
    nodes: tuple[Node, ...] = ()
    meshes: tuple[MeshTable, ...] = ()
    accessors: tuple[Accessor, ...] = ()
    bufferViews: tuple[View, ...] = ()
    buffers: Annotated[tuple[Buffer, ...], Field(max_length=1)] = ()


def chunks_of(content: bytes) -> tuple[bytes, bytes]:
    """Return the JSON and the binary chunk of a file (empty if there is none)."""
    if len(content) < 20 or content[:4] != b"glTF":
        raise UnreadableError("must start with 'glTF' and have a header and a JSON chunk")
    _, version, length, size, kind = struct.unpack_from("<4s4I", content)
    if version != 2:
        raise UnreadableError(f"must be version 2 of glTF, is {version}")
    if length != len(content):
        raise UnreadableError(f"its header says {length:,} bytes, there are {len(content):,}")
    found, start = [], 12
    while start < len(content):
        if start + 8 > len(content):
            raise UnreadableError("its last chunk is cut short")
        size, kind = struct.unpack_from("<I4s", content, start)
        if start + 8 + size > len(content):
            raise UnreadableError(f"a chunk of {size:,} bytes ends beyond the file")
        found.append((kind, content[start + 8 : start + 8 + size]))
        start += 8 + size
    if [kind for kind, _ in found] not in ([b"JSON"], [b"JSON", b"BIN\0"]):
        raise UnreadableError(f"must have a JSON chunk and at most one BIN chunk, has {[kind for kind, _ in found]}")
    return found[0][1], found[1][1] if len(found) > 1 else b""


def tree_of(text: bytes) -> dict[str, Any]:
    """Return the JSON chunk as it stands."""
    if len(text) > LARGEST_JSON:
        raise UnreadableError(f"its JSON must have at most {LARGEST_JSON:,} bytes, has {len(text):,}")
    try:
        tree = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"its JSON is not sound: {str(error)[:200]}") from None
    if not isinstance(tree, dict):
        raise UnreadableError("its JSON must be an object")
    return tree


def root_of(text: bytes) -> Root:
    """Return the tables of a JSON chunk, without those that carry no surface."""
    tree = tree_of(text)
    for key in ("animations", "skins"):
        if tree.get(key):
            raise UnreadableError(f"{key} are not read: export the surface in one place and shape")
    long = next((key for key, table in tree.items() if isinstance(table, list) and len(table) > MOST_ROWS), None)
    if long is not None:
        raise UnreadableError(f"must have at most {MOST_ROWS:,} {long}, has {len(tree[long]):,}")
    try:
        return validated({key: value for key, value in tree.items() if key not in UNREAD_ROOTS[:-1]}, Root, "JSON")
    except SimulatorError as error:
        raise UnreadableError(str(error).partition("\n")[0]) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("each key must stand once in an object, one stands there twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
