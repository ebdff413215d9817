"""The command line: one module a command.

Exit codes: 0, or what a command returns (3 of a plan that is not all free); 2 for bad input, with one message and no
traceback; 1 for anything else. What a command needs is imported when the signals that stop it are already heard.
"""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from simulator import stopping

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit with its code."""
    stopping.collect_seldom()
    try:
        with stopping.listening():
            code = _code_of_command()
        is_stopped = stopping.was_asked()
    except BaseException as error:
        is_stopped = stopping.was_asked() or isinstance(error, KeyboardInterrupt)
        if not is_stopped:
            raise
    if is_stopped:
        code = _stopped()
        if _is_program():
            _end(code)
    sys.exit(code)


def _code_of_command() -> int:
    import cyclopts

    from simulator.cli import console
    from simulator.cli.commands import app
    from simulator.errors import SimulatorError

    console.prepare()
    os.environ["MPLBACKEND"] = "agg"  # pictures are files, whatever a notebook or a desktop has set for its windows
    code = 0
    try:
        _require_values(sys.argv[1:])
        found = app(sys.argv[1:], exit_on_error=False, print_error=False, result_action="return_value")
        code = found if isinstance(found, int) else 0
        sys.stdout.flush()
    except (SimulatorError, cyclopts.CycloptsError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        code = 2
    except BrokenPipeError:  # whoever reads has read enough
        code = 1
    except OSError as error:  # a full disk, a device that fails
        print(f"simulator: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        code = 2
    console.give_up_unprinted()
    return code


def _require_values(arguments: list[str]) -> None:
    """Refuse an option whose value is empty: as a path, that would be the folder that the command runs in."""
    from simulator.errors import SimulatorError

    for option, value in pairwise([*arguments, "end"]):
        if option.startswith("--") and option.endswith("="):
            option, value = option.removesuffix("="), ""
        if option.startswith("-") and value == "":
            raise SimulatorError(f"{option}: must be a value, was ''")


def _is_program() -> bool:
    """Return whether this process is the command, and not somebody's who calls it."""
    started = sys.modules["__main__"]
    spec = getattr(started, "__spec__", None)
    return (spec.name if spec else Path(getattr(started, "__file__", "")).stem) in ("simulator.__main__", "simulator")


def _end(code: int) -> NoReturn:
    """End the process with a code, whatever was interrupted.

    Where an exception of a signal passes through a library's C code that runs Python, the interpreter remembers it
    and would end as if the signal had killed it.
    """
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(code)


def _stopped() -> int:
    """End what still works, say so, and return the exit code."""
    if "simulator.maps.helpers" in sys.modules:
        sys.modules["simulator.maps.helpers"].stop_helpers()
    with suppress(OSError):
        print("simulator: stopped", file=sys.stderr)
    return 1
