"""The one base error of the package, and how messages and warnings are worded.

Every message answers four questions: which file and field, what it must be, what it was, and what is
available. The command line prints the message alone and exits with code 2.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxlevel = 3


class SimulatorError(Exception):
    """Bad input: the user can mend it, and the message says how.

    A message names the file and the field, what it must be, what it was and what is available; of a file all errors
    stand in one message, a line each.

    Examples
    --------
    >>> import simulator as sim
    >>> try:
    ...     sim.Machine.load("c_arm", imagers="half way")
    ... except sim.SimulatorError as error:
    ...     print(str(error).partition("model.toml: ")[2])
    option imagers: unknown name 'half way'; available: retracted, deployed (simulator explain machine.options)
    """


def unknown(what: str, name: object, available: Iterable[str]) -> SimulatorError:
    """Return the error for a name that is not among the available ones.

    Parameters
    ----------
    what : str
        The thing named, with its file and field where there is one, such as ``"patient.site of brain.toml"``.
    name : object
        What was given.
    available : iterable of str
        The names that would have been right.
    """
    choices = ", ".join(available) or "none"
    return SimulatorError(f"{what}: unknown name {name!r}; available: {choices}")


def shown(value: object) -> str:
    """Return what was given, short; huge integers have no decimal form."""
    try:
        return _SHORT.repr(value)
    except ValueError:
        return f"a huge {type(value).__name__}"


def warned(texts: Iterable[str]) -> list[str]:
    """Return warnings as every result shows them, to whatever door it goes out: a line each, each once."""
    return [f"warning: {text}" for text in dict.fromkeys(texts)]


def count_of_warnings(texts: Iterable[str]) -> str:
    """Return how many warnings a result has, to stand behind it where they themselves have no room; "" if none."""
    count = len(warned(texts))
    return f"; {count} warning{'s' * (count > 1)}" if count else ""
