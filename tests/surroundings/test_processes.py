"""A map is right wherever it is asked for: in copies, in workers of others, after a fork, and where helpers fail."""

import copy
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

import simulator as sim
from simulator.maps import pool


def coarse(setup, workers, **options):
    sweep = setup.sweep.with_steps(gantry=20.0, couch=20.0)
    return sim.collision_map(setup, sweep=sweep, method="sampled", workers=workers, **options)


def status(setup, **options):
    """A map with helpers, few as its poses are."""
    pool.LEAST_POSES = 1
    return coarse(setup, 2, **options).status.tobytes()


@pytest.fixture(autouse=True)
def few_poses_are_shared_out(monkeypatch):
    monkeypatch.setattr(pool, "LEAST_POSES", 1)


@pytest.fixture(scope="module")
def used():
    """A set-up with checker and prover made, and the statuses that one process finds; its helpers are running."""
    setup = sim.load_setup("box")
    setup.check_arc(gantry=(0, 10), couch=0, direction="CW")
    expected = coarse(setup, 1).status.tobytes()
    assert status(setup) == expected
    return setup, expected


def test_copies_leave_the_engines_behind(used):
    setup, _ = used
    expected = repr(setup.check(gantry=60, couch=15))
    for other in (pickle.loads(pickle.dumps(setup)), copy.deepcopy(setup), copy.copy(setup), replace(setup)):
        assert not {"checker", "prover"} & vars(other).keys()
        assert repr(other.check(gantry=60, couch=15)) == expected
    cmap = sim.collision_map(setup, sweep=setup.sweep.with_steps(gantry=90.0, couch=45.0))
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
    with context.Pool(1) as others:
        assert others.apply_async(status, (setup,)).get(timeout=300) == expected
    with ProcessPoolExecutor(1, mp_context=context) as others:
        assert others.submit(status, setup).result(timeout=300) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_after_a_fork(used):
    """Of a process that has helpers: nobody in the fork talks to them."""
    setup, expected = used
    fork = os.fork()
    if fork == 0:
        signal.alarm(120)
        try:
            os._exit(0 if status(setup) == expected else 1)
        finally:
            os._exit(2)
    assert os.waitpid(fork, 0)[1] == 0


def test_a_helper_is_killed_in_mid_map(used):
    setup, expected = used

    def kill(*_):
        for process in multiprocessing.active_children():
            with suppress(ProcessLookupError):  # the pool has seen that it ended
                os.kill(process.pid, signal.SIGTERM)

    assert status(setup, progress=kill) == expected
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
from simulator.maps import helpers, pool
pool.LEAST_POSES = 1
setup = sim.load_setup("box")
helpers.start_helpers(2)
sweep = setup.sweep.with_steps(gantry=20.0, couch=20.0)
print(sim.collision_map(setup, sweep=sweep, method="sampled", workers=2))
"""


@pytest.mark.parametrize("semaphores", ["missing", "refused"])
def test_without_semaphores(used, semaphores):
    """As where there is no /dev/shm."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, semaphores], capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == f"{coarse(used[0], 1)}\n"
