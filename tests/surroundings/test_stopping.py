"""A signal at any moment: one line, exit code 1, nothing half-written, and no process or folder is left behind.

By default at some moments that can be seen from outside; ``SIMULATOR_CAMPAIGN=2`` and more adds random ones.
"""

import os
import random
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from support.campaign import more, times

COMMAND = [sys.executable, "-m", "simulator", "run", "box", "--output", "out", "--method", "sampled"]
STEPS = ["--gantry-step", "4", "--couch-step", "4"]
SEEN = {
    "numpy is loaded": lambda process, _: "numpy" in Path(f"/proc/{process.pid}/maps").read_text(),
    "a scratch folder is there": lambda _, folder: any(folder.glob(".simulator-*")),
    "the map is written": lambda _, folder: any(folder.glob(".simulator-*/map.nc")),
    "a picture is written": lambda _, folder: any(folder.glob(".simulator-*/*.png")),
}
"""Moments, and how they are seen."""
POLL_S = 0.01
MOMENTS, SIGNALS = [*SEEN, *range(times(4) - 4)], [signal.SIGINT, signal.SIGTERM]
CASES = [(moment, SIGNALS[(at + turn) % 2]) for at, moment in enumerate(MOMENTS) for turn in (0, *more(1))]
"""Of two signals in turn, in a campaign both at each moment."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")


def of_session(session):
    """The processes of a session that still run."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            state, _, _, belongs = file.read_text().rpartition(")")[2].split()[:4]
            if int(belongs) == session and state not in "ZX":
                found.append(int(file.parent.name))
    return found


def is_done(process, seconds):
    """Wait for a process for so long, and tell whether it has ended."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.poll() is not None


@pytest.mark.parametrize(("moment", "number"), CASES)
def test_a_signal_at_any_moment(tmp_path, moment, number):
    """To the process alone, or to all of its terminal as Ctrl-C is; once or twice."""
    rng = random.Random(str(moment))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/map.nc").write_text("earlier")
    with subprocess.Popen(
        [*COMMAND, *STEPS],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        if moment in SEEN:
            while not is_done(process, POLL_S) and not SEEN[moment](process, tmp_path):
                pass
        else:
            is_done(process, 0.3 + 12.0 * rng.random())
        for _ in range(rng.choice([1, 2])):
            with suppress(ProcessLookupError):
                (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        printed, errors = process.communicate(timeout=120)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    if process.returncode == 0:
        assert "files in out" in printed and len(left) == 8
    else:
        assert (process.returncode, errors) == (1, "simulator: stopped\n")
        assert left == ["out", "out/map.nc"] or (len(left) == 8 and "out/result.json" in left)
    helpers = of_session(process.pid)
    assert all(has_ended(helper) for helper in helpers)


def has_ended(process):
    """Wait for a process that is no child of ours."""
    with suppress(ProcessLookupError):
        descriptor = os.pidfd_open(process)
        with os.fdopen(descriptor):
            return bool(select.select([descriptor], [], [], 30.0)[0])
    return True
