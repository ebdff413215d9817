"""Set-ups of a few bodies whose joints have speeds, and road maps of them."""

from dataclasses import replace
from functools import cache

import numpy as np

import simulator as sim
from simulator.models.motion import Between, Motion
from simulator.setup.engines import checker_of

MOTIONS = {"gantry": Motion(6.0, 3.0, "test"), "couch": Motion(3.0, 1.5, "test")}
TABLE = {"table_longitudinal": Motion(40.0, 80.0, "test")}
HOME = Between({"gantry": 0.0, "couch": 0.0}, "together", "test")


def moving(setup, home=HOME):
    """A set-up with motions of gantry, couch and table, and a home."""
    machine = replace(setup.machine, motions={"gantry": MOTIONS["gantry"]}, between=home)
    couch = replace(setup.couch, motions={"couch": MOTIONS["couch"], **TABLE})
    return replace(setup, machine=machine, couch=couch)


def roads_of(setup, gantry=(-180.0, 180.0, 10.0), couch_deg=(-30.0, 30.0, 10.0), tolerance=0.002):
    """The road map of a small room over some angles."""
    return sim.road_map(setup, sweep=sim.Sweep(gantry=gantry, couch=couch_deg), tolerance=tolerance, workers=1)


@cache
def shipped(name):
    """The road map of a shipped scenario, made once."""
    return sim.road_map(sim.load_setup(name), workers=1, tolerance=0.02)


def pose(gantry, couch):
    """A pose as a mapping."""
    return {"gantry": float(gantry), "couch": float(couch)}


def poses_along(way, step=0.5):
    """Poses (n, k) of a way, no further apart than a step in any joint."""
    found = [np.array([list(way.start.values())])]
    for leg in way.legs:
        start, stop = (np.array(list(end.values())) for end in (leg.start, leg.stop))
        count = int(np.ceil(np.abs(stop - start).max() / step)) + 1
        found.append(start + np.linspace(0.0, 1.0, count)[:, None] * (stop - start))
    return np.concatenate(found)


def fcl_status(scene, way, step=0.5):
    """FCL's worst status (n,) at poses along a way in a room."""
    return checker_of(scene, tuple(way.start)).pair_status(poses_along(way, step)).max(axis=0, initial=0)
