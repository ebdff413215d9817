"""What is printed, whatever the encoding of the terminal or file: π, °, × and – as the nearest plain letters."""

from __future__ import annotations

import codecs
import json
import os
import sys
import unicodedata
from contextlib import suppress
from typing import Any

PLAIN = {
    "π": "pi", "°": " deg", "×": "x", "–": "-", "−": "-", "→": "->", "…": "...", "·": "*", "±": "+-", "µ": "u"
}  # fmt: skip


def prepare() -> None:
    """Let standard output and standard error write any text in their own encoding."""
    codecs.register_error("simulator", _plain)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):  # there is none, or it is no file
            stream.reconfigure(errors="simulator")  # type: ignore[union-attr]


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_letter(letter) for letter in letters), error.end


def _letter(letter: str) -> str:
    """Return ASCII for a letter: what it looks like, or what is left of it without accents, or a question mark."""
    if letter in PLAIN:
        return PLAIN[letter]
    bare = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return bare or "?"


def print_json(found: dict[str, Any]) -> None:
    """Print a result as JSON: as in its file where the output is Unicode, else in ASCII that means the same."""
    from simulator.report import results as report

    is_unicode = codecs.lookup(sys.stdout.encoding or "ascii").name.startswith("utf")
    print(report.result_json(found) if is_unicode else json.dumps(found, indent=2) + "\n")


def give_up_unprinted() -> None:
    """Drop what cannot be printed, lest the interpreter try once more when it ends, and complain."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
