"""A signal at any moment: one line, exit code 1, nothing half-written, and no process or folder is left behind.

``SIMULATOR_CAMPAIGN`` (1 if not set) multiplies the moments.
"""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

MOMENTS = 4 * int(os.environ.get("SIMULATOR_CAMPAIGN", "1"))
COMMAND = [sys.executable, "-m", "simulator", "run", "box", "--output", "out", "--method", "sampled"]
STEPS = ["--gantry-step", "4", "--couch-step", "4"]

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


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_signal_at_any_moment(tmp_path, moment):
    """To the process alone, or to all of its terminal as Ctrl-C is; once or twice."""
    rng = random.Random(moment)
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
        time.sleep(0.3 + 12.0 * rng.random())
        number = rng.choice([signal.SIGINT, signal.SIGTERM])
        for _ in range(rng.choice([1, 2])):
            (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        printed, errors = process.communicate(timeout=120)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    if process.returncode == 0:
        assert "files in out" in printed and len(left) == 8
    else:
        assert (process.returncode, errors) == (1, "simulator: stopped\n")
        assert left == ["out", "out/map.nc"] or (len(left) == 8 and "out/result.json" in left)
    deadline = time.monotonic() + 30
    while of_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert of_session(process.pid) == []
