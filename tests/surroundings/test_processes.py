"""A map is right wherever it is asked for: in copies, in workers of others, after a fork, and where helpers fail."""

import copy
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest

import simulator as sim
from simulator.maps import pool as grid


def coarse():
    setup = sim.load_setup("box")
    return replace(setup, grid=setup.grid.with_steps(20.0, 20.0))


def status(setup):
    """A map with helpers, few as its poses are."""
    grid.LEAST_POSES = 1
    return sim.collision_map(setup, method="sampled", workers=2).status.tobytes()


@pytest.fixture(autouse=True)
def few_poses_are_shared_out(monkeypatch):
    monkeypatch.setattr(grid, "LEAST_POSES", 1)


@pytest.fixture(scope="module")
def used():
    """A set-up with checker and prover made, and the statuses that one process finds; its helpers are running."""
    setup = coarse()
    setup.check_arc(gantry=(0, 10), couch=0, direction="CW")
    expected = sim.collision_map(setup, method="sampled", workers=1).status.tobytes()
    assert status(setup) == expected
    return setup, expected


def test_copies_leave_the_engines_behind(used):
    setup, _ = used
    expected = repr(setup.check(60, 15))
    for other in (pickle.loads(pickle.dumps(setup)), copy.deepcopy(setup), copy.copy(setup), replace(setup)):
        assert not {"checker", "prover"} & vars(other).keys()
        assert repr(other.check(60, 15)) == expected
    cmap = sim.collision_map(replace(setup, grid=setup.grid.with_steps(90.0, 45.0)))
    for other in (pickle.loads(pickle.dumps(cmap)), copy.deepcopy(cmap)):
        assert other.solid_angle() == cmap.solid_angle()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_in_the_workers_of_others(used, method):
    """Daemonic ones may have no children; forked ones inherit helpers that nobody talks to any more."""
    setup, expected = used
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} on this system")
    context = multiprocessing.get_context(method)
    with context.Pool(1) as pool:
        assert pool.apply_async(status, (setup,)).get(timeout=300) == expected
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(status, setup).result(timeout=300) == expected


class Executor:
    """Runs work as an executor of helpers would, but for what is wrong with it."""

    def __init__(self, fault):
        self.fault, self.count = fault, 0

    def submit(self, function, *arguments):
        from concurrent.futures import Future

        self.count += 1
        if self.fault == "no more processes":
            raise BlockingIOError("Resource temporarily unavailable")
        future = Future()
        if self.fault == "ends in mid-map" and self.count > 1:
            future.set_exception(RuntimeError("a worker process was terminated"))
        else:
            future.set_result(function(*arguments))
        return future

    def shutdown(self, **_):
        raise AssertionError


@pytest.mark.parametrize("fault", ["no more processes", "ends in mid-map"])
def test_what_helpers_do_not_bring_this_process_does(used, monkeypatch, fault):
    setup, expected = used
    executor = Executor(fault)
    monkeypatch.setattr(grid, "_executor", lambda _: executor)
    assert status(setup) == expected and executor.count


def test_a_helper_is_killed_in_mid_map(used):
    setup, expected = used

    def kill(*_):
        for process in multiprocessing.active_children():
            os.kill(process.pid, signal.SIGTERM)

    cmap = sim.collision_map(setup, method="sampled", workers=2, progress=kill)
    assert cmap.status.tobytes() == expected
    assert status(setup) == expected  # with new helpers


ALONE = """
import _multiprocessing, sys
def none(*_, **__):
    raise OSError(38, "Function not implemented")
class SemLock:
    SEM_VALUE_MAX = 2**31 - 1
    __new__ = none
    @staticmethod
    def _rebuild(*_): none()
if sys.argv[1] == "missing":
    del _multiprocessing.SemLock
else:
    _multiprocessing.SemLock = SemLock
import simulator as sim
from dataclasses import replace
from simulator.maps import pool as grid
grid.LEAST_POSES = 1
setup = sim.load_setup("box")
grid.start_helpers(2)
print(sim.collision_map(replace(setup, grid=setup.grid.with_steps(20.0, 20.0)), method="sampled", workers=2))
"""


@pytest.mark.parametrize("semaphores", ["missing", "refused"])
def test_without_semaphores(used, semaphores):
    """As where there is no /dev/shm."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, semaphores], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == f"{sim.collision_map(used[0], method='sampled', workers=1)}\n"
