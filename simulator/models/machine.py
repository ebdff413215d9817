"""Treatment machines: a kinematic tree of parts and a beam that leaves one of its frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.arguments import checked
from simulator.errors import unknown
from simulator.models.arm import AIMING_JOINTS, Arm, require_arm
from simulator.models.choices import options_with
from simulator.models.description import FILE_NAME
from simulator.models.kinematics import ROOT
from simulator.models.model import Model, load_model
from simulator.models.model_tables import AccessoryTable
from simulator.models.motion import C_ARM_BETWEEN, C_ARM_MOTIONS, Between
from simulator.models.slicerrt import read_machine_set
from simulator.scenario.hints import hints
from simulator.scenario.sweep import Sweep

C_ARM = Sweep(gantry=(-180.0, 180.0, 1.0), couch=(-90.0, 90.0, 2.0))
"""What is scanned of a machine whose description has no ``[sweep]``."""


@dataclass(frozen=True)
class Beam:
    """The beam in the axes of a joint: it starts at ``source_mm`` and leaves along the unit ``direction``."""

    joint: str
    source_mm: tuple[float, float, float]
    direction: tuple[float, float, float]


@dataclass(frozen=True, eq=False, repr=False)
class Machine(Model):
    """A treatment machine. The machine's isocentre is the origin of the IEC 61217 fixed axes.

    Beside these it has what every model has: name, title, note, parts, joints, options, may_touch, motions,
    unconfirmed, remarks and folder; see `simulator.models.model.Model`.

    Attributes
    ----------
    beam : Beam
        Where it comes from.
    isocentre_radius_mm : float
        How far from the isocentre its axes and its beam may pass; see ``simulator.setup.aiming``.
    sweep : Sweep
        What is scanned where nobody says anything else: the joints that move while patients are treated, each over
        its range.
    between : Between, optional
        Where a delivery starts and how the machine moves between beams; None if its description says nothing.
    arm : Arm, optional
        The six-axis arm that brings the source to where the beam starts; None for a machine whose own joints aim.
    accessories : tuple of AccessoryTable
        What plans may name as put on the head, and with which options the machine has it.

    Examples
    --------
    >>> import simulator as sim
    >>> machine = sim.Machine.load("c_arm", imagers="deployed")
    >>> machine.sweep
    Sweep(gantry -180 to 180° by 1°, couch -90 to 90° by 2°: 32,760 poses)
    >>> machine.beam.source_mm
    (0.0, 0.0, 1000.0)
    >>> dict(machine.with_options(imagers="retracted").options)["imagers"]
    'retracted'
    """

    beam: Beam = Beam("gantry", (0.0, 0.0, 1000.0), (0.0, 0.0, -1.0))
    isocentre_radius_mm: float = 0.0
    sweep: Sweep = C_ARM
    between: Between | None = None
    arm: Arm | None = None
    accessories: tuple[AccessoryTable, ...] = ()

    @property
    def posed_joints(self) -> tuple[str, ...]:
        """The joints that move its parts while somebody is treated: those of its sweep, or those of its arm."""
        return self.sweep.joints if self.arm is None else self.arm.joints

    @property
    def accessory_options(self) -> frozenset[str]:
        """The options that stand for what plans put on the head."""
        return frozenset(option for accessory in self.accessories for option in accessory.options)

    @checked
    def with_options(self, **options: str) -> Machine:
        """Return the same machine with other choices of some options; what follows those is as they say.

        Parameters
        ----------
        **options : str
            Choices by option.

        Returns
        -------
        Machine
            Itself if nothing changes.

        Raises
        ------
        SimulatorError
            If an option or a choice is unknown.
        """
        chosen = options_with(self, "machine", options)
        return self if chosen is None else Machine.load(str(self.folder), beside=None, **chosen)

    @classmethod
    @hints("model", "scenario")
    @checked
    def load(cls, name: str, /, *, beside: Path | None = None, **options: str) -> Machine:
        """Return a machine of the library, of a folder, or of a SlicerRT machine set.

        Parameters
        ----------
        name : str
            A name of ``simulator list``, a folder with a ``model.toml``, or a ``.json`` file of Room's Eye View.
        beside : Path, optional
            Folder that relative paths start from; the current one if not given.
        **options : str
            Choices of the model, such as ``imagers="deployed"`` or ``accessory="srs_cone"``.

        Returns
        -------
        Machine
            With the parts that the options choose.

        Raises
        ------
        SimulatorError
            If the model or an option is unknown, or something in it is unsound.

        Examples
        --------
        >>> import simulator as sim
        >>> for axis in sim.Machine.load("proton_gantry").sweep:
        ...     print(axis)
        gantry -180 to 180° by 2°
        couch -90 to 90° by 3°
        snout 110 to 410 mm by 100 mm (over any)
        """
        if name.endswith(".json"):
            machine_set = read_machine_set(name, "machine", beside, options)
            return cls(
                name=machine_set.name,
                title=machine_set.title,
                note=machine_set.note,
                parts=machine_set.machine_parts,
                joints=machine_set.machine_joints,
                may_touch=machine_set.machine_may_touch,
                motions={"gantry": C_ARM_MOTIONS["gantry"]},
                between=C_ARM_BETWEEN,
            )
        loaded = load_model(name, "machine", options, beside)
        table = loaded.description.beam
        assert table is not None  # as the description was judged
        joints = (ROOT, *(joint.name for joint in loaded.model.joints))
        if table.joint not in joints:
            raise unknown(f"{loaded.folder / FILE_NAME}: beam.joint", table.joint, joints)
        beam, arm = Beam(table.joint, table.source_mm, table.direction), None
        sweep = Sweep.of(ranges) if (ranges := loaded.description.sweep) else None
        if (of_arm := loaded.description.arm) is not None:
            arm = Arm(of_arm.joints, beam.joint, beam.source_mm, beam.direction, of_arm.distances_mm)
            require_arm(arm, loaded.model.joints, sweep, str(loaded.folder / FILE_NAME))
            beam = Beam(AIMING_JOINTS[-1], (0.0, 0.0, 0.0), (0.0, 0.0, -1.0))
        isocentre, delivery = loaded.description.isocentre, loaded.description.delivery
        return cls(
            **{**vars(loaded.model), "joints": (*loaded.model.joints, *(arm.aiming_joints if arm else ()))},
            beam=beam,
            arm=arm,
            isocentre_radius_mm=0.0 if isocentre is None else isocentre.radius_mm,
            sweep=C_ARM if sweep is None else sweep,
            between=None if delivery is None else Between(**delivery.model_dump()),
            accessories=loaded.description.accessories,
        )
