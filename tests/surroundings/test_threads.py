"""One set-up used from several threads gives the answers of one.

``SIMULATOR_CAMPAIGN`` (1 if not set) multiplies the maps: 16 of them makes 64 maps from 4 threads.
"""

import copy
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from matplotlib import rcParams
from support.campaign import times

import simulator as sim
from simulator.view.plots.figures import paper_style

MAPS = times(4)
THREADS = 4


@pytest.fixture(autouse=True)
def impatient():
    """Threads take turns after every microsecond."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def liver(step_deg):
    """The set-up, and a sweep."""
    setup = sim.load_setup("liver")
    return setup, setup.sweep.with_steps(gantry=step_deg, couch=step_deg)


def in_threads(function, arguments):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, arguments))


def test_maps_of_several_threads_are_the_map_of_one():
    setup, sweep = liver(15.0)
    options = {"sweep": sweep, "method": "sampled", "workers": 1}
    alone = sim.collision_map(copy.copy(setup), **options)
    maps = in_threads(lambda _: sim.collision_map(setup, **options), range(MAPS))
    assert [int((cmap.is_free & ~alone.is_free).sum()) for cmap in maps] == [0] * len(maps)
    assert all(cmap.dataset.identical(alone.dataset) for cmap in maps)


def test_proofs_of_several_threads_are_those_of_one():
    setup, sweep = liver(90.0)
    options = {"sweep": sweep, "tolerance": 0.2, "clearance": True, "workers": 1}
    alone = sim.collision_map(copy.copy(setup), **options)
    maps = in_threads(lambda _: sim.collision_map(setup, **options), range(2))
    assert all(cmap.dataset.identical(alone.dataset) for cmap in maps)


def test_poses_of_several_threads_are_those_of_one():
    """Distances and nearest points too, and of the same room with another collimator."""
    setup = sim.load_setup("liver")
    poses = np.random.default_rng(1).uniform((-180, -90), (180, 90), (10 * THREADS, 2))

    def answers(pose):
        check = setup.check(gantry=pose[0], couch=pose[1])
        turned = setup.check(gantry=pose[0], couch=pose[1], collimator=45.0)
        return check.status, check.clearance_mm, check.points_mm, turned.status, turned.clearance_mm

    assert in_threads(answers, poses) == [answers(pose) for pose in poses]


def test_a_style_is_set_for_one_picture_at_a_time():
    """Else one thread sets back what another one has set, and the user is left with neither of theirs."""
    before = dict(rcParams)

    def draw(_):
        with warnings.catch_warnings(), paper_style():
            return rcParams["font.size"], rcParams["legend.fontsize"]

    assert set(in_threads(draw, range(8 * THREADS))) == {(8.0, 7.0)}
    assert dict(rcParams) == before
