"""A command of the simulator in this process: what it loads and compiles is there for the next one."""

from __future__ import annotations

import io
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from simulator import cli


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it printed to either stream."""

    code: int
    out: str
    err: str


def run(folder: Path, *arguments: str) -> Ended:
    """Run ``simulator ARGUMENTS`` in a folder, its argument line and its streams replaced."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    code = 0
    with (
        chdir(folder),
        mock.patch.object(sys, "argv", ["simulator", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out.flush()
        err.flush()
    return Ended(code, *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err)))
