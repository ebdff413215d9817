"""Where a field stands in a kind of file, and lines of a file that has it there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError

from simulator.reference.written import OTHERS, about_table
from simulator.scenario.hints import FILES, is_keyed, table_in

CHOSEN = {
    "grid": ("JOINT_deg", "gantry_deg"),
    "sweep": ("JOINT_deg", "gantry_deg"),
    "motion": ("JOINT", "gantry"),
    OTHERS: ("JOINT_deg", "gantry_deg"),
}
"""How a name that the file chooses is shown, and one for examples, by the field that holds what has such names."""
ANY_NAME = ("NAME", "height")


@dataclass(frozen=True)
class Place:
    """A field.

    Attributes
    ----------
    file : str
        The kind of file.
    shown, keys : tuple of str
        Names from the file down to the field; names that the file chooses in capitals, and one of them.
    table : type, optional
        The schema of the table that the field is, or that it has by names or in a list.
    is_list, has_names : bool
        Whether there are many such tables: in a list, or by names that the file chooses.
    lines : tuple of str
        An example of the field alone.
    within : Place, optional
        The table that it is a field of.
    """

    file: str
    shown: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    table: type[BaseModel] | None = None
    is_list: bool = False
    has_names: bool = False
    lines: tuple[str, ...] = ()
    within: Place | None = None

    def field(self, name: str, annotation: object, lines: tuple[str, ...] = ()) -> Place:
        """Return the place of a field of this table."""
        shown, key = CHOSEN[OTHERS] if name == OTHERS else (name, name)
        table = table_in(annotation)
        if table in FILES.values():
            table = None  # a file within a file is a field here, and has entries of its own
        return Place(
            self.file,
            (*self.shown, shown),
            (*self.keys, key),
            table,
            is_list=table is not None and _is_list(annotation),
            has_names=table is not None and is_keyed(annotation) and name != OTHERS,
            lines=lines,
            within=self,
        )

    def named(self) -> Place:
        """Return the place of one of the tables that have names."""
        shown, key = CHOSEN.get(self.keys[-1], ANY_NAME)
        return replace(
            self, shown=(*self.shown, shown), keys=(*self.keys, key), has_names=False, lines=(), within=self
        )

    @property
    def heading(self) -> str:
        """The line above a table's fields; that of the table around it for other fields, "" at the top of a file."""
        return self._heading(self.shown)

    def _heading(self, names: tuple[str, ...]) -> str:
        if self.table is None:
            return "" if self.within is None else self.within._heading(names[:-1])
        name = ".".join(names)
        return f"[[{name}]]" if self.is_list else f"[{name}]" if name else ""

    def example(self) -> str:
        """Return the shortest lines that have the field and that the schema takes; "" if it takes none."""
        if self.has_names and not self.lines:
            return self.named().example()
        return next((text for text in self._candidates() if is_sound(self.file, text)), "")

    def _candidates(self) -> Iterator[str]:
        if self.within is None:
            yield from self._wholes()
            return
        *around, innermost = self._tables_around()
        if self.table is not None and not self.lines:
            around, innermost = [table for table in (*around, innermost) if table.keys], self
        for chosen in product(*(("", *table._wholes()) for table in around)):
            above = [_block(table, lines, self) for table, lines in zip(around, chosen, strict=True)]
            for own in self._own(innermost):
                yield "\n".join([*filter(None, above), own])

    def _own(self, table: Place) -> Iterator[str]:
        """Yield the lines of the innermost table: with the field alone, or within an example of the table."""
        heading = table._heading(table.keys)
        wholes = table._wholes() if table.within is not None else ()
        for whole in wholes or ("",) if table is self else ("", *wholes):
            written = {_key(line): line for line in (*whole.splitlines(), *self.lines)}  # its own in their place
            yield "\n".join(filter(None, [heading, *written.values()]))

    def _tables_around(self) -> list[Place]:
        found = [self.within]
        while found[0] is not None:
            found.insert(0, found[0].within)
        around = [place for place in found if place is not None and place.within is not None and not place.has_names]
        return around or [place for place in found if place is not None][-1:]

    def _wholes(self) -> tuple[str, ...]:
        return about_table(self.table).examples if self.table is not None else ()


def is_sound(file: str, text: str) -> bool:
    """Return whether the schema of a kind of file takes some lines, with the rest of one of its examples."""
    root = FILES[file]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    for rest in about_table(root).examples:
        try:
            root.model_validate({**tomllib.loads(rest), **data})
        except ValidationError:
            continue
        return True
    return False


def _block(table: Place, lines: str, inner: Place) -> str:
    """Return a table around a field, without what it has of the field's own."""
    key = inner.keys[len(table.keys)]
    kept = [line for line in lines.splitlines() if _key(line) != key]
    return "\n".join([table._heading(table.keys), *kept]) if kept or table.is_list else ""


def _key(line: str) -> str:
    return line.partition("=")[0].strip()


def _is_list(annotation: object) -> bool:
    return get_origin(annotation) is tuple or any(map(_is_list, get_args(annotation)))
