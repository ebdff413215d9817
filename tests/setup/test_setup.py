"""Everything in one room: where the patient lies, where the table stands, what is checked against what."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation
from support.reference_data import REFERENCE

import simulator as sim
from simulator.errors import SimulatorError
from simulator.geometry.positions import PATIENT_POSITIONS, rotation_top_patient
from simulator.geometry.transforms import apply, inverse
from simulator.models.library import scenarios
from simulator.models.mesh_files import MeshWarning

MACHINE_SET = REFERENCE / "slicerrt_truebeam_stx"

POSES = np.array([[0, 0], [37, 0], [0, 52], [-120, -81], [180, 90], [185, -95]], dtype=float)
POINT = {"couch": "no_couch", "patient": "point", "site": "point"}

GANTRY = (
    "head cover, interface plate, gantry arm, gantry drum, counterweight, "
    "kV source (parked), kV detector (parked), MV panel (parked)"
)
MACHINE = {
    "head cover": "stand, floor",
    "interface plate": f"{GANTRY.partition('interface plate, ')[2]}, stand, floor",
    **dict.fromkeys(("gantry arm", "gantry drum", "counterweight"), "floor"),
    **dict.fromkeys(("kV source (parked)", "kV detector (parked)", "MV panel (parked)"), "stand, floor"),
}
# For each part, in order of importance, the parts that it must not touch. Not there, and why:
# patient and couch (the patient lies on it); gantry and stand (joined by the bearing); the head's cover and the plate
# that turns in it; turntable, pedestal and column
# with the floor and with each other (they go through it, and slide in each other); carriage and top (the one carries
# the other); and parts on one joint.
BRAIN = {
    "patient head": f"{GANTRY}, stand, floor",
    "patient trunk": f"{GANTRY}, stand, floor",
    "patient arms": f"{GANTRY}, stand, floor",
    "patient legs": f"{GANTRY}, stand, floor",
    "turntable": f"couch carriage, couch top, {GANTRY}, stand",
    "couch pedestal": f"couch carriage, couch top, {GANTRY}, stand",
    "couch column": f"couch top, {GANTRY}, stand",
    "couch carriage": f"{GANTRY}, stand, floor",
    "couch top": f"{GANTRY}, stand, floor",
    **MACHINE,
}
STANDING = {
    f"{a} – {b}" for b in ("turntable", "couch pedestal", "couch column") for a in ("couch carriage", "couch top")
}
"""Pairs of the couch that neither gantry nor couch angle moves against each other."""


def pair_names(table: dict[str, str]) -> list[str]:
    return [f"{other} – {part}" for part, others in table.items() for other in others.split(", ")]


def names(setup: sim.Setup) -> list[str]:
    return [pair.name for pair in setup.scene.pairs]


def made(couch="igrt", patient="water_cylinder", site="centre", **more) -> sim.Setup:
    return sim.Setup(
        machine=sim.Machine.load("c_arm"),
        couch=sim.Couch.load(couch),
        patient=sim.Patient.load(patient),
        site=site,
        **more,
    )


def patient_in_top(setup: sim.Setup) -> np.ndarray:
    """Return all corners of the patient's parts in table-top axes, through the scene's transforms."""
    scene, start = setup.scene, np.zeros((1, 2))
    T_top_patient = inverse(scene.T_fixed_frame(setup.couch.table_top.joint, start)) @ scene.T_fixed_frame(
        "patient", start
    )
    return np.concatenate([apply(T_top_patient[0], part.mesh.vertices_mm) for part in setup.patient.parts])


@pytest.fixture(scope="module")
def brain() -> sim.Setup:
    return sim.load_setup("brain")


class TestPlacement:
    @pytest.mark.parametrize("position", PATIENT_POSITIONS)
    @pytest.mark.parametrize(("pitch_deg", "roll_deg"), [(0, 0), (20, 0), (0, -35), (-12.5, 170)])
    @pytest.mark.parametrize("site", ["brain", "foot"])
    def test_the_isocentre_stays_at_the_machines(self, position, pitch_deg, roll_deg, site):
        setup = made("no_couch", "adult", site, position=position, pitch_deg=pitch_deg, roll_deg=roll_deg)
        T = setup.scene.T_fixed_frame("patient", POSES)
        assert np.abs(apply(T, [setup.patient.site(site)])).max() < 1e-9
        chain = np.eye(4)
        chain[:3, :3] = rotation_top_patient(position)
        for (_, couch), T_fixed_patient in zip(POSES, T, strict=True):
            turned = Rotation.from_euler("ZXY", [couch, pitch_deg, roll_deg], degrees=True).as_matrix()
            assert np.allclose(T_fixed_patient[:3, :3], turned @ rotation_top_patient(position), atol=1e-12)

    @pytest.mark.parametrize("position", PATIENT_POSITIONS)
    @pytest.mark.parametrize("couch", ["igrt", "igrt_head_board"])
    def test_the_lowest_point_is_on_the_table_and_the_end_near_its_end(self, position, couch):
        setup = made(couch, "head_phantom", position=position, pitch_deg=2, roll_deg=-3)
        corners, top = patient_in_top(setup), setup.couch.table_top
        assert corners[:, 2].min() == pytest.approx(top.surface_z_mm, abs=1e-9)
        assert corners[:, 1].max() == pytest.approx(top.head_end_y_mm - 20, abs=1e-9)
        assert corners[:, 0].min() == pytest.approx(-corners[:, 0].max(), abs=1e-9)

    def test_a_shift_moves_the_patient_on_the_table(self):
        plain, shifted = (patient_in_top(made(shift_mm=shift)) for shift in ((0, 0, 0), (11, -70, 5)))
        assert np.allclose(shifted - plain, (11, -70, 5))

    def test_what_is_anchored_does_not_carry_the_patient(self):
        """A head frame reaches below the back of the head without lifting the patient off the table."""
        bare = made("igrt", "adult", "brain")
        framed = replace(bare, patient=sim.Patient.load("adult", fixation="head_frame"))
        assert framed.table_position_mm == bare.table_position_mm

    def test_a_patient_without_parts_lies_with_the_isocentre_on_the_table(self):
        setup = made("igrt", "point", "point")
        assert setup.table_position_mm == (0, 20, 0)

    def test_the_table_position_of_a_known_body(self):
        # A cylinder of 200 x 300, its middle the isocentre: 100 above the table, 20 + 150 from its end.
        assert made().table_position_mm == pytest.approx((0, 170, -100), abs=0.01)

    def test_with_pitch_and_roll_the_table_moves_so_that_the_isocentre_does_not(self):
        setup = made(pitch_deg=3, roll_deg=-2)
        point = (0.0, -170.0, 100.0)  # of the isocentre in table-top axes
        turned = Rotation.from_euler("XY", [3, -2], degrees=True).apply(point)
        assert setup.table_position_mm == pytest.approx(-turned, abs=0.01)

    @pytest.mark.parametrize(
        ("shift_mm", "message"),
        [
            ((0, 600, 0), r"longitudinal position must be from -400 to 1050 mm, was -495\.0: 95\.0 mm missing$"),
            ((0, -1000, 0), r"longitudinal position must be from -400 to 1050 mm, was 1105\.0: 55\.0 mm missing$"),
            ((-240.5, 0, 0), r"lateral position must be from -230 to 230 mm, was 240\.5: 10\.5 mm missing$"),
            ((0, 0, 551), r"vertical position must be from -650 to 400 mm, was -651\.0: 1\.0 mm missing$"),
        ],
    )
    def test_a_table_out_of_travel_is_refused(self, brain, shift_mm, message):
        with pytest.raises(SimulatorError, match=f"^the isocentre is out of the table's reach: {message}"):
            replace(brain, shift_mm=shift_mm)

    def test_the_collimator_turns_what_it_carries(self):
        setup = made(collimator_deg=90)
        plate = next(i for i, body in enumerate(setup.scene.bodies) if body.name == "interface plate")
        T = setup.scene.T_fixed_body(plate, np.array([[0.0, 30.0]]))[0]
        assert np.allclose(T[:3, :3], Rotation.from_euler("z", 90, degrees=True).as_matrix())


class TestPairs:
    def test_all_pairs_of_the_brain_and_nothing_excused_by_accident(self, brain):
        assert names(brain) == pair_names(BRAIN)

    def test_their_buffers(self, brain):
        setup = replace(brain, buffers=sim.Buffers(patient_mm=7, couch_mm=0))
        for pair in setup.scene.pairs:
            assert pair.buffer_mm == (7 if " – patient" in pair.name else 0)
        for pair in brain.scene.pairs:
            is_own = pair.name.partition(" – ")[2] in MACHINE or pair.name in STANDING
            assert pair.buffer_mm == (30 if " – patient" in pair.name else 0 if is_own else 20)
            assert pair.is_own == is_own

    def test_names_are_those_of_the_bodies(self, brain):
        bodies = brain.scene.bodies
        assert all(pair.name == f"{bodies[pair.a].name} – {bodies[pair.b].name}" for pair in brain.scene.pairs)
        assert len({body.name for body in bodies}) == len(bodies)

    def test_deployed_imagers_take_the_place_of_parked_ones(self):
        found = set(names(sim.load_setup("brain_imagers_deployed")))
        for part in ("patient head", "patient arms", "couch top", "couch carriage"):
            for imager in (
                "kV source",
                "kV source arm",
                "kV detector",
                "kV detector arm",
                "MV panel",
                "MV panel arm",
            ):
                assert {f"{imager} – {part}", f"floor – {imager}", f"{imager} – interface plate"} <= found
        assert not any("parked" in name for name in found)

    def test_accessory_fixation_and_head_board_are_checked(self):
        found = set(names(sim.load_setup("brain_srs_cone")))
        for pair in (
            "SRS cone – head frame",
            "SRS cone – head board",
            "gantry arm – head frame",
            "floor – head board",
            "kV source (parked) – SRS cone",
        ):
            assert pair in found
        assert "head board – head frame" not in found

    def test_open_space_has_the_machine_and_its_floor_alone(self):
        assert names(sim.load_setup("open_space")) == pair_names(MACHINE)


class TestFromPython:
    @pytest.mark.parametrize("name", ["brain", "liver", "brain_srs_cone", "foot", "box"])
    def test_it_is_the_same_room_as_from_the_file(self, name):
        loaded = sim.load_setup(name)
        scenario = sim.Scenario.read(scenarios()[name])
        built = sim.Setup(
            machine=sim.Machine.load(scenario.machine.model, **scenario.machine.options),
            couch=sim.Couch.load(scenario.couch.model),
            patient=sim.Patient.load(scenario.patient.model, **scenario.patient.options),
            site=scenario.patient.site,
            position=scenario.patient.position,
        )
        assert built.scene.pairs == loaded.scene.pairs
        assert built.table_position_mm == loaded.table_position_mm
        for i, (mine, theirs) in enumerate(zip(built.scene.bodies, loaded.scene.bodies, strict=True)):
            assert (mine.name, mine.joint, mine.mesh.sha256) == (theirs.name, theirs.joint, theirs.mesh.sha256)
            assert np.array_equal(built.scene.T_fixed_body(i, POSES), loaded.scene.T_fixed_body(i, POSES))
        assert built.check(gantry=30, couch=10) == loaded.check(gantry=30, couch=10)

    def test_a_scenario_made_in_python(self, brain):
        scenario = sim.Scenario.model_validate(
            {"title": "Mine", "patient": {"model": "adult", "isocentre_mm": [0, -100, -85], "mass_kg": 90.0}}
        )
        setup = sim.load_setup(scenario)
        assert (setup.name, setup.title) == ("Mine", "Mine") and names(setup) == names(brain)

    def test_a_site_or_an_isocentre(self):
        at_site = made("igrt", "adult", "brain")
        at_point = made("igrt", "adult", None, isocentre_mm=(0.0, -100.0, -85.0))
        assert at_site.table_position_mm == at_point.table_position_mm
        for both in ({"site": "brain", "isocentre_mm": (0.0, 0.0, 0.0)}, {"site": None}):
            with pytest.raises(SimulatorError, match="must have either site or isocentre_mm"):
                made("igrt", "adult", **both)
        with pytest.raises(SimulatorError, match="unknown name 'nose'; available: brain, lung"):
            made("igrt", "adult", "nose")

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"position": "HFX"}, "patient position: unknown name 'HFX'; available: HFS"),
            ({"pitch_deg": float("nan")}, r"couch\.pitch_deg: must be from -3 to 3 deg .* was nan"),
            ({"roll_deg": 3.1}, r"couch\.roll_deg: must be from -3 to 3 deg"),
            ({"shift_mm": (float("nan"), 0.0, 0.0)}, "must be finite"),
            ({"site": None, "isocentre_mm": (0.0, float("inf"), 0.0)}, "must be"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
    def test_what_cannot_be_placed_does_not_come_into_being(self, more, message):
        with pytest.raises(SimulatorError, match=message):
            made(**more)

    @pytest.mark.parametrize(
        ("gantry", "couch"), [(0, 96), (float("nan"), 0), (0, float("inf")), (1e308, 0), (True, 0), ("9", 0)]
    )
    def test_a_pose_beyond_the_limits_is_not_checked(self, brain, gantry, couch):
        with pytest.raises(SimulatorError, match=r"(gantry|couch): must be"):
            brain.check(gantry=gantry, couch=couch)

    def test_its_angles_stand_on_the_scales_of_its_joints(self, brain):
        sweep = sim.Sweep(gantry=(0.0, 360.0, 5.0), couch=(270.0, 450.0, 5.0))
        setup = replace(brain, sweep=sweep, collimator_deg=350.0, pitch_deg=359.0)
        assert setup.sweep == sim.Sweep(gantry=(-180.0, 180.0, 5.0), couch=(-90.0, 90.0, 5.0))
        assert (setup.collimator_deg, setup.pitch_deg) == (-10.0, -1.0)
        assert (setup.scene.rest["collimator"], setup.scene.rest["table_pitch"]) == (-10.0, -1.0)

    def test_more_pairs_than_a_map_can_number_are_refused(self, brain, monkeypatch):
        monkeypatch.setattr("simulator.setup.pairs.LARGEST_PAIRS", len(brain.scene.pairs))
        assert replace(brain).scene.pairs == brain.scene.pairs
        monkeypatch.setattr("simulator.setup.pairs.LARGEST_PAIRS", len(brain.scene.pairs) - 1)
        count = len(brain.scene.pairs)
        with pytest.raises(SimulatorError, match=f"at most {count - 1} pairs of parts to check, has {count}"):
            replace(brain)

    def test_files_of_a_scenario_are_found_beside_it(self, tmp_path, monkeypatch):
        (tmp_path / "meshes").mkdir()
        top = trimesh.creation.box((500, 2000, 50)).apply_translation((0, -1000, -25))
        top.export(tmp_path / "meshes" / "top.stl")
        (tmp_path / "mine.toml").write_text(
            'title = "T"\n[couch]\nmesh = "meshes/top.stl"\nunits = "mm"\nsurface_z_mm = 0\n'
            '[patient]\nmodel = "adult"\nsite = "brain"\n'
        )
        monkeypatch.chdir("/")
        setup = sim.load_setup(tmp_path / "mine.toml")
        assert (setup.name, setup.couch.name) == ("mine", "top")
        assert repr(setup) == "Setup(c_arm + top + adult, HFS, site 'brain', 111 pairs)"


class TestDirections:
    @pytest.mark.parametrize(
        ("position", "signs"), [("HFS", (1, -1, -1)), ("FFS", (-1, -1, 1)), ("HFP", (-1, 1, -1)), ("FFP", (1, 1, 1))]
    )
    def test_closed_forms(self, position, signs):
        setup = made("no_couch", "point", "point", position=position)
        g, c = np.deg2rad(POSES).T
        closed = np.stack([np.sin(g) * np.cos(c), np.cos(g), np.sin(g) * np.sin(c)], axis=1) * signs
        found = [setup.directions_patient(gantry=gantry, couch=couch) for gantry, couch in POSES]
        assert np.allclose(found, closed, atol=1e-14)

    def test_pitch_and_roll_turn_the_patient_under_the_beam(self):
        setup = made("no_couch", "point", "point", pitch_deg=30, roll_deg=-10)
        level = made("no_couch", "point", "point")
        turned = Rotation.from_euler("XY", [30, -10], degrees=True)
        for gantry, couch in POSES:
            pose = {"gantry": gantry, "couch": couch}
            found = setup.directions_top(**pose)
            assert np.allclose(found, turned.inv().apply(level.directions_top(**pose)), atol=1e-14)
            assert np.linalg.norm(setup.directions_patient(**pose)) == pytest.approx(1)
            chart = setup.aim.R_chart_top.T @ setup.aim.chart.directions(gantry, couch)
            assert np.allclose(found, chart, atol=1e-14)


@pytest.mark.parametrize("name", scenarios())
def test_every_shipped_scenario_loads(name, monkeypatch):
    if "slicerrt" in name:
        if not MACHINE_SET.is_dir():
            pytest.skip(f"SlicerRT's machine set is not in {MACHINE_SET}")
        monkeypatch.setenv("SIMULATOR_MODELS", str(MACHINE_SET))
    with pytest.warns(MeshWarning) if "slicerrt" in name else nullcontext():
        setup = sim.load_setup(name)
    assert setup.name == name
    assert all("no surface_z_mm is given" in text for text in setup.warnings)
    assert len(setup.warnings) == ("slicerrt" in name)
    poses = POSES if setup.scene.scan == ("gantry", "couch") else setup.scene.at_zero
    T = setup.scene.T_fixed_frame("patient", poses)
    assert np.abs(apply(T, [setup.isocentre_patient_mm])).max() < 1e-9


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"machine": "c_arm"}, "setup: machine: must be a sim.Machine, was 'c_arm'"),
        ({"buffers": 5}, "setup: buffers: must be a sim.Buffers, was 5"),
        ({"errors": {"a": 1}}, "setup: errors: must be a sim.Errors, was {'a': 1}"),
        ({"shift_mm": (0, 0)}, "setup: shift_mm: must be three numbers, was (0, 0)"),
        ({"shift_mm": None}, "setup: shift_mm: must be three numbers, was None"),
        ({"site": None, "isocentre_mm": (1, 2)}, "setup: isocentre_mm: must be three numbers, was (1, 2)"),
        ({"site": None, "isocentre_mm": (1, 2, float("nan"))}, "setup: isocentre_mm must be finite"),
        ({"site": None, "isocentre_mm": [(1, 2), 3]}, "setup: isocentre_mm: must be three numbers"),
        ({"roll_deg": "1"}, "setup: roll_deg: must be a number, was '1'"),
    ],
)
def test_fields_of_another_kind_are_one_message(changes, told):
    with pytest.raises(sim.SimulatorError) as error:
        replace(sim.load_setup("box"), **changes)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize("name", ["isocentre_mm", "shift_mm"])
def test_a_set_up_keeps_no_array_of_its_maker(name):
    """Else it would tell of a place that it is not in."""
    values = np.array([0.0, 10.0, -5.0])
    room = replace(sim.load_setup("box"), site=None, isocentre_mm=(0.0, 10.0, -5.0))
    room = replace(room, **{name: values})
    values[:] = 300.0
    assert getattr(room, name) == (0.0, 10.0, -5.0)
