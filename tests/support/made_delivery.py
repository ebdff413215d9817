"""A delivery made by hand in a room with a wall: two static beams and an arc, ways of known legs and times."""

from dataclasses import replace
from itertools import pairwise

from support.island_room import room

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.listed import ListedBeam
from simulator.delivery.orders.delivered import Delivery, Event, Undelivered
from simulator.delivery.roads.timing import leg_time_s
from simulator.delivery.roads.ways import Way, WayLeg
from simulator.models.motion import Motion

MOTIONS = {"gantry": Motion(6.0, 3.0, "test"), "couch": Motion(3.0, 1.5, "test")}
HOME = {"gantry": 0.0, "couch": 0.0}
STOPS = [
    ("<first>", {"gantry": 40.0, "couch": 20.0}, None),
    ("second", {"gantry": -60.0, "couch": 20.0}, None),
    ("arc", {"gantry": -90.0, "couch": -10.0}, {"gantry": -170.0, "couch": -10.0}),
]
BEAM_S, ARC_S, PAUSE_S = 20.0, 40.0, 5.0


def walled_room():
    """Gantry 60 to 70° is a wall, and what is behind it an island."""
    setup = room((60.0, 70.0))
    return replace(
        setup,
        machine=replace(setup.machine, motions={"gantry": MOTIONS["gantry"]}),
        couch=replace(setup.couch, motions={"couch": MOTIONS["couch"]}),
    )


def way(*poses, pair="wall 0 – needle", clearance_mm=12.34):
    """A way through some poses."""
    legs = tuple(
        WayLeg(dict(start), dict(stop), leg_time_s(MOTIONS, start, stop, "together"), clearance_mm, pair)
        for start, stop in pairwise(poses)
    )
    return Way(
        start=dict(poses[0]),
        stop=dict(poses[-1]),
        legs=legs,
        moves="together",
        time_s=sum(leg.time_s for leg in legs),
        clearance_mm=clearance_mm,
        pair=pair,
        place=dict(poses[-1]),
        motions=MOTIONS,
    )


def made_delivery(*, left_out=False):
    """From home to three beams and back; a fourth beam is on the island."""
    setup = walled_room()
    corner = {"gantry": 0.0, "couch": 20.0}
    ends = [stop or start for _, start, stop in STOPS]
    ways = (
        way(HOME, STOPS[0][1]),
        way(ends[0], corner, STOPS[1][1]),
        way(ends[1], STOPS[2][1]),
        way(ends[2], HOME),
    )
    beams = tuple(ListedBeam(name, start, stop) for name, start, stop in STOPS)
    island = ListedBeam("behind & beyond", {"gantry": 120.0, "couch": 0.0})
    listed = BeamList((*beams, *((island,) if left_out else ())), "HFS", (0.0, 0.0, 0.0), "made", "table")
    reason = "there is no free way; between them: wall 0 – needle"
    travel_s = sum(each.time_s for each in ways)
    return Delivery(
        setup=setup,
        listed=listed,
        first=HOME,
        last=HOME,
        moves="together",
        beams=beams,
        is_reversed=(False, False, True),
        ways=ways,
        events=events_of(beams, ways),
        lower_bound_s=travel_s - 1.5,
        is_exact=False,
        compared={"as given": travel_s + 10.0, "sorted by couch": float("inf"), "no obstacles": travel_s - 3.0},
        unreachable=(Undelivered(island, reason),) if left_out else (),
        warnings=("A warning of <models>.",),
        assumptions=("Beams without a time take 20 s.",),
    )


def events_of(beams, ways):
    """Legs, pauses and beams, one after the other."""
    events = []

    def happens(kind, beam, start, stop, lasts_s):
        now = events[-1].stop_s if events else 0.0
        events.append(Event(now, now + lasts_s, kind, beam, start, stop))

    for at, each in enumerate(ways):
        beam = at if at < len(beams) else None
        for leg in each.legs:
            happens("move", beam, leg.start, leg.stop, leg.time_s)
        if beam is None:
            continue
        start, stop = beams[at].start, beams[at].stop or beams[at].start
        if at:
            happens("pause", at, start, start, PAUSE_S)
        happens("beam", at, start, stop, BEAM_S if start == stop else ARC_S)
    return tuple(events)
