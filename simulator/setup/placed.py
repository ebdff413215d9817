"""Models in; bodies placed in one room and the pairs that must not touch out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from simulator.arguments import checked
from simulator.collision.scene import Scene
from simulator.directions.circle import Circle
from simulator.errors import SimulatorError
from simulator.geometry.positions import Position
from simulator.models.couch import Couch
from simulator.models.fixation import Fixation
from simulator.models.kinematics import KinematicTree
from simulator.models.machine import Beam, Machine
from simulator.models.model import Model
from simulator.models.patient import Patient
from simulator.models.scale import angle_on_scale, sweep_on_scale
from simulator.scenario.choices import Buffers
from simulator.scenario.hints import hints
from simulator.scenario.setup_errors import Errors
from simulator.scenario.sweep import Sweep
from simulator.setup.aiming import Aim, aim_of, circle_of
from simulator.setup.arm_room import ArmRoom
from simulator.setup.bodies import made_convex, place_bodies
from simulator.setup.contents import Contents
from simulator.setup.erring import require_joints_of_errors, with_errors
from simulator.setup.extended import beam_of, distance_joint, extended, require_one_place, with_distances
from simulator.setup.fields import POINTS, require_fields
from simulator.setup.holding import assumptions_of_fixation, incline_deg, warnings_of_fixation
from simulator.setup.lying import Lying, assumptions_of_place, taken_place, warnings_of_place
from simulator.setup.pairs import Excused, checked_pairs, excused_pairs, require_standing_apart
from simulator.setup.placing import depth_mm, place, require_table_axes


@dataclass(frozen=True, eq=False, repr=False)
class Placed:
    """Models placed in one room; `simulator.setup.setup.Setup` says what its fields are, and what can be asked."""

    machine: Machine
    couch: Couch
    patient: Patient
    site: str | None = None
    isocentre_mm: tuple[float, float, float] | None = None
    position: Position = "HFS"
    buffers: Buffers = field(default_factory=Buffers)
    errors: Errors = field(default_factory=Errors)
    sweep: Sweep = None  # type: ignore[assignment]  # the machine's, once made
    collimator_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    source_distance_mm: tuple[float, float] | None = None
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lies: Lying | None = None
    fixation: tuple[Fixation, ...] = ()
    name: str = "setup"
    title: str = ""

    def __post_init__(self) -> None:
        require_fields(vars(self))
        for name in POINTS:  # a caller's array may change afterwards
            if (point := getattr(self, name)) is not None:
                object.__setattr__(self, name, tuple(float(value) for value in point))
        if (self.site is None) == (self.isocentre_mm is None):
            raise SimulatorError("setup: must have either site or isocentre_mm")
        self._take_angles()
        object.__setattr__(self, "lies", taken_place(self.lies, self.patient.scan, self.position, self.shift_mm))
        aim = self.aim_of(self.machine.sweep)  # a setup that cannot be placed, or aimed, must not come into being
        usual = with_distances(self.machine.sweep, self.source_distance_mm)
        object.__setattr__(self, "sweep", self.on_scale(usual if self.sweep is None else self.sweep))
        if _meaning(self.sweep) == _meaning(self.machine.sweep):
            vars(self)["aim"] = aim  # only what axes there are counts, and what they mean
        _ = self.aim
        require_table_axes(self.scene, self.isocentre_patient_mm)
        require_standing_apart(self.scene)
        require_joints_of_errors(self._tree, self.errors)

    def __repr__(self) -> str:
        where = f"site {self.site!r}" if self.site else f"isocentre {self.isocentre_mm} mm"
        return (
            f"Setup({' + '.join(model.name for model in self._models)}, {self.position}, {where}, "
            f"{len(self.scene.pairs)} pairs)"
        )

    @cached_property
    @hints("model", "scenario")
    def isocentre_patient_mm(self) -> tuple[float, float, float]:
        """The isocentre in the patient's DICOM axes, of the body as it lies."""
        if self.isocentre_mm is not None:
            return self.isocentre_mm
        assert self.site is not None
        return self.contents.patient.site(self.site)

    @cached_property
    @hints("model", "scenario")
    def contents(self) -> Contents:
        """The models of the room, with the patient as it lies: on an inclined board, bent."""
        patient = self.patient.raised(incline_deg(self.fixation, self.position))
        return Contents(self.machine, self.couch, patient, self.fixation)

    @property
    def table_position_mm(self) -> tuple[float, float, float]:
        """Lateral, longitudinal and vertical table-top position with the isocentre at the machine's."""
        rest = self.scene.rest
        return rest["table_lateral"], rest["table_longitudinal"], rest["table_vertical"]

    @cached_property
    @hints("model", "scenario")
    def scene(self) -> Scene:
        """Everything placed, for poses that give values for the joints of the machine's sweep."""
        angles = {"collimator": self.collimator_deg, "table_pitch": self.pitch_deg, "table_roll": self.roll_deg}
        contents = self.contents
        tree, rest = place(contents, self.position, self.isocentre_patient_mm, self.shift_mm, angles, self.lies)
        depth_mm(contents, self.position, self.shift_mm, tree, self.lies)  # refuses what is too deep
        pairs = checked_pairs(tree, contents, self.buffers)
        bodies = place_bodies(contents, tree, rest, self.lies)
        scene = Scene(tree, bodies, pairs, self.machine.posed_joints, rest, self.machine.arm)
        if self.source_distance_mm is None:
            return scene
        require_one_place(self.errors, self.lies)
        require_standing_apart(scene)
        return extended(scene, self.machine, self.couch, distance_joint(self.machine, self.source_distance_mm))

    @property
    def beam(self) -> Beam:
        """The machine's beam, on the joint that carries it in this room."""
        return beam_of(self.scene, self.machine)

    @cached_property
    def arm_room(self) -> ArmRoom | None:
        """The room seen from the beam of an arm; None for a machine whose own joints aim."""
        return None if self.machine.arm is None else ArmRoom.of(self.scene)

    @cached_property
    def erring_scene(self) -> Scene:
        """The room with a joint for each error of the set-up; with those at 0 it is the planned one."""
        return with_errors(self.scene, self.errors, self.couch.table_top.joint)

    @cached_property
    def excused(self) -> tuple[Excused, ...]:
        """The pairs of parts that can move against each other and are not checked, one value for each reason."""
        return excused_pairs(self.scene.tree, self.contents)

    @cached_property
    def _tree(self) -> KinematicTree:
        distances = self.source_distance_mm
        slides = () if distances is None else (distance_joint(self.machine, distances),)
        return KinematicTree((*self.machine.joints, *self.couch.joints, *slides))

    def _take_angles(self) -> None:
        """Bring the angles that are not scanned onto the scales of their joints; refuse those of joints not there."""
        for name, place_, attribute in (
            ("collimator", "machine", "collimator_deg"),
            ("table_pitch", "couch", "pitch_deg"),
            ("table_roll", "couch", "roll_deg"),
        ):
            field_name, value = f"{place_}.{attribute}", getattr(self, attribute)
            if name in self._tree:
                object.__setattr__(self, attribute, angle_on_scale(self._tree[name], value, field_name))
            elif value != 0.0:
                raise SimulatorError(f"{field_name}: must be 0: the models have no joint {name!r}, was {value:g}")

    @checked
    def on_scale(self, sweep: Sweep) -> Sweep:
        """Return a sweep on the scales of its joints.

        Parameters
        ----------
        sweep : Sweep
            Angles as people and plans write them: gantry 0 to 360°, say.

        Returns
        -------
        Sweep
            Within the limits of the joints.

        Raises
        ------
        SimulatorError
            If a joint is unknown, or cannot go there.
        """
        return sweep_on_scale(self._tree, sweep)

    @cached_property
    def aim(self) -> Aim | None:
        """How the set-up's own sweep turns the beam against the patient; None if about fewer than two axes."""
        return self.aim_of(self.sweep)

    @checked
    def aim_of(self, sweep: Sweep) -> Aim | None:
        """Return how a sweep turns the beam against the patient; see :func:`simulator.setup.aiming.aim_of`.

        Parameters
        ----------
        sweep : Sweep
            On the scales of its joints.

        Returns
        -------
        Aim or None
            None if it turns the beam about fewer than two axes.
        """
        return aim_of(self.scene.scanning(sweep.joints), self.machine, self.couch.table_top.joint, sweep)

    @checked
    def circle_of(self, sweep: Sweep) -> Circle | None:
        """Return the circle that a sweep turns the beam through; see :func:`simulator.setup.aiming.circle_of`.

        Parameters
        ----------
        sweep : Sweep
            On the scales of its joints.

        Returns
        -------
        Circle or None
            None if it does not turn the beam about one axis.
        """
        return circle_of(self.scene.scanning(sweep.joints), self.machine, self.couch.table_top.joint, sweep)

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was mended in the meshes, on request."""
        return tuple(text for model in self._models for text in model.repairs)

    @property
    def _models(self) -> tuple[Model, ...]:
        return (self.machine, self.couch, *self.fixation, self.patient)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know about the models and how the patient lies."""
        of_models = [text for model in self._models for text in model.warnings]
        contents, tree = self.contents, self.scene.tree
        depth = depth_mm(contents, self.position, self.shift_mm, tree, self.lies)
        hulls = made_convex(contents, tree, self.scene.rest, self.lies)
        place = warnings_of_place(self.lies, *depth, hulls)
        of_devices = warnings_of_fixation(self.couch, self.fixation, self.patient, self.position, tree)
        return (*of_models, *place, *of_devices)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What an answer rests on that nobody measured on the day: where the table is, what was added to the body."""
        of_devices = assumptions_of_fixation(self.couch, self.fixation, self.patient, self.lies)
        of_scan = self.patient.scan.assumptions if self.patient.scan else ()
        return (*assumptions_of_place(self.lies), *of_devices, *of_scan)


def _meaning(sweep: Sweep) -> list[tuple[str, str | None]]:
    """Return what of a sweep says how it aims: its joints, and what their values mean."""
    return [(axis.joint, axis.over) for axis in sweep]
