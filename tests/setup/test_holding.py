"""Devices on a table: where they stand, how they lift a patient, what is checked and excused, what they block."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.brute import Brute
from support.own_models import board, body, couch, device, head, machine, pair_names, part, patient, room, top

import simulator as sim
from simulator.collision.contact import Status
from simulator.errors import SimulatorError
from simulator.models.scan import Scan
from simulator.models.swept import swept
from simulator.setup.lying import Lying
from simulator.setup.pairs import HOLDS, LIES_ON

PLACES = {"landmarks": {"shoulders": (0.0, -80.0, -200.0)}, "sites": {"lung": (-60.0, -100.0, -300.0)}}


def lying(*fixation: sim.Fixation, **more) -> sim.Setup:
    return room(of_patient=patient(body(), **PLACES), fixation=fixation, **more)


def bounds_on_top(setup: sim.Setup, name: str) -> np.ndarray:
    """Where a body is, in table-top axes."""
    scene = setup.scene.scanning(())
    found = next(each for each in scene.bodies if each.name == name)
    T = [scene.T_fixed_frame(joint, scene.at_zero)[0] for joint in (found.joint, "table_roll")]
    T_top_body = np.linalg.inv(T[1]) @ T[0]
    points = found.mesh.vertices_mm @ T_top_body[:3, :3].T + T_top_body[:3, 3]
    return np.array([points.min(axis=0), points.max(axis=0)])


class TestPlaces:
    """The body of `own_models` reaches to 100 mm beyond its origin, which is so 120 mm from the end of the table."""

    @pytest.mark.parametrize(
        ("anchor", "y"), [("table", 0.0), ("table end", 0.0), ("shoulders", -320.0), ("lung", -420.0)]
    )
    def test_a_device_is_at_its_anchor_in_the_middle_of_the_table(self, anchor: str, y: float) -> None:
        setup = lying(board(anchor=anchor, shift_mm=(5.0, -7.0, 3.0)))
        expected = [(-195.0, y - 607.0, 3.0), (205.0, y + 93.0, 43.0)]
        assert np.allclose(bounds_on_top(setup, "board"), expected)

    def test_with_the_feet_first_it_is_turned_with_the_patient(self) -> None:
        """The feet are 700 from the origin: the shoulders are 20 + 700 - 200 from the end of the table."""
        setup = lying(board(anchor="shoulders", shift_mm=(5.0, -7.0, 0.0)), position="FFS")
        assert np.allclose(
            bounds_on_top(setup, "board"), [(-205.0, -520.0 - 93.0, 0.0), (195.0, -520.0 + 607.0, 40.0)]
        )
        on_table = lying(board(anchor="table end"), position="FFS")
        assert np.allclose(bounds_on_top(on_table, "board"), [(-200.0, -600.0, 0.0), (200.0, 100.0, 40.0)])

    def test_heights_are_from_the_face_of_the_table_top(self) -> None:
        raised = couch(top(), table_top=sim.Couch.load("igrt").table_top.__class__("table_roll", 120.0, 30.0))
        for anchor, (y, z) in {"table": (0.0, 0.0), "table end": (30.0, 120.0)}.items():
            setup = room(of_couch=raised, fixation=(board(anchor=anchor, surface_z_mm=0.0),))
            assert np.allclose(bounds_on_top(setup, "board")[1], (200.0, y + 100.0, z + 40.0))

    def test_what_makes_the_table_longer_moves_the_patient(self) -> None:
        longer = lying(board(anchor="table end", surface_z_mm=0.0, head_end_y_mm=250.0))
        assert bounds_on_top(longer, "body")[1, 1] == pytest.approx(250.0 - 20.0)

    def test_a_place_that_the_patient_has_not_is_refused(self) -> None:
        with pytest.raises(SimulatorError) as refused:
            lying(board(anchor="hips"))
        assert str(refused.value) == (
            "fixation.0.anchor (of board): unknown name 'hips'; available: table, table end, lung, shoulders "
            "(simulator explain fixation.anchor)"
        )


class TestLift:
    def test_the_patient_lies_on_the_highest_face(self) -> None:
        stacked = board(thick=15.0, name="second", shift_mm=(0.0, 0.0, 40.0))
        for devices, lift in (((), 0.0), ((board(),), 40.0), ((board(), stacked), 55.0)):
            setup = lying(*devices)
            assert bounds_on_top(setup, "body")[0, 2] == pytest.approx(lift)
            assert setup.table_position_mm[2] == pytest.approx(-100.0 - lift)
            assert any(f"{lift:g} mm above the table top" in text for text in setup.assumptions) == (lift > 0)

    def test_where_the_table_is_known_nothing_is_lifted(self) -> None:
        known = Lying("measured", height_mm=-70.0)
        plain, on_board = lying(lies=known), lying(board(), lies=known)
        assert plain.table_position_mm == on_board.table_position_mm
        assert "it is known where the table top is under the patient: board lift nobody" in on_board.assumptions

    def test_the_depth_is_that_in_the_device(self) -> None:
        setup = lying(board(), shift_mm=(0.0, 0.0, -30.0))
        assert setup.warnings == ("patient.shift_mm: the patient's lowest point is 30 mm deep in board",)
        with pytest.raises(SimulatorError, match="must leave the patient on board: z must be at least -50"):
            lying(board(), shift_mm=(0.0, 0.0, -60.0))

    def test_what_stands_on_nothing_is_told(self) -> None:
        assert lying(board(shift_mm=(0.0, 0.0, 300.0))).warnings == (
            "board stands on nothing: its lowest point is 300 mm above what could carry it",
        )
        stacked = board(name="cushion", surface_z_mm=60.0, shift_mm=(0.0, 0.0, 40.0))
        assert lying(board(), stacked).warnings == ()

    def test_inside_the_table_top_or_at_the_feet_is_told(self) -> None:
        with pytest.raises(SimulatorError, match=r"fixation\.0\.shift_mm: must leave .* at least -50, was -51"):
            lying(board(anchor="shoulders", shift_mm=(0.0, 0.0, -51.0)))
        (told,) = lying(board(anchor="table end"), position="FFS").warnings
        assert told.endswith("towards the gantry, where the patient's feet are")


class TestIncline:
    def test_of_a_body_that_does_not_bend_is_warned_of(self) -> None:
        (warning,) = lying(board(incline_deg=15.0)).warnings
        assert "board is inclined by 15°, and the body of own" in warning and "27 mm too low" in warning

    def test_bends_the_adult_and_says_so(self) -> None:
        flat, raised = (adult(sim.Fixation.load("breast_board", incline_deg=incline)) for incline in ("0", "15"))
        assert flat.warnings == raised.warnings == ()
        assert any("bent at the hips by 15°" in text for text in raised.assumptions)
        assert np.allclose(bounds_on_top(flat, "patient legs")[:, 2], bounds_on_top(raised, "patient legs")[:, 2])
        assert bounds_on_top(raised, "patient head")[0, 2] > bounds_on_top(flat, "patient head")[0, 2] + 150

    def test_a_board_that_begins_elsewhere_is_warned_of(self) -> None:
        moved = sim.Fixation.load("breast_board", incline_deg="7.5", shift_mm=(0.0, 25.0, 0.0))
        (warning,) = adult(moved).warnings
        assert warning.startswith("the body bends at the hips, 25 mm from where breast_board begins to go up")

    def test_in_the_axes_of_the_table_it_is_the_wrong_way_round_for_feet_first(self) -> None:
        def is_told(anchor: str, position: str) -> bool:
            warnings = lying(board(incline_deg=5.0, anchor=anchor), position=position).warnings
            return any(text.startswith("board is inclined and in the axes of the table") for text in warnings)

        assert is_told("table", "FFS") and is_told("table end", "FFS")
        assert not is_told("table", "HFS") and not is_told("shoulders", "FFS")

    def test_is_refused_where_it_means_nothing(self) -> None:
        with pytest.raises(SimulatorError, match=r"lies on the back \(HFS or FFS\), was HFP"):
            lying(board(incline_deg=15.0), position="HFP")
        with pytest.raises(SimulatorError, match="must have one incline, had 5° and 15°"):
            lying(board(incline_deg=15.0), board(name="second", incline_deg=5.0))


def adult(*fixation: sim.Fixation) -> sim.Setup:
    return sim.Setup(
        machine=machine(head()),
        couch=couch(top()),
        patient=sim.Patient.load("adult", arms="up"),
        site="lung",
        fixation=fixation,
    )


class TestPairs:
    def test_against_couch_and_patient_it_is_excused_and_against_the_machine_checked(self) -> None:
        setup = lying(board(), board(name="bag", thick=20.0), buffers=sim.Buffers(patient_mm=31.0, couch_mm=17.0))
        assert {e.reason: e.pairs for e in setup.excused} == {
            HOLDS: ("board – body", "bag – body", "bag – board", "top – board", "top – bag"),
            LIES_ON: ("top – body",),
        }
        assert pair_names(setup) == {"head – body", "head – board", "head – bag", "head – top"}
        assert {
            pair.name: pair.buffer_mm for pair in setup.scene.pairs if "board" in pair.name or "bag" in pair.name
        } == {
            "head – board": 17.0,
            "head – bag": 17.0,
        }
        assert not any(pair.is_own for pair in setup.scene.pairs)

    def test_a_post_in_the_room_is_checked(self) -> None:
        post = part("post", "fixed", "couch", (500, -650, -60), (560, -550, 100))
        setup = room(of_couch=couch(post, top()), fixation=(board(),))
        assert "post – board" in pair_names(setup)

    def test_two_devices_of_one_name_are_refused(self) -> None:
        with pytest.raises(
            SimulatorError, match=r"parts of own, board, board, own and own must have .*, board is used"
        ):
            lying(board(), board())

    def test_a_scan_that_has_its_own_is_warned_of(self) -> None:
        rest = part("Head rest", "fixed", "fixation", (-100, 0, -100), (100, 30, 100))
        setup = room(of_patient=patient(body(), rest, scan=Scan()), fixation=(board(),))
        assert "the structure set has fixation of its own, Head rest: board may be there twice" in setup.warnings


class TestChecks:
    def test_what_the_gantry_hits_is_named(self) -> None:
        """A post of 500 mm on the table, beside the patient: the head comes down on it at gantry 0."""
        post = device(part("post", "fixed", "fixation", (180, -200, 0), (200, -180, 600)), surface_z_mm=0.0)
        assert lying().check(gantry=0, couch=0).status is Status.FREE
        found = lying(post).check(gantry=0, couch=0)
        assert found.status is Status.COLLIDING and found.culprits == ("head – post",)

    def test_another_place_is_another_room(self) -> None:
        hashes = {lying(*devices).scene.sha256 for devices in ((), (board(),), (board(shift_mm=(0, 1, 0)),))}
        assert len(hashes) == 3
        assert lying(board()).scene.sha256 == lying(board()).scene.sha256

    def test_rides_on_the_table_with_pitch_and_roll(self) -> None:
        level, tilted = lying(board()), lying(board(), pitch_deg=2.0, roll_deg=-1.5)
        assert np.allclose(bounds_on_top(level, "board"), bounds_on_top(tilted, "board"))

    def test_where_the_table_is_unknown_it_is_everywhere(self) -> None:
        unknown = Lying("nothing", longitudinal_within_mm=(-50.0, 80.0), lateral_within_mm=(-10.0, 20.0))
        setup = lying(board(), lies=unknown)
        mesh = board().parts[0].mesh
        expected = swept(mesh, [[(0, -50, 0), (0, 80, 0)], [(-10, 0, 0), (20, 0, 0)]])
        got = next(each.mesh for each in setup.scene.bodies if each.name == "board")
        assert np.allclose(got.bounds_mm, expected.bounds_mm)

    def test_a_hollow_device_that_may_be_anywhere_is_told_as_its_hull(self) -> None:
        unknown = Lying("nothing", longitudinal_within_mm=(-50.0, 50.0))
        bag = sim.Fixation.load("vacuum_bag")
        setup = room(of_patient=patient(body(), **PLACES), fixation=(bag,), lies=unknown)
        assert any(text.startswith("vacuum bag: checked as the convex hull") for text in setup.warnings)

    @settings(max_examples=25)
    @given(
        low=st.tuples(st.integers(-400, 300), st.integers(-900, 200), st.integers(0, 300)),
        size=st.tuples(st.integers(10, 400), st.integers(10, 400), st.integers(10, 400)),
    )
    def test_one_that_lifts_nobody_never_frees_a_pose(self, low, size) -> None:
        """By the checker and by the plain loop over FCL, at poses all around."""
        block = part("block", "fixed", "fixation", low, tuple(np.add(low, size)))
        without, with_it = lying(), lying(device(block, surface_z_mm=0.0))
        poses = np.array([(g, c) for g in range(-180, 181, 30) for c in range(-90, 91, 45)], dtype=float)
        before, after = (setup.checker.pair_status(poses).max(axis=0) for setup in (without, with_it))
        assert (after >= before).all()
        assert np.array_equal(Brute(with_it.scene).pair_status(poses)[0].max(axis=0), after)


def test_a_value_that_can_be_changed() -> None:
    setup = lying(board())
    assert replace(setup, fixation=()).scene.sha256 == lying().scene.sha256
    assert "own + own + board + own" in repr(setup)
