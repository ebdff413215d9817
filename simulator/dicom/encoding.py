"""Whether the bytes of a DICOM file are all there: a second way through it, that takes nothing on trust.

pydicom reads a file that is cut short as far as it goes, the last number perhaps without its last digits. Here every
element must end where the next begins, and the last where the file does (DICOM PS3.5, 7).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from simulator.errors import SimulatorError

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
"""Value representations with a length of four bytes."""
DEEPEST = 50
DEFLATED = "1.2.840.10008.1.2.1.99"
PIXELS = 0x7FE00010


@dataclass
class _Walk:
    """Where a walk through bytes has come to."""

    content: bytes
    is_implicit: bool
    order: str
    where: str
    at: int = 0

    def broken(self, what: str) -> SimulatorError:
        return SimulatorError(f"{self.where}: must be a whole DICOM file, {what} at byte {self.at:,}")

    def take(self, count: int, end: int) -> bytes:
        if self.at + count > end:
            raise self.broken("is cut short")
        found = self.content[self.at : self.at + count]
        self.at += count
        return found

    def tag(self, end: int) -> int:
        group, element = struct.unpack(f"{self.order}HH", self.take(4, end))
        return int(group) << 16 | int(element)

    def length(self, end: int) -> int:
        return int(struct.unpack(f"{self.order}I", self.take(4, end))[0])

    def data_set(self, end: int, depth: int, *, is_delimited: bool = False) -> None:
        """Go through elements up to ``end``, or to the delimiter of an item without a length."""
        if depth > DEEPEST:
            raise self.broken("sequences are nested too deep")
        before = -1
        while self.at < end:
            tag = self.tag(end)
            if tag == ITEM_END and is_delimited:
                self.take(4, end)
                return
            if tag <= before:
                raise self.broken("elements are out of order")
            before = tag
            self.element(tag, end, depth)
        if is_delimited:
            raise self.broken("is cut short")

    def element(self, tag: int, end: int, depth: int) -> None:
        kind = b"" if self.is_implicit else self.take(2, end)
        if self.is_implicit:
            length = self.length(end)
        elif kind in LONG:
            self.take(2, end)
            length = self.length(end)
        elif kind.isalpha() and kind.isupper():
            length = int(struct.unpack(f"{self.order}H", self.take(2, end))[0])
        else:
            raise self.broken("something else stands")
        if length == UNDEFINED:
            self.items(end, depth, is_delimited=True, is_data=tag == PIXELS)
        elif kind == b"SQ" or (self.is_implicit and _is_sequence(tag)):
            if self.at + length > end:
                raise self.broken("is cut short")
            self.items(self.at + length, depth, is_delimited=False, is_data=False)
        else:
            value = self.take(length, end)
            if b"\0" in value[:-1] and _is_text(tag):  # the last one may be padding
                raise self.broken("text is overwritten by zeros")

    def items(self, end: int, depth: int, *, is_delimited: bool, is_data: bool) -> None:
        """Go through the items of a sequence, or the fragments of pixel data."""
        while self.at < end:
            tag = self.tag(end)
            length = self.length(end)
            if tag == SEQUENCE_END and is_delimited:
                return
            if tag != ITEM:
                raise self.broken("something else than an item stands")
            if is_data:
                self.take(length, end)
            elif length == UNDEFINED:
                self.data_set(end, depth + 1, is_delimited=True)
            else:
                if self.at + length > end:
                    raise self.broken("is cut short")
                self.data_set(self.at + length, depth + 1)
        if is_delimited:
            raise self.broken("is cut short")


def require_whole(content: bytes, encoding: tuple[bool, bool], where: str) -> None:
    """Refuse a file whose elements do not fill it exactly, in their order.

    Parameters
    ----------
    content : bytes
        The file.
    encoding : tuple of bool
        Whether its data set is of implicit value representation, and little endian.
    where : str
        For messages.

    Raises
    ------
    SimulatorError
        Saying what is wrong, and at which byte.
    """
    is_implicit, is_little = encoding
    rest, start = content, 0
    if content[128:132] == b"DICM":
        start = 132
    start, syntax = _after_meta(content, start, where)
    if syntax == DEFLATED:
        try:
            rest, start = zlib.decompress(content[start:], -zlib.MAX_WBITS), 0
        except zlib.error:
            raise SimulatorError(f"{where}: must be a whole DICOM file, what it compresses is damaged") from None
    walk = _Walk(rest, is_implicit, "<" if is_little else ">", where, start)
    walk.data_set(len(rest), 0)


def _after_meta(content: bytes, start: int, where: str) -> tuple[int, str]:
    """Return where the data set begins, behind the file meta information if there is one, and the transfer syntax."""
    walk = _Walk(content, False, "<", where, start)
    syntax = ""
    while walk.at < len(content) and content[walk.at : walk.at + 2] == b"\x02\x00":
        tag, begins = walk.tag(len(content)), walk.at
        walk.element(tag, len(content), 0)
        if tag == 0x00020010:
            syntax = content[begins + 4 : walk.at].rstrip(b"\0 ").decode("ascii", "replace")
    return walk.at, syntax


def _is_sequence(tag: int) -> bool:
    from pydicom.datadict import dictionary_has_tag, dictionary_VR

    return dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ"


def _is_text(tag: int) -> bool:
    from pydicom.datadict import dictionary_has_tag, dictionary_VR

    return dictionary_has_tag(tag) and dictionary_VR(tag) in ("CS", "DS", "IS", "LO", "SH", "UI")
