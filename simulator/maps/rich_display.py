"""What a notebook shows of a value: those who draw say so here, and nothing here knows them."""

from __future__ import annotations

from functools import singledispatch


@singledispatch
def html(_value: object) -> str | None:
    """Return a value as HTML; None where nobody draws its kind, and its ``repr`` is shown."""
    return None
