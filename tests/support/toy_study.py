"""A study of the toy hoop, whose cases are quick, and an executor that breaks when it should."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

from support.toy_extents import write_toy_extents

from simulator.scenario.study import Study

STUDY = """
title = "Toy hoop"

[scenario]
title = "Hoop"
machine = { model = "hoop" }
couch = { model = "bench" }
patient = { model = "head_phantom", site = "centre" }

[[vary]]
field = "buffers.couch_mm"
values = [0.0, 20.0, 40.0]

[[vary]]
name = "lies"
options = [
    { name = "on the top", set = { "patient.shift_mm" = [0.0, 0.0, 0.0] } },
    { name = "in the top", set = { "patient.shift_mm" = [0.0, 0.0, -120.0] } },
    { name = "above it", set = { "patient.shift_mm" = [0.0, 0.0, 30.0] } },
]

[measure]
tolerance = 0.05
step_deg = 30
clearance_step_deg = 60
"""
"""Nine cases, of which those in the top cannot be placed."""
CASES, NOT_PLACED = 9, (1, 4, 7)
COMPARED = ("study.json", "table.csv", "table.parquet", "study.nc")


def toy_study(folder, text=STUDY):
    """Write the machine, the bench and the study into a folder, and read the study."""
    write_toy_extents(folder)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return Study.read(folder / "study.toml")


def contents(folder):
    """The files of a study that are the same however it was run."""
    return {name: (folder / name).read_bytes() for name in COMPARED}


class Breaking(Executor):
    """Works in one thread; at cases of some numbers it breaks, as a pool does whose worker ends."""

    def __init__(self, fatal, asked=None):
        self._fatal, self._asked, self._thread, self._is_broken = fatal, asked, ThreadPoolExecutor(1), False

    def submit(self, function, *args):
        if self._is_broken:
            raise BrokenExecutor("broken")
        future = Future()
        self._thread.submit(self._run, future, function, args)
        return future

    def _run(self, future, function, args):
        numbers = [case.index for case in args[1]] if len(args) > 1 else []
        if self._asked is not None and numbers:
            self._asked.append(numbers)
        self._is_broken |= any(map(self._fatal, numbers))
        if self._is_broken:
            future.set_exception(BrokenExecutor("a worker ended"))
            return
        try:
            future.set_result(function(*args))
        except BaseException as error:
            future.set_exception(error)

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._thread.shutdown(wait, cancel_futures=cancel_futures)
