"""Solids of the O-ring, the gyroscope, the cobalt machine and the slim C-arm beside what is said of them."""

import numpy as np
import pytest
import trimesh
from support.built_solids import built, described, dimensions

import simulator as sim
from simulator.models.inheritance import read_family
from simulator.models.library import shipped
from simulator.models.solids import primitives

COUCHES = {
    "igrt_1240": "c_arm_elekta",
    "igrt_1150": "cobalt",
    "o_ring_couch": "o_ring",
    "gyroscope_couch": "gyroscope",
}


def bounds_of(model):
    return {part.name: part.mesh.bounds_mm for part in model.parts}


def limits_of(model):
    return {joint.name: joint.limits for joint in model.joints}


@pytest.fixture(scope="module")
def o_ring():
    return built("o_ring")


@pytest.fixture(scope="module")
def gyroscope():
    return built("gyroscope")


@pytest.fixture(scope="module")
def cobalt():
    return built("cobalt")


def turned_about_oblique(solid, degrees):
    """A solid turned about (0, 1, 1), by the way of y."""
    return solid.rotate((-45, 0, 0)).rotate((0, degrees, 0)).rotate((45, 0, 0))


class TestORing:
    def test_inside_of_the_o_is_within_the_true_bore(self, o_ring):
        vertices = np.asarray(o_ring["ring"].to_mesh64().vert_properties)[:, :3]
        radius = np.hypot(vertices[:, 0], vertices[:, 2])
        assert dimensions("o_ring")["ring_inner_diameter_mm"] == 2000
        assert radius.min() == pytest.approx(1000, abs=0.01)  # corners on the circle, sides within
        assert o_ring["ring"].bounding_box()[5] == pytest.approx(1600, abs=2)

    def test_head_runs_around_the_inside_without_touching_it(self, o_ring):
        for gantry in np.arange(-185, 186, 9.3):
            assert o_ring["head"].rotate((0, gantry, 0)).min_gap(o_ring["ring"], 5) > 0.1, gantry
        assert o_ring["head"].bounding_box()[2] == pytest.approx(500)

    def test_ring_turns_in_the_floor_without_touching_it(self, o_ring):
        for ring in np.arange(-60, 61, 7.5):
            assert o_ring["ring"].rotate((0, 0, ring)).min_gap(o_ring["floor"], 20) > 5, ring

    @pytest.mark.parametrize("ring", [-60, 0, 60])
    def test_ring_turns_past_its_couch(self, ring):
        """Table 100 below the isocentre, and its head end where it is for brain and pelvis."""
        for ahead in (100.0, 900.0):
            setup = sim.Setup(
                machine=sim.Machine.load("o_ring"),
                couch=sim.Couch.load("o_ring_couch"),
                patient=sim.Patient.load("point"),
                site="point",
                shift_mm=(0.0, 20.0 - ahead, 100.0),
            )
            assert setup.table_position_mm == pytest.approx((0.0, ahead, -100.0))
            assert setup.check(gantry=0, ring=ring).is_free


class TestGyroscope:
    def test_linac_turns_within_the_sphere(self, gyroscope):
        for oblique in range(0, 181, 20):
            for axial in range(0, 360, 30):
                linac = turned_about_oblique(gyroscope["linac"], oblique).rotate((0, axial, 0))
                assert linac.min_gap(gyroscope["shell"], 100) > 10, (oblique, axial)

    def test_sphere_holds_the_true_one_and_its_inside_is_within(self):
        shell = trimesh.load_mesh(shipped("meshes") / "gyroscope" / "shell.ply")
        faces = np.abs((shell.face_normals * shell.triangles_center).sum(axis=1))
        away = np.linalg.norm(shell.triangles_center, axis=1)
        outer = (away > 940) & (np.abs(shell.face_normals[:, 1]) < 0.999)
        inner = (away < 810) & (away > 700) & (np.abs(shell.face_normals[:, 1]) < 0.999)
        assert outer.sum() > 300 and faces[outer].min() > 949.9
        corners = np.linalg.norm(shell.triangles[inner], axis=2)
        assert inner.sum() > 300 and corners.max() < 800.1

    def test_opening_is_as_wide_as_said_and_in_the_patients_side(self, gyroscope):
        plate = gyroscope["shell"] ^ primitives.box((-1000, 1000), (-431, -279), (-1000, 1000))
        rod = primitives.cylinder(295, (279, 1000)).rotate((90, 0, 0))
        assert (rod ^ plate).is_empty()
        wider = primitives.cylinder(305, (279, 1000)).rotate((90, 0, 0))
        assert (wider ^ plate).volume() > 1e5


class TestCobalt:
    def test_head_is_a_sphere_around_the_source(self, cobalt):
        source = described("cobalt").beam.source_mm
        assert source == (0, 0, 800)
        head = trimesh.load_mesh(shipped("meshes") / "cobalt" / "head.ply")
        away = head.triangles_center - source
        above = away[:, 2] > -150
        to_faces = (head.face_normals * away).sum(axis=1)[above]
        assert to_faces.min() > 279.5 - 0.01 and np.linalg.norm(away[above], axis=1).max() < 1.01 * 279.5
        assert np.ptp(cobalt["head"].bounding_box()[0::3]) == pytest.approx(559, abs=0.1)

    def test_beam_stopper_is_opposite_and_as_thick_as_read(self, cobalt):
        x, y, z = np.array(cobalt["beam_stopper"].bounding_box()).reshape(2, 3).T
        assert z[1] - z[0] == pytest.approx(203)
        assert x.sum() == y.sum() == 0 and z[1] < 0

    def test_face_and_trimmers_are_as_far_as_said(self, cobalt):
        assert cobalt["collimator"].bounding_box()[2] == pytest.approx(350)
        assert cobalt["trimmers"].bounding_box()[2] == pytest.approx(250)
        assert cobalt["collimator"].min_gap(cobalt["head"], 5) == pytest.approx(2)

    def test_head_frame_and_stopper_are_one_piece(self, cobalt):
        assert not (cobalt["frame"] ^ cobalt["head"]).is_empty()
        assert not (cobalt["frame"] ^ cobalt["beam_stopper"]).is_empty()
        assert len(cobalt["frame"].decompose()) == 1


class TestElekta:
    def test_head_is_slimmer_and_farther_away_and_stands_on_its_own_floor(self):
        machine, couch = sim.Machine.load("c_arm_elekta"), sim.Couch.load("igrt_1240")
        bounds = {**bounds_of(machine), **bounds_of(couch)}
        assert bounds["head cover"][0, 2] == bounds["interface plate"][0, 2] == 450
        assert bounds["head cover"][1, 0] == pytest.approx(310, abs=0.01)
        assert bounds["floor"][1, 2] == bounds["stand"][0, 2] == bounds["turntable"][0, 2] == -1240
        plain = bounds_of(sim.Machine.load("c_arm"))
        assert np.array_equal(bounds["counterweight"], plain["counterweight"])

    def test_it_is_no_copy(self):
        family = read_family(shipped("meshes") / "c_arm_elekta")
        assert [level.folder.name for level in family.levels] == ["c_arm", "c_arm_elekta"]
        assert not family.levels[-1].own.parts


class TestCouches:
    @pytest.mark.parametrize(("name", "machine"), COUCHES.items())
    def test_it_stands_on_the_machines_floor(self, name, machine):
        foot = bounds_of(sim.Couch.load(name))["couch pedestal"][0, 2]
        floor = bounds_of(sim.Machine.load(machine))["floor"][1, 2]
        assert 0 <= foot - floor <= 10  # on a turntable of 10

    @pytest.mark.parametrize("name", COUCHES)
    def test_column_joins_pedestal_and_carriage_at_every_height(self, name):
        couch = sim.Couch.load(name)
        low, high = limits_of(couch)["table_vertical"]
        bounds = bounds_of(couch)
        pedestal_top = bounds["couch pedestal"][1, 2]
        assert bounds["couch column"][1, 2] == bounds["couch carriage"][0, 2]
        assert bounds["couch column"][0, 2] + high < pedestal_top < bounds["couch carriage"][0, 2] + low

    @pytest.mark.parametrize("name", COUCHES)
    def test_top_stays_on_the_carriage(self, name):
        couch = sim.Couch.load(name)
        low, high = limits_of(couch)["table_longitudinal"]
        (_, back, _), (_, front, _) = bounds_of(couch)["couch carriage"]
        (_, foot, _), (_, head, _) = bounds_of(couch)["couch top"]
        assert foot + high < front - 150 and head + low > front and foot + low < back
