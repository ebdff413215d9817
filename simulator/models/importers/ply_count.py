"""The second reading of a PLY file: from list to list over plain numbers, for what the first must have found."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from simulator.models.importers.ply_header import Element, Property, header_of
from simulator.models.importers.soup import Count, Points, bounds_of


def count(content: bytes) -> Count:
    """Count triangles by the lengths of the lists; the bounds are those of columns."""
    header = header_of(content)
    body = content[header.length :]
    walk = _Bytes(body, header.order) if header.order else _Words(body)
    triangles, bounds = 0, None
    for element in header.elements:
        if element.name == "vertex" and not element.lists:
            bounds = bounds_of(walk.columns(element))
        if not element.lists:
            walk.skip(element)
            continue
        if element.name == "face" and len(element.lists) == 1 and element == header.elements[-1]:
            triangles += walk.numbers_left(element) - 2 * element.count  # what is left is what is in its lists
            continue
        lists = walk.lists(element)
        if element.name == "face":
            triangles += sum(length - 2 for length, _ in lists)
        elif element.name == "tristrips":
            of_type = next(each for each in element.properties if each.name == element.index_list)
            triangles += sum(_in_strip(walk.numbers(of_type, length, start)) for length, start in lists)
    return Count(triangles, 1, bounds)


def _in_strip(corners: Sequence[int]) -> int:
    """Count the triangles of strips that -1 parts, without those that only join pieces."""
    windows = zip(corners, corners[1:], corners[2:], strict=False)
    return sum(-1 not in (a, b, c) and len({a, b, c}) == 3 for a, b, c in windows)


class _Words:
    """The numbers of a text, one after the other; where one starts is its place among them."""

    def __init__(self, body: bytes) -> None:
        self._words = body.split()
        self._position = 0

    def skip(self, element: Element) -> None:
        """Go behind the rows of an element without lists."""
        self._position += element.count * len(element.properties)

    def lists(self, element: Element) -> list[tuple[int, int]]:
        """Return length and start of the list of vertices in each row, and go behind the rows."""
        found, position, words = [], self._position, self._words
        for _ in range(element.count):
            for each in element.properties:
                length = int(words[position]) if each.count_type else 0
                position += 1
                if each.name == element.index_list:
                    found.append((length, position))
                position += length
        self._position = position
        return found

    def numbers_left(self, element: Element) -> int:
        """Return how many numbers are left for the lists of the last element, which has one a row."""
        return len(self._words) - self._position - element.count * len(element.properties)

    def numbers(self, _: Property, length: int, start: int) -> Sequence[int]:
        """Return a list's numbers."""
        return [int(word) for word in self._words[start : start + length]]

    def columns(self, element: Element) -> Points:
        """Return x, y and z (n, 3) of the rows that follow."""
        names = [each.name for each in element.properties]
        words = self._words[self._position :][: element.count * len(names)]
        return np.array([words[names.index(axis) :: len(names)] for axis in "xyz"]).astype(float).T


class _Bytes:
    """The numbers of a binary file; where one starts is its place among the bytes."""

    def __init__(self, body: bytes, order: str) -> None:
        self._body, self._order = body, order
        self._position = 0

    def skip(self, element: Element) -> None:
        """Go behind the rows of an element without lists."""
        self._position += element.count * sum(each.size for each in element.properties)

    def lists(self, element: Element) -> list[tuple[int, int]]:
        """Return length and start of the list of vertices in each row, and go behind the rows."""
        found, position, body = [], self._position, self._body
        steps = [
            (struct.Struct(self._order + np.dtype(each.count_type).char) if each.count_type else None, each)
            for each in element.properties
        ]
        for _ in range(element.count):
            for count_type, each in steps:
                if count_type is None:
                    position += each.size
                    continue
                (length,) = count_type.unpack_from(body, position)
                position += count_type.size
                if each.name == element.index_list:
                    found.append((length, position))
                position += length * each.size
        self._position = position
        return found

    def numbers_left(self, element: Element) -> int:
        """Return how many numbers are left for the lists of the last element, which has one a row."""
        fixed = sum(each.count_size or each.size for each in element.properties)
        return (len(self._body) - self._position - element.count * fixed) // element.lists[0].size

    def numbers(self, of_type: Property, length: int, start: int) -> Sequence[int]:
        """Return a list's numbers."""
        kind = struct.Struct(f"{self._order}{length}{np.dtype(of_type.type).char}")
        return kind.unpack_from(self._body, start)

    def columns(self, element: Element) -> Points:
        """Return x, y and z (n, 3) of the rows that follow."""
        stride = sum(each.size for each in element.properties)
        offset, found = self._position, {}
        for each in element.properties:
            kind = np.dtype(self._order + each.type)
            found[each.name] = np.ndarray((element.count,), kind, self._body, offset, (stride,))
            offset += each.size
        return np.stack([found[axis].astype(float) for axis in "xyz"], axis=1)
