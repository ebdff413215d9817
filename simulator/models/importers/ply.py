"""PLY: the header says what follows, as text or in binary; polygons and triangle strips are read."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.models.importers.ply_count import count
from simulator.models.importers.ply_header import Element, Header, header_of
from simulator.models.importers.polygons import strips_to_triangles, triangulated
from simulator.models.importers.soup import (
    Count,
    Indices,
    Soup,
    UnreadableError,
    numbers,
    require_range,
    shown,
    space_named,
    unix_text,
)


class Block(NamedTuple):
    """Rows of an element whose lists have the same lengths: their places among its rows, and their columns."""

    rows: Indices
    columns: dict[str, NDArray[Any]]


def read(content: bytes) -> tuple[Soup, Count]:
    """Return polygons and triangle strips of a PLY file as triangles, and a count of them.

    Colours, normals and edges are passed over.
    """
    return _soup(content), count(content)


def _soup(content: bytes) -> Soup:
    header = header_of(content)
    blocks = dict(_text(content, header) if not header.order else _binary(content, header))
    vertices = np.empty((0, 3))
    if "vertex" in blocks:
        vertices = np.empty((sum(len(block.rows) for block in blocks["vertex"]), 3))
        for block in blocks["vertex"]:
            vertices[block.rows] = np.stack([block.columns[axis] for axis in "xyz"], axis=1)
    found: dict[str, list[Indices]] = {"face": [], "tristrips": []}
    for element in header.elements:
        if element.index_list is not None:
            found[element.name] = [
                block.columns[element.index_list].astype(np.int64) for block in blocks[element.name]
            ]
    short = next((group.shape[1] for group in found["face"] if group.shape[1] < 3), None)
    if short is not None:
        raise UnreadableError(f"each face must have at least 3 vertices, one has {short}")
    polygons = [*found["face"], *(_strips(row) for group in found["tristrips"] for row in group)]
    require_range(polygons, len(vertices))
    faces, sag = triangulated(vertices, polygons)
    return Soup(vertices, faces, space=space_named(header.comments), sag=sag)


def _strips(row: Indices) -> Indices:
    """Return the triangles of strips that -1 parts from each other."""
    ends = np.flatnonzero(row == -1)
    return np.concatenate([strips_to_triangles(part[part != -1]) for part in np.split(row, ends)])


def _text(content: bytes, header: Header) -> Iterator[tuple[str, list[Block]]]:
    """Yield each element's rows, each of them a line."""
    lines = [line for line in unix_text(content[header.length :]).split(b"\n") if line.strip()]
    counts = [element.count for element in header.elements]
    if len(lines) != sum(counts):
        raise UnreadableError(f"its header counts {' + '.join(map(str, counts))} lines, there are {len(lines)}")
    start = 0
    for element in header.elements:
        rows = defaultdict(list)
        for row, line in enumerate(lines[start : start + element.count]):
            words = line.split()
            rows[_shape(element, words)].append((row, words))
        yield element.name, [_text_block(element, shape, found) for shape, found in rows.items()]
        start += element.count


def _shape(element: Element, words: list[bytes]) -> tuple[int, ...]:
    """Return the lengths of a line's lists."""
    position, lengths = 0, []
    for each in element.properties:
        if each.count_type:
            if position >= len(words) or not words[position].isdigit() or len(words[position]) > 12:
                raise UnreadableError(
                    f"each row of {element.name!r} must count its lists, one was {shown(b' '.join(words))}"
                )
            lengths.append(int(words[position]))
            position += lengths[-1]
        position += 1
    if position != len(words):
        raise UnreadableError(
            f"each row of {element.name!r} must have as many numbers as it counts, one was {shown(b' '.join(words))}"
        )
    return tuple(lengths)


def _text_block(element: Element, shape: tuple[int, ...], found: list[tuple[int, list[bytes]]]) -> Block:
    columns: dict[str, NDArray[Any]] = {}
    lengths, position = iter(shape), 0
    for each in element.properties:
        is_list = each.count_type is not None
        position += is_list
        width = next(lengths) if is_list else 1
        words = [word for _, row in found for word in row[position : position + width]]
        if each.type[0] != "f" and b"".join(words).translate(None, b"0123456789+-"):
            raise UnreadableError(f"{each.name!r} of {element.name!r} must be integers, one is not")
        column = numbers(words).reshape(len(found), width)
        columns[each.name] = column if is_list else column[:, 0]
        position += width
    return Block(np.array([row for row, _ in found]), columns)


def _binary(content: bytes, header: Header) -> Iterator[tuple[str, list[Block]]]:
    """Yield each element's rows, from the bytes that they are."""
    body = content[header.length :]
    position = 0
    for element in header.elements:
        blocks: list[Block] = []
        if element.count:
            blocks, position = _binary_blocks(element, body, position, header.order)
        yield element.name, blocks
    if position != len(body):
        raise UnreadableError(f"its header describes {position:,} bytes of data, there are {len(body):,}")


def _binary_blocks(element: Element, body: bytes, start: int, order: str) -> tuple[list[Block], int]:
    """Return the rows of an element: at once if all lists have the lengths of the first row's, else row by row."""
    shape, _ = _binary_shape(element, body, start, order)
    row = _row_type(element, shape, order)
    end = start + row.itemsize * element.count
    if end <= len(body):
        values = np.frombuffer(body, row, element.count, start)
        if all((values[f"# {each.name}"] == values[f"# {each.name}"][0]).all() for each in element.lists):
            return [_binary_block(np.arange(element.count), values, element)], end
    places: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
    end = start
    for number in range(element.count):
        here = end
        shape, end = _binary_shape(element, body, here, order)
        places[shape].append((number, here))
    raw = np.frombuffer(body, np.uint8)
    blocks = []
    for shape, found in places.items():
        row = _row_type(element, shape, order)
        rows, starts = np.array(found, dtype=np.int64).T
        values = raw[starts[:, None] + np.arange(row.itemsize)].view(row)[:, 0]
        blocks.append(_binary_block(rows, values, element))
    return blocks, end


def _binary_shape(element: Element, body: bytes, start: int, order: str) -> tuple[tuple[int, ...], int]:
    """Return the lengths of the lists of the row that starts there, and where it ends."""
    end, lengths = start, []
    for each in element.properties:
        width = 1
        if each.count_type:
            code = np.dtype(each.count_type).char
            if end + each.count_size <= len(body):
                (width,) = struct.unpack_from(order + code, body, end)
            if width < 0:
                raise UnreadableError(f"a list of {element.name!r} must have 0 or more numbers, one has {width}")
            lengths.append(width)
        end += each.count_size + width * each.size
    if end > len(body):
        raise UnreadableError(f"a row of {element.name!r} ends at byte {end:,} of its data, there are {len(body):,}")
    return tuple(lengths), end


def _row_type(element: Element, shape: tuple[int, ...], order: str) -> np.dtype[np.void]:
    fields: list[Any] = []
    lengths = iter(shape)
    for each in element.properties:
        if each.count_type:
            fields += [(f"# {each.name}", order + each.count_type), (each.name, order + each.type, (next(lengths),))]
        else:
            fields.append((each.name, order + each.type))
    return np.dtype(fields)


def _binary_block(rows: Indices, values: NDArray[np.void], element: Element) -> Block:
    return Block(rows, {each.name: values[each.name] for each in element.properties})
