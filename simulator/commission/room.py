"""The rooms of all positions of the phantom, for given values of the unknowns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.arguments import checked
from simulator.certify.prover import Prover
from simulator.collision.scene import Body, Pair, Scene
from simulator.commission.commissioning import Commissioning
from simulator.commission.shapes import Shapes, shapes_of
from simulator.commission.unknowns import Owner, Unknown, dimension_of, unknowns_of
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.mesh import Mesh
from simulator.scenario.hints import hints
from simulator.scenario.scenario import Scenario
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.loading import load_setup
from simulator.setup.setup import Setup

AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


@dataclass(frozen=True, eq=False)
class Room:
    """One position at given values.

    Attributes
    ----------
    scene : Scene
        With the pairs whose contact is a reading: one of machine and couch or phantom that the moving joint moves
        against each other.
    padding_mm : ndarray
        How far each body's surface is grown outwards, by body.
    """

    scene: Scene
    padding_mm: NDArray[np.float64]

    def names(self, row: int) -> tuple[str, str]:
        """Return the parts of a pair."""
        pair = self.scene.pairs[row]
        return self.scene.bodies[pair.a].name, self.scene.bodies[pair.b].name

    def wanted_mm(self, row: int) -> float:
        """Return the distance of a pair's surfaces at which the grown ones touch."""
        pair = self.scene.pairs[row]
        return float(self.padding_mm[pair.a] + self.padding_mm[pair.b])

    def prover(self, joints: tuple[str, ...], rows: Iterable[int] | None = None) -> Prover:
        """Return what finds contacts, for poses that give values for joints, of all pairs or of some."""
        pairs = self.scene.pairs if rows is None else tuple(self.scene.pairs[row] for row in rows)
        return Prover(replace(self.scene, pairs=pairs).scanning(joints))


@dataclass(frozen=True, eq=False)
class Rooms:
    """What a commissioning file is about, loaded: a set-up for each position, and the unknowns.

    Attributes
    ----------
    commissioning : Commissioning
        The file.
    setups : dict of str to Setup
        As the models are, by the name of the position.
    shapes : dict
        Of machine and couch.
    unknowns : tuple of Unknown, m of them
        Values have their order.
    moving : str
        The joint that turns until something touches.

    Examples
    --------
    >>> import simulator as sim
    >>> commissioning = sim.Commissioning(title="Box", scenario="box", positions=[{"name": "centred"}],
    ...                                   unknowns=[{"dimension": "isocentre_to_face_mm"}])
    >>> rooms = sim.Rooms.of(commissioning)
    >>> rooms.moving, list(rooms.setups), rooms.start_mm
    ('gantry', ['centred'], array([415.]))
    """

    commissioning: Commissioning
    setups: dict[str, Setup]
    shapes: dict[Owner, Shapes]
    unknowns: tuple[Unknown, ...]
    moving: str
    _meshes: dict[str, Mesh]

    @classmethod
    @hints("commissioning", "scenario")
    @checked
    def of(cls, commissioning: Commissioning) -> Rooms:
        """Return the rooms of a file.

        Parameters
        ----------
        commissioning : Commissioning
            The file.

        Returns
        -------
        Rooms
            With the models as they are.

        Raises
        ------
        SimulatorError
            If a set-up cannot be loaded, a name is unknown, or no joint is left to turn.
        """
        scenarios = commissioning.scenarios()
        setups = {name: _set_up(commissioning, name, scenario) for name, scenario in scenarios.items()}
        scenario, setup = next(iter(scenarios.values())), next(iter(setups.values()))
        shapes: dict[Owner, Shapes] = {
            "machine": shapes_of(scenario, setup.machine, "machine"),
            "couch": shapes_of(scenario, setup.couch, "couch"),
        }
        turning = [joint for joint in setup.machine.sweep.joints if joint not in commissioning.candidates.joints]
        if not turning:
            raise SimulatorError(
                f"{commissioning.origin}: candidates: must leave one of {', '.join(setup.machine.sweep.joints)} to "
                "turn until something touches"
            )
        phantom = tuple(part.name for part in setup.patient.parts)
        unknowns = unknowns_of(commissioning, shapes, phantom)
        return cls(commissioning, setups, shapes, unknowns, turning[0], {})

    @property
    def start_mm(self) -> NDArray[np.float64]:
        """Where the unknowns start (m,): the models as they are."""
        return np.array([each.start_mm for each in self.unknowns])

    @property
    def tree(self) -> KinematicTree:
        """The joints, which are the same in all positions."""
        return next(iter(self.setups.values())).scene.tree

    @checked
    def room(self, position: str, values_mm: ArrayLike) -> Room:
        """Return one position of the phantom at given values of the unknowns.

        Parameters
        ----------
        position : str
            Its name in the file.
        values_mm : array_like, shape (m,)
            In the order of `unknowns`.

        Returns
        -------
        Room
            With the pairs whose contact is a reading.

        Raises
        ------
        SimulatorError
            If no sound meshes can be made of such dimensions.
        """
        values = np.asarray(values_mm, dtype=float)
        scene = self.setups[position].scene
        changed = self._changed(values)
        offsets = self._offsets(values)
        joints = [self._placed(joint, values) for joint in scene.tree.joints]
        bodies = []
        for body in scene.bodies:
            mesh, joint = changed.get(body.name) or self._shared(body.mesh), body.joint
            if body.name in offsets:
                joint = f"{body.name} as it is"
                joints.append(Joint(joint, "fixed", body.joint, origin_mm=offsets[body.name]))
            bodies.append(Body(body.name, mesh, joint, body.colour))
        moved = replace(scene, tree=KinematicTree(tuple(joints)), bodies=tuple(bodies))
        return Room(replace(moved, pairs=tuple(self._read(moved))), self._paddings(scene.bodies, values))

    @checked
    def way_fixed(
        self, room: Room, each: Unknown, body: int, joints: tuple[str, ...], poses: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return how a body moves in the room for each mm of an offset or of the phantom.

        Parameters
        ----------
        room : Room
            One position.
        each : Unknown
            The offset, or the phantom's place.
        body : int
            Index of the body in the room's scene.
        joints : tuple of str
            Of which the poses have values.
        poses : ndarray, shape (n, k)
            Degrees or mm.

        Returns
        -------
        ndarray, shape (n, 3)
            Unit vectors in IEC fixed axes; 0 where it does not move.
        """
        scene, name = room.scene.scanning(joints), room.scene.bodies[body].name
        of_phantom = each.kind == "phantom" and scene.bodies[body].joint == PATIENT_FRAME
        if not of_phantom and not (each.kind == "offset" and name in each.parts):
            return np.zeros((len(poses), 3))
        assert each.axis is not None
        T_fixed_carrier = scene.T_fixed_frame(scene.tree[scene.bodies[body].joint].parent, poses)
        return np.asarray(T_fixed_carrier[:, :3, :3] @ AXES[each.axis])

    def _changed(self, values: NDArray[np.float64]) -> dict[str, Mesh]:
        """Return the meshes, by part, that are others with the values of the dimensions."""
        changed: dict[str, Mesh] = {}
        for of, shapes in self.shapes.items():
            dimensions = {
                dimension_of(each): float(value)
                for each, value in zip(self.unknowns, values, strict=True)
                if each.kind == "dimension" and each.of == of
            }
            changed |= shapes.meshes(dimensions)
        return changed

    def _offsets(self, values: NDArray[np.float64]) -> dict[str, tuple[float, float, float]]:
        """Return how far parts are off in the axes of what carries them, of all that may be."""
        offsets: dict[str, NDArray[np.float64]] = {}
        for each, value in zip(self.unknowns, values, strict=True):
            if each.kind == "offset" and each.axis is not None:
                for part in each.parts:
                    offsets[part] = offsets.get(part, np.zeros(3)) + value * np.array(AXES[each.axis])
        return {part: (float(x), float(y), float(z)) for part, (x, y, z) in offsets.items()}

    def _placed(self, joint: Joint, values: NDArray[np.float64]) -> Joint:
        """Return a joint; that of the patient moved as the phantom lies off."""
        if joint.name != PATIENT_FRAME:
            return joint
        moved = np.array(joint.origin_mm)
        for each, value in zip(self.unknowns, values, strict=True):
            if each.kind == "phantom" and each.axis is not None:
                moved = moved + value * np.array(AXES[each.axis])
        x, y, z = (float(value) for value in moved)
        return replace(joint, origin_mm=(x, y, z))

    def _read(self, scene: Scene) -> Iterable[Pair]:
        """Yield the pairs whose contact can be read, without buffers: contact is contact."""
        turning = scene.scanning((self.moving,))
        for pair in scene.pairs:
            if not pair.is_own and turning.columns_of_pair(pair):
                yield replace(pair, buffer_mm=0.0)

    def _paddings(self, bodies: tuple[Body, ...], values: NDArray[np.float64]) -> NDArray[np.float64]:
        paddings = np.zeros(len(bodies))
        for each, value in zip(self.unknowns, values, strict=True):
            if each.kind == "padding":
                paddings += [value * (body.name in each.parts) for body in bodies]
        return paddings

    def _shared(self, mesh: Mesh) -> Mesh:
        """Return a mesh, the same one for all positions: its tree is made once."""
        return self._meshes.setdefault(mesh.sha256, mesh)


def _set_up(commissioning: Commissioning, position: str, scenario: Scenario) -> Setup:
    """Return the set-up of a position; what is wrong with it is said of the position, not of the scenario alone."""
    try:
        return load_setup(scenario)
    except SimulatorError as error:
        where = f"{commissioning.origin}: position {position!r}"
        raise SimulatorError("\n".join(f"{where}: {line}" for line in str(error).splitlines())) from None
