"""Attributes of a data set as plain numbers and text, or one message that says which is wrong and where."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from pydicom import Dataset

LARGEST = 1e7
"""No millimetre, degree or number of a plan is larger."""
LONGEST_TEXT = 80


@dataclass(frozen=True, eq=False)
class Item:
    """A data set, or an item of a sequence, and where it stands.

    Attributes
    ----------
    dataset : pydicom Dataset
        What it holds.
    where : str
        For messages: ``"RP.dcm: beam 2: control point 3"``.
    """

    dataset: Dataset
    where: str

    def called(self, where: str) -> Item:
        """Return the same item under another name in messages."""
        return Item(self.dataset, where)

    def has(self, keyword: str) -> bool:
        """Tell whether an attribute is there, though it may be empty."""
        return keyword in self.dataset

    def number(self, keyword: str, *, largest: float = LARGEST) -> float | None:
        """Return a number; None where it is absent or empty.

        Raises
        ------
        SimulatorError
            If it is something else, or several.
        """
        found = self.numbers(keyword, largest=largest)
        if not found:
            return None
        if len(found) != 1:
            raise self.refused(keyword, "must be one number", f"was {len(found)}")
        return found[0]

    def integer(self, keyword: str) -> int | None:
        """Return a whole number; None where it is absent or empty.

        Raises
        ------
        SimulatorError
            If it is something else, or several.
        """
        found = self.number(keyword)
        if found is not None and not found.is_integer():
            raise self.refused(keyword, "must be a whole number", f"was {found:g}")
        return None if found is None else int(found)

    def numbers(self, keyword: str, count: int | None = None, *, largest: float = LARGEST) -> tuple[float, ...]:
        """Return numbers, ``count`` of them if that is given; none where they are absent or empty.

        Raises
        ------
        SimulatorError
            If one is none or beyond ``largest``, or there are more or fewer.
        """
        value = self._value(keyword)
        if value is None or value == "":
            return ()
        values = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        try:
            found = tuple(float(each) for each in values)
        except (TypeError, ValueError):
            raise self.refused(keyword, "must be numbers", f"was {self._shown(value)}") from None
        if not all(math.isfinite(each) and abs(each) <= largest for each in found):
            raise self.refused(keyword, f"must be finite numbers within ±{largest:g}", f"was {self._shown(value)}")
        if count is not None and len(found) not in (0, count):
            raise self.refused(keyword, f"must be {count} numbers", f"was {len(found)}")
        return found

    def array(self, keyword: str) -> NDArray[np.float64]:
        """Return numbers, many, shape (n,): as `numbers`, without an object for each.

        Raises
        ------
        SimulatorError
            If one is none.
        """
        raw = self._raw(keyword)
        if raw is None:
            return np.array(self.numbers(keyword), dtype=np.float64)
        raw = raw.strip(b" \0")
        try:
            if b"_" in raw:  # Python's own way to write numbers
                raise ValueError
            found = np.array(raw.split(b"\\"), dtype=np.float64) if raw else np.zeros(0)
        except ValueError:
            raise self.refused(keyword, "must be numbers", f"was {self._shown(raw)}") from None
        if not (np.abs(found) <= LARGEST).all():
            raise self.refused(keyword, f"must be finite numbers within ±{LARGEST:g}", f"was {self._shown(raw)}")
        return found

    def text(self, keyword: str) -> str:
        """Return text on one line, shortened; "" where it is absent or empty."""
        value = self._value(keyword)
        if value is None:
            return ""
        text = "".join(letter if letter.isprintable() else " " for letter in str(value)).strip()
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"

    def items(self, keyword: str, name: str) -> list[Item]:
        """Return the items of a sequence, called ``name 1`` and so on; none where it is absent or empty."""
        value = self._value(keyword)
        if value is None:
            return []
        from pydicom.sequence import Sequence as Items

        if not isinstance(value, Items):
            raise self.refused(keyword, "must be a sequence of items", f"was {self._shown(value)}")
        return [Item(each, f"{self.where}: {name} {at}") for at, each in enumerate(value, start=1)]

    def refused(self, keyword: str, must: str, was: str) -> SimulatorError:
        """Return the error for an attribute, by its name and tag in the standard."""
        from pydicom.datadict import dictionary_description, tag_for_keyword

        tag = tag_for_keyword(keyword)
        assert tag is not None
        name = f"{dictionary_description(tag)} ({tag >> 16:04X},{tag & 0xFFFF:04X})"
        return SimulatorError(f"{self.where}: {name}: {must}, {was}")

    def _value(self, keyword: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return self.dataset.get(keyword)
            except Exception:  # pydicom converts when asked, and raises what it likes
                raise self.refused(keyword, "must be readable", "is damaged") from None

    def _raw(self, keyword: str) -> bytes | None:
        """Return decimal strings as they stand in the file; None if they were converted before."""
        found = self.dataset.get_item(keyword) if keyword in self.dataset else None
        is_text = found is not None and getattr(found, "VR", None) in ("DS", None)
        value = getattr(found, "value", None)
        return value if is_text and isinstance(value, bytes) else None

    @staticmethod
    def _shown(value: object) -> str:
        text = repr(value)
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
