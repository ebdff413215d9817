"""Where the table top is under a patient, by what says so, and what is checked where that is not known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.own_models import body, couch, machine, part, patient, room
from support.shapes import cuboid, from_solid, to_solid

from simulator.errors import SimulatorError
from simulator.geometry.positions import PATIENT_POSITIONS, rotation_top_patient
from simulator.geometry.transforms import apply
from simulator.models.scan import Scan
from simulator.setup.lying import BEYOND_A_CUT_MM, Lying, of_table_position

ISOCENTRE = (30.0, -40.0, 55.0)


def table_top_fixed(setup):
    """The point (0, 0, 0) of table-top axes in the room: the middle of the head end of the upper face."""
    scene = setup.scene
    return scene.T_fixed_frame(setup.couch.table_top.joint, scene.at_zero)[0][:3, 3]


def in_room(setup, point_mm):
    scene = setup.scene
    return apply(scene.T_fixed_frame("patient", scene.at_zero), [point_mm])[0, 0]


def lying(position, lies, **more):
    return room(None, None, patient(), isocentre_mm=ISOCENTRE, position=position, lies=lies, **more)


@pytest.mark.parametrize("position", PATIENT_POSITIONS)
@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (2.0, -1.5)])
def test_a_table_position_that_is_given_is_where_the_table_stands(position, pitch, roll):
    given = (25.0, 310.0, -140.0)
    lies = Lying("given", position_mm=given)
    setup = room(
        None, None, patient(), isocentre_mm=ISOCENTRE, position=position, lies=lies, pitch_deg=pitch, roll_deg=roll
    )
    assert setup.table_position_mm == pytest.approx(given, abs=1e-9)
    assert in_room(setup, ISOCENTRE) == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    assert table_top_fixed(setup) == pytest.approx(given, abs=1e-9)


@pytest.mark.parametrize(("position", "y_mm"), [("HFS", 70.0), ("FFS", 70.0), ("HFP", -70.0), ("FFP", -70.0)])
def test_the_table_top_is_at_its_y(position, y_mm):
    lies = Lying.on_table_top(y_mm, position, "given")
    setup = lying(position, lies)
    # A point of the patient with that y is as high in the room as the table's upper face.
    assert in_room(setup, (11.0, y_mm, -7.0))[2] == pytest.approx(table_top_fixed(setup)[2], abs=1e-9)


def test_on_a_side_the_table_top_is_at_no_y():
    with pytest.raises(SimulatorError, match=r"table_top_y_mm: must be left out where .* on a side \(HFDL\)"):
        Lying.on_table_top(70.0, "HFDL", "given")


@pytest.mark.parametrize("position", PATIENT_POSITIONS)
def test_a_plan_says_how_high_the_table_is_and_where_its_middle_is(position):
    lies = of_table_position(-190.0, -20.0, ISOCENTRE, position, "plan")
    setup = lying(position, lies)
    lateral, _, vertical = setup.table_position_mm
    assert (lateral, vertical) == pytest.approx((-20.0, -190.0), abs=1e-9)


def test_supine_the_table_is_as_far_behind_the_isocentre_as_the_plan_says():
    """DICOM's fact, by hand: table y = isocentre y - vertical."""
    lies = of_table_position(-190.0, None, ISOCENTRE, "HFS", "plan")
    assert lies == replace(Lying.on_table_top(-40.0 + 190.0, "HFS", "plan"), middle_mm=None)


class TestAScannedPatient:
    def scanned(self, **scan):
        return replace(patient(body()), scan=Scan(**scan))

    def test_without_a_support_lies_on_the_lowest_point_and_is_warned_of(self):
        setup = room(None, None, self.scanned())
        assert setup.table_position_mm == room().table_position_mm
        assert "lowest point" in setup.assumptions[0]
        assert any("nothing says where it is" in text for text in setup.warnings)

    def test_lies_on_its_support(self):
        low = room().scene.bodies[0].mesh.vertices_mm @ rotation_top_patient("HFS").T
        setup = room(None, None, self.scanned(support_top_mm=float(low[:, 2].min()) - 30.0, support_name="Couch"))
        assert setup.table_position_mm[2] == pytest.approx(room().table_position_mm[2] - 30.0)
        assert "SUPPORT structure Couch" in setup.assumptions[0]
        assert setup.warnings == ()

    def test_has_the_position_that_it_was_read_for(self):
        with pytest.raises(SimulatorError, match="position must be 'FFS', for which the patient was read, was 'HFS'"):
            room(None, None, self.scanned(position="FFS"))

    def test_that_was_cut_off_towards_the_gantry_may_have_the_table_reach_farther(self):
        setup = room(None, None, self.scanned(cut_ends=("head",)))
        assert setup.lies.longitudinal_within_mm[1] == BEYOND_A_CUT_MM
        for other in ({"cut_ends": ("feet",)}, {"cut_ends": ("head",), "assumptions": ("a head",)}):
            assert room(None, None, self.scanned(**other)).lies.longitudinal_within_mm[1] < BEYOND_A_CUT_MM


class TestATableSomewhere:
    WITHIN = Lying("a test", 0.0, 0.0, None, (-60.0, 90.0), (-15.0, 25.0))

    def somewhere(self, of_couch, of_machine=None):
        return room(of_machine, of_couch, patient(), lies=self.WITHIN, isocentre_mm=(0.0, 0.0, 0.0))

    def small_top(self):
        return couch(part("couch top", "table_roll", "couch", (-200, -600, -30), (200, 0, 0)))

    @pytest.mark.parametrize("gantry", [100.0, 125.0, 140.0, 180.0])
    def test_is_as_near_as_at_the_worst_place(self, gantry):
        """A swept table against tables at every place of its range, one after the other, by FCL."""
        nearby = machine(part("head", "gantry", "gantry", (-100, -100, 300), (100, 100, 400)))
        anywhere = self.somewhere(self.small_top(), nearby)
        longitudinal, lateral = anywhere.table_position_mm[1], anywhere.table_position_mm[0]
        at = [
            room(
                nearby,
                self.small_top(),
                patient(),
                isocentre_mm=(0.0, 0.0, 0.0),
                lies=Lying("x", position_mm=(lateral + x, longitudinal + y, anywhere.table_position_mm[2])),
            ).check(gantry=gantry, couch=0)
            for x in np.linspace(-15.0, 25.0, 5)
            for y in np.linspace(-60.0, 90.0, 7)
        ]
        found = anywhere.check(gantry=gantry, couch=0)
        assert found.status == max(one.status for one in at)
        assert found.clearance_mm == pytest.approx(min(one.clearance_mm for one in at), abs=1e-6)

    @pytest.mark.parametrize(("pitch", "roll"), [(3.0, 0.0), (-2.0, 2.5)])
    @pytest.mark.parametrize("gantry", [-160.0, 140.0, 180.0])
    def test_with_a_tilted_top_it_is_elsewhere_in_the_plane_of_the_top(self, pitch, roll, gantry):
        """Its height changes with its place then, and so does that of what carries it; FCL, place by place."""
        tilt = {"pitch_deg": pitch, "roll_deg": roll, "isocentre_mm": (0.0, 0.0, 0.0)}
        nearby = machine(part("head", "gantry", "gantry", (-100, -100, 300), (100, 100, 400)))
        table = couch(
            part("couch top", "table_roll", "couch", (-200, -600, -30), (200, 0, 0)),
            part("carriage", "table_vertical", "couch", (-150, -300, -200), (150, 0, -150)),
        )
        anywhere = room(nearby, table, patient(), lies=self.WITHIN, **tilt)
        R_room_top = anywhere.scene.T_fixed_frame("table_roll", anywhere.scene.at_zero)[0, :3, :3]
        at = [
            room(nearby, table, patient(), lies=Lying("x", position_mm=tuple(stands.tolist())), **tilt)
            for x in np.linspace(-15.0, 25.0, 5)
            for y in np.linspace(-60.0, 90.0, 7)
            for stands in [anywhere.table_position_mm + R_room_top @ (x, y, 0.0)]
        ]
        least = min(setup.check(gantry=gantry, couch=0).clearance_mm for setup in at)
        assert anywhere.check(gantry=gantry, couch=0).clearance_mm == pytest.approx(least, abs=1e-6)

    def test_goes_no_further_than_the_tables_travel(self):
        joints = couch().joints
        short = [
            replace(joint, limits=(-1000.0, 40.0)) if joint.name == "table_longitudinal" else joint
            for joint in joints
        ]
        setup = room(
            None,
            replace(self.small_top(), joints=tuple(short)),
            patient(),
            lies=self.WITHIN,
            isocentre_mm=(0.0, 0.0, 0.0),
        )
        (swept_top,) = [one for one in setup.scene.bodies if one.name == "couch top"]
        reach = 40.0 - setup.table_position_mm[1]
        assert swept_top.mesh.bounds_mm[1, 1] == pytest.approx(min(90.0, reach))

    def test_is_told_with_its_ranges(self):
        setup = self.somewhere(self.small_top())
        assert "longitudinal -60 to +90 mm and lateral -15 to +25 mm" in setup.assumptions[0]

    def test_stands_as_its_hull_where_it_is_not_convex_and_that_is_told(self):
        whole = self.small_top()
        (only,) = whole.parts
        rails = [cuboid((x, -600.0, -30.0), (x + 40.0, 0.0, 0.0)) for x in (-200.0, 160.0)]
        end = cuboid((-200.0, -600.0, -30.0), (200.0, -560.0, 0.0))
        frame = from_solid(to_solid(rails[0]) + to_solid(rails[1]) + to_solid(end))
        setup = self.somewhere(replace(whole, parts=(replace(only, mesh=frame),)))
        assert any("couch top: checked as the convex hull" in text for text in setup.warnings)
        assert not any("hull" in text for text in self.somewhere(whole).warnings)


def test_what_says_the_same_twice_is_refused():
    with pytest.raises(SimulatorError, match="must have either position_mm, or height_mm and middle_mm"):
        Lying("x", height_mm=3.0, position_mm=(0.0, 0.0, 0.0))
    with pytest.raises(SimulatorError, match="shift_mm: must be left out beside a table position"):
        room(lies=Lying("x", position_mm=(0.0, 0.0, -100.0)), shift_mm=(1.0, 0.0, 0.0))
    with pytest.raises(SimulatorError, match="shift_mm: z must be 0"):
        room(lies=Lying("x", height_mm=-100.0), shift_mm=(0.0, 0.0, 5.0))


def test_a_table_inside_the_patient_is_refused():
    with pytest.raises(SimulatorError, match=r"the table top would be .* mm inside the patient"):
        room(lies=Lying.on_table_top(-60.0, "HFS", "given"))


@pytest.mark.parametrize("within", [(5.0, 10.0), (-20.0, -1.0)])
def test_a_range_is_around_where_the_table_is_placed(within):
    with pytest.raises(SimulatorError, match=r"lies\.lateral_within_mm: must be \(least, greatest\) around 0"):
        Lying("x", lateral_within_mm=within)
