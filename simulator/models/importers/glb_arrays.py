"""Accessors of a glTF file: arrays in its binary chunk, sparse ones and normalised integers included."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.models.importers.glb_tables import Accessor, Root
from simulator.models.importers.soup import Points, UnreadableError

KINDS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
MOST_EMPTY = 1_000_000
"""Values that an accessor without a view may promise: they are zeros that no byte of the file stands for."""
PADDING = 4
"""Bytes that a view may be filled up with."""
Item = TypeVar("Item")


def at(items: tuple[Item, ...], index: int, name: str) -> Item:
    """Return an item of a table of the file, by its index."""
    if index >= len(items):
        raise UnreadableError(f"{name} {index} is used, but there are {len(items)}")
    return items[index]


class Arrays:
    """The accessors of a file as arrays.

    Parameters
    ----------
    root : Root
        Its tables.
    binary : bytes
        Its binary chunk.
    """

    def __init__(self, root: Root, binary: bytes) -> None:
        length = root.buffers[0].byteLength if root.buffers else 0
        if length > len(binary):
            raise UnreadableError(f"its buffer must have {length:,} bytes, its binary chunk has {len(binary):,}")
        self._root, self._binary = root, binary[:length]
        self._used: dict[int, int] = {}
        for told in root.accessors:
            kind, width = np.dtype(KINDS[told.componentType]), WIDTHS.get(told.type, 0)
            self._use(told.bufferView, told.byteOffset, told.count, width * kind.itemsize)
            if told.sparse is not None:
                places, values = told.sparse.indices, told.sparse.values
                size = np.dtype(KINDS[places.componentType]).itemsize
                self._use(places.bufferView, places.byteOffset, told.sparse.count, size)
                self._use(values.bufferView, values.byteOffset, told.sparse.count, width * kind.itemsize)

    def table(self, index: int) -> Accessor:
        """Return an accessor itself."""
        return at(self._root.accessors, index, "accessor")

    def raw(self, index: int) -> NDArray[Any]:
        """Return an accessor's numbers (count, width) as they are stored."""
        told = self.table(index)
        if told.type not in WIDTHS:
            raise UnreadableError(f"accessor {index} must be numbers or vectors, is {told.type}")
        kind, width = np.dtype(KINDS[told.componentType]), WIDTHS[told.type]
        if told.bufferView is not None:
            values = self._viewed(told.bufferView, told.byteOffset, told.count, width, kind)
        elif told.count > MOST_EMPTY:
            raise UnreadableError(f"accessor {index} promises {told.count:,} values that are not in the file")
        else:
            values = np.zeros((told.count, width), kind)
        if told.sparse is not None:
            sparse = told.sparse
            places = self._viewed(
                sparse.indices.bufferView, sparse.indices.byteOffset, sparse.count, 1,
                np.dtype(KINDS[sparse.indices.componentType]),
            )[:, 0].astype(np.int64)  # fmt: skip
            if places.max() >= told.count or (np.diff(places) <= 0).any():
                raise UnreadableError(f"sparse indices of accessor {index} must grow and be below {told.count}")
            values = values.copy()
            values[places] = self._viewed(
                sparse.values.bufferView, sparse.values.byteOffset, sparse.count, width, kind
            )
        self._require_declared(index, told, values)
        return values

    def numbers(self, index: int, kind: str) -> Points:
        """Return an accessor of a kind (``"VEC3"``) as floating-point numbers, normalised integers divided."""
        told = self.table(index)
        values = self.raw(index)
        if told.type != kind or told.componentType == 5125:
            raise UnreadableError(f"accessor {index} must be {kind} of floats or short integers, is {told.type}")
        found = values.astype(np.float64)
        if told.normalized and told.componentType != 5126:
            found = np.maximum(found / np.iinfo(values.dtype).max, -1.0)
        return found

    def _use(self, view: int | None, offset: int, count: int, size: int) -> None:
        """Note how far an accessor reaches into a view."""
        if view is not None and view < len(self._root.bufferViews):
            stride = self._root.bufferViews[view].byteStride or size
            self._used[view] = max(self._used.get(view, 0), offset + stride * (count - 1) + size)

    def _viewed(self, index: int, offset: int, count: int, width: int, kind: np.dtype[Any]) -> NDArray[Any]:
        view = at(self._root.bufferViews, index, "bufferView")
        stride = view.byteStride or width * kind.itemsize
        end = offset + stride * (count - 1) + width * kind.itemsize
        if end > view.byteLength or view.byteOffset + view.byteLength > len(self._binary):
            raise UnreadableError(
                f"bufferView {index} must hold {end:,} bytes, has {view.byteLength:,} from byte {view.byteOffset:,} "
                f"of {len(self._binary):,}"
            )
        if stride < width * kind.itemsize:
            raise UnreadableError(
                f"bufferView {index} must have a stride of {width * kind.itemsize} or more, has {stride}"
            )
        unused = view.byteLength - self._used[index]
        if unused >= max(stride, PADDING):  # a count that is too small loses triangles
            raise UnreadableError(f"no accessor uses the last {unused:,} bytes of bufferView {index}")
        start = view.byteOffset + offset
        return np.ndarray((count, width), kind, self._binary, start, (stride, kind.itemsize))

    def _require_declared(self, index: int, told: Accessor, values: NDArray[Any]) -> None:
        """Refuse values that are not those that the file says they are, by their least and their greatest."""
        for name, declared, found in (("min", told.min, values.min(axis=0)), ("max", told.max, values.max(axis=0))):
            if declared is None:
                continue
            apart = np.abs(np.asarray(declared) - found) if len(declared) == len(found) else np.array(np.inf)
            if not (apart <= 1e-5 * max(1e-30, float(np.abs(found).max()))).all():
                raise UnreadableError(f"accessor {index} says {name} = {list(declared)}, but it is {found.tolist()}")
