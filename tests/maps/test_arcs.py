"""Free arcs: where they end, what is beyond, and the seam at 180."""

from __future__ import annotations

import numpy as np

import simulator as sim

RESOLUTION_DEG = 0.1


def test_every_end_is_free_and_a_tenth_of_a_degree_from_its_culprit(
    brain: sim.Setup, brain_map: sim.CollisionMap
) -> None:
    arcs = brain_map.arcs()
    assert len(arcs) >= len(brain_map.dataset["couch"]) - 2
    for arc in arcs.iloc[::4].itertuples():
        for end, outwards, culprit in (
            (arc.start_deg, -RESOLUTION_DEG, arc.start_culprit),
            (arc.stop_deg, RESOLUTION_DEG, arc.stop_culprit),
        ):
            if not culprit:
                continue
            gantry = end if end <= 180 else end - 360
            assert brain.check(gantry=gantry, couch=arc.couch_deg).is_free
            beyond = (
                gantry + outwards if abs(gantry + outwards) <= 180 else gantry + outwards - np.sign(outwards) * 360
            )
            assert culprit in brain.check(gantry=beyond, couch=arc.couch_deg).culprits


def test_arcs_and_free_poses_are_the_same_story(brain_map: sim.CollisionMap) -> None:
    gantry = brain_map.dataset["gantry"].values
    arcs = brain_map.arcs()
    for column, couch in enumerate(brain_map.dataset["couch"].values):
        covered = np.zeros(len(gantry), dtype=bool)
        for arc in arcs[arcs["couch_deg"] == couch].itertuples():
            for turn in (-360.0, 0.0, 360.0):
                covered |= (gantry + turn >= arc.start_deg) & (gantry + turn <= arc.stop_deg)
        np.testing.assert_array_equal(covered, brain_map.is_free[:, column])


def test_a_gantry_that_is_free_all_round_has_one_arc_without_ends(empty_room) -> None:
    arcs = sim.collision_map(empty_room((-10.0, 10.0))).arcs()
    assert len(arcs) == 5
    assert ((arcs["stop_deg"] - arcs["start_deg"]) == 360).all()
    assert (arcs["start_culprit"] == "").all()


def test_arcs_stop_where_the_sweep_does(empty_room) -> None:
    arcs = sim.collision_map(empty_room((0.0, 0.0), gantry=(-20.0, 40.0))).arcs()
    assert arcs[["start_deg", "stop_deg"]].to_numpy().tolist() == [[-20.0, 40.0]]


def test_an_arc_through_180_is_one_arc(brain: sim.Setup) -> None:
    """At couch -45 the brain set-up is free from the front round to the back on one side: through the seam."""
    cmap = sim.collision_map(brain, sweep=brain.sweep.with_steps(couch=45.0))
    arcs = cmap.arcs()
    through = arcs[(arcs["start_deg"] < 180) & (arcs["stop_deg"] > 180)]
    assert len(through)
    for arc in through.itertuples():
        assert cmap.dataset["status"].sel(gantry=-180, couch=arc.couch_deg) == 0
