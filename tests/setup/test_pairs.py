"""Which pairs are checked, and which are excused by whom: nothing else that can move is left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.own_models import body, couch, head, machine, pair_names, part, patient, room, top

import simulator as sim
from simulator.collision.contact import Status
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint
from simulator.report.results import result, summary
from simulator.setup.pairs import LIES_ON

groups = st.sampled_from(["a", "b", "c"])
JOINTS = {
    "machine": ("fixed", "gantry", "collimator"),
    "couch": ("fixed", "couch", "table_vertical", "table_roll", "arm"),
    "patient": ("fixed",),
}
ARM = Joint("arm", "revolute", "couch", (0.0, 0.0, 1.0))


def blocks(kind, names, joints):
    """Parts of one model far from each other, with groups and joints as drawn."""
    return [
        part(f"{kind} {i}", joint, group, (100 * i, 0, 0), (100 * i + 10, 10, 10))
        for i, (group, joint) in enumerate(zip(names, joints, strict=True))
    ]


@st.composite
def rooms(draw):
    """Draw for each kind of model parts as (group, joint), and pairs of groups that may touch by plain names."""
    drawn = {}
    for kind, joints in JOINTS.items():
        count = draw(st.integers(1, 3))
        names = draw(st.lists(groups, min_size=count, max_size=count))
        on = draw(st.lists(st.sampled_from(joints), min_size=count, max_size=count))
        drawn[kind] = names, on, draw(st.lists(st.tuples(groups, groups), max_size=3))
    return drawn


def made(drawn, renamed=lambda _, name: name):
    parts = {
        kind: blocks(kind, [renamed(kind, name) for name in names], on) for kind, (names, on, _) in drawn.items()
    }
    touch = {kind: tuple((renamed(kind, a), renamed(kind, b)) for a, b in may) for kind, (_, _, may) in drawn.items()}
    return room(
        machine(*parts["machine"], may_touch=touch["machine"]),
        couch(*parts["couch"], joints=(ARM,), may_touch=touch["couch"]),
        patient(*parts["patient"], may_touch=touch["patient"]),
    )


@settings(max_examples=60)
@given(rooms())
def test_a_name_that_two_models_share_by_chance_excuses_nothing(drawn):
    setup = made(drawn)
    apart = made(drawn, renamed=lambda kind, name: f"{kind}'s own {name}")
    assert setup.scene.pairs == apart.scene.pairs
    assert not any(excused.crosses_models for excused in setup.excused)


@settings(max_examples=60)
@given(rooms())
def test_what_can_move_against_each_other_is_checked_or_excused_with_a_reason(drawn):
    setup = made(drawn)
    scene = setup.scene
    excused = [name for reason in setup.excused for name in reason.pairs]
    for i, j in combinations(range(len(scene.bodies)), 2):
        name = f"{scene.bodies[j].name} – {scene.bodies[i].name}"
        carried = scene.bodies[i].name.startswith("patient") and scene.bodies[j].name.startswith("couch")
        told = (name in pair_names(setup)) + excused.count(name)
        # Moved here by trying it: every joint once to a value of its own, what else stays put is one piece.
        values = {joint.name: 10.0 + 7.0 * at for at, joint in enumerate(scene.tree.joints)}
        frames = [[scene.tree.T_fixed_frame(scene.bodies[body].joint, at) for body in (i, j)] for at in ({}, values)]
        relative = [np.linalg.inv(of_i) @ of_j for of_i, of_j in frames]
        assert told == (carried or not np.allclose(*relative)), name


class TestMayTouch:
    def test_a_model_excuses_its_own_parts_by_plain_names(self):
        post = part("post", "fixed", "a", (500, 0, -900), (600, 100, -800))
        setup = room(machine(head("a"), post, may_touch=(("a", "a"),)))
        assert "post – head" not in pair_names(setup)
        assert [(e.reason, e.pairs, e.crosses_models) for e in setup.excused] == [
            (LIES_ON, ("top – body",), False),
            ("a and a may touch, says the machine own", ("post – head",), False),
        ]

    @pytest.mark.parametrize("group", ["gantry", "stand", "floor"])
    def test_a_column_with_a_group_of_the_shipped_machine_is_checked_against_it(self, group):
        column = part("column", "couch", group, (-200, -1300, -1200), (200, -500, -300))
        setup = room(sim.Machine.load("c_arm"), couch(column, top()))
        assert {"gantry arm – column", "stand – column", "floor – column"} <= pair_names(setup)

    def test_an_excuse_across_models_is_qualified_and_stands_out(self):
        setup = room(of_couch=couch(top(), may_touch=(("couch", "machine:gantry"),)))
        assert pair_names(setup) == {"head – body"}
        (across,) = (excused for excused in setup.excused if excused.crosses_models)
        assert across.pairs == ("head – top",)
        assert across.reason == "couch and machine:gantry may touch, says the couch own"

    def test_what_is_excused_stands_in_result_and_summary(self):
        setup = room(of_couch=couch(top(), may_touch=(("couch", "machine:gantry"),)), sweep=FEW)
        found = result(sim.collision_map(setup, method="sampled"))
        assert [excused["pairs"] for excused in found["provenance"]["excused"]] == [["top – body"], ["head – top"]]
        text = summary(found)
        assert f"1 pair, not checked: {LIES_ON}" in text
        assert "ACROSS MODELS: 1 pair, not checked: couch and machine:gantry may touch, says the couch own" in text

    def test_what_the_shipped_models_excuse(self):
        excused = {e.reason: (len(e.pairs), e.crosses_models) for e in sim.load_setup("brain").excused}
        assert excused == {
            LIES_ON: (20, False),
            "couch base and machine:floor may touch, says the couch igrt": (3, True),
            "couch base and couch base may touch, says the couch igrt": (2, False),
            "couch and couch may touch, says the couch igrt": (1, False),
            "gantry and stand may touch, says the machine c_arm": (3, False),
            "collimator and head may touch, says the machine c_arm": (1, False),
        }


FEW = sim.Sweep(gantry=(-20.0, 20.0, 20.0), couch=(-20.0, 20.0, 20.0))


class TestThePatientAndTheCouch:
    def test_a_post_of_the_couch_that_does_not_turn_with_it_is_checked(self):
        """A post beside the table, 1 m from the isocentre: the patient's legs come there when the couch turns."""
        post = part("post", "fixed", "couch", (250, -650, -60), (350, -550, 100))
        setup = room(of_couch=couch(post, top()))
        assert {"post – body", "top – post"} <= pair_names(setup)
        for couch_deg in range(-90, 91, 3):
            # The body is 300 wide and reaches 700 towards the feet; the post is a square of 100 in plan.
            turned = np.deg2rad(couch_deg)
            x, y = np.array([(250, -650), (350, -650), (250, -550), (350, -550)], dtype=float).T
            across = x * np.cos(turned) + y * np.sin(turned)
            is_in = (np.abs(across) < 149).any()
            is_out = np.abs(across).min() > 151 and (np.sign(across) == np.sign(across[0])).all()
            collides = "post – body" in setup.check(gantry=0, couch=couch_deg).culprits and (
                setup.check(gantry=0, couch=couch_deg).status is Status.COLLIDING
            )
            assert not (is_in and not collides) and not (is_out and collides), couch_deg

    @pytest.mark.parametrize(
        "swept",
        [
            {"gantry": (-180.0, 180.0, 20.0), "couch": (-90.0, 90.0, 30.0)},
            {"gantry": (-180.0, 180.0, 20.0)},
            {"ring": (-60.0, 60.0, 20.0), "gantry": (-180.0, 180.0, 20.0)},
        ],
        ids=lambda swept: " ".join(swept),
    )
    @pytest.mark.parametrize("carrier", ["fixed", "bracket"])
    def test_what_stands_in_the_room_is_checked_against_the_patient_whatever_is_swept(self, swept, carrier):
        """That no joint of the sweep moves the patient does not mean that the patient lies on it."""
        bracket = (Joint("bracket", "fixed"),)
        post = part("post", carrier, "couch", (350, -650, -60), (450, -550, 100))
        ring = Joint("ring", "revolute", axis=(0.0, 0.0, 1.0))
        gantry = Joint("gantry", "revolute", "ring", axis=(0.0, 1.0, 0.0))
        made = replace(machine(head(), sweep=sim.Sweep(**swept)), joints=(ring, gantry))
        setup = room(made, couch(post, top(), joints=bracket))
        (pair,) = (pair for pair in setup.scene.pairs if pair.name == "post – body")
        assert pair.buffer_mm == 30 and not pair.is_own
        assert "post – body" not in [name for excused in setup.excused for name in excused.pairs]
        near = part("post", carrier, "couch", (100, -650, -60), (200, -550, 100))
        if "couch" in swept:
            assert "post – body" in room(made, couch(near, top(), joints=bracket)).check(gantry=0, couch=0).culprits
        else:
            with pytest.raises(SimulatorError, match=r"must not stand in each other .* post – body \(colliding\)"):
                room(made, couch(near, top(), joints=bracket))

    def test_what_a_swept_table_moves_the_patient_over_is_checked(self):
        base = part("base", "couch", "base", (-200, -1300, -700), (200, -900, -300))
        slide = sim.Axis(joint="table_longitudinal", start=0, stop=300, step=100, over="any", unit="mm")
        sweep = sim.Sweep(*sim.Sweep(gantry=(-180.0, 180.0, 20.0), couch=(-90.0, 90.0, 30.0)), slide)
        assert "base – body" not in pair_names(room(of_couch=couch(base, top())))
        assert "base – body" in pair_names(room(machine(head(), sweep=sweep), couch(base, top())))

    def test_an_arm_beside_the_patients_own_chain_is_checked_and_keeps_the_buffer(self):
        arm = part("arm", "arm", "couch", (190, -300, 100), (200, -200, 150))
        setup = room(of_couch=couch(arm, top(), joints=(ARM,)))
        (pair,) = (pair for pair in setup.scene.pairs if pair.name == "arm – body")
        assert pair.buffer_mm == 30 and not pair.is_own and setup.scene.columns_of_pair(pair) == ()
        assert setup.check(gantry=0, couch=0).nearest == "arm – body"

    def test_what_carries_the_patient_is_not(self):
        carriage = part("carriage", "table_vertical", "couch", (-200, -1500, -200), (200, -300, -60))
        disc = part("disc", "couch", "couch", (-500, -500, -1300), (500, 500, -1290))
        rail = part("rail", "rail", "couch", (-300, -1500, -50), (-270, -300, 20))
        fixed_on_top = Joint("rail", "fixed", "table_roll")
        setup = room(of_couch=couch(carriage, disc, rail, top(), joints=(fixed_on_top,)))
        assert next(e.pairs for e in setup.excused if e.reason == LIES_ON) == (
            "carriage – body",
            "disc – body",
            "rail – body",
            "top – body",
        )


class TestWhatStandsStill:
    """Pairs that neither gantry nor couch angle moves: they may touch at the values that the set-up gives."""

    def with_accessory(self, collimator_deg, **more):
        accessory = part("accessory", "collimator", "collimator", (-300, -40, 300), (300, 40, 390))
        imager = part("imager", "gantry", "imagers", (-60, 200, 300), (60, 400, 390))
        return room(machine(head(), accessory, imager, **more), collimator_deg=collimator_deg)

    @pytest.mark.parametrize("collimator_deg", [0.0, 40.0, -130.0])
    def test_they_are_own_pairs_without_a_buffer(self, collimator_deg):
        setup = self.with_accessory(collimator_deg)
        (pair,) = (pair for pair in setup.scene.pairs if pair.name == "imager – accessory")
        assert pair.buffer_mm == 0 and pair.is_own and setup.scene.columns_of_pair(pair) == ()
        assert setup.check(gantry=0, couch=0).is_free

    @pytest.mark.parametrize("collimator_deg", [90.0, -75.0])
    def test_an_accessory_that_the_collimator_turns_into_an_imager(self, collimator_deg):
        with pytest.raises(
            SimulatorError, match=r"must not stand in each other .*: imager – accessory \(colliding\)"
        ):
            self.with_accessory(collimator_deg)
        excused = self.with_accessory(collimator_deg, may_touch=(("imagers", "collimator"),))
        assert excused.check(gantry=0, couch=0).is_free

    def test_a_collimator_that_is_turned_later_is_answered(self):
        turned = self.with_accessory(0.0).check(gantry=30.0, couch=-20.0, collimator=90.0)
        assert turned.culprits == ("imager – accessory",)

    def test_proofs_and_checks_agree_on_them(self):
        setup = replace(self.with_accessory(0.0), sweep=FEW)
        assert sim.collision_map(setup, tolerance=0.05).counts()[Status.FREE] == 9

    def test_parts_of_a_couch_that_only_its_own_joints_move(self):
        low = part("pedestal", "couch", "base", (-200, -1000, -900), (200, -600, -20))
        with pytest.raises(SimulatorError, match=r"top – pedestal \(colliding\)"):
            room(of_couch=couch(low, top()))

    def test_an_arm_that_is_too_near_to_the_patient(self):
        arm = part("arm", "arm", "couch", (160, -300, 100), (200, -200, 150))
        with pytest.raises(SimulatorError, match=r"arm – body \(within the buffer\)"):
            room(of_couch=couch(arm, top(), joints=(ARM,)))


def test_the_body_is_as_the_tests_think():
    assert body().mesh.bounds_mm.tolist() == [[-150, -200, -700], [150, 0, 100]]
