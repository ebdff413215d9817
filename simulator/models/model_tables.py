"""Tables of a ``model.toml`` beside its tree: dimensions, options, the beam, the table top, how it moves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from simulator.models.motion import Moves
from simulator.models.tree_tables import Direction
from simulator.scenario.schema import Finite, Millimetres, Name, OfJoint, Point, Table

LARGEST_RADIUS_MM = 10.0
AboveZero = Annotated[Finite, Field(gt=0)]
Speed = Annotated[AboveZero, Field(json_schema_extra={"unit": "degrees/s, or mm/s of a joint that slides"})]
Acceleration = Annotated[AboveZero, Field(json_schema_extra={"unit": "degrees/s², or mm/s² of a joint that slides"})]


class Dimension(Table):
    """A number that a generator builds meshes from, and where it comes from.

    Example::

        value = 380
        source = "M: measured on our machine"
    """

    value: Annotated[Finite, Field(json_schema_extra={"unit": "as its name ends"})]
    """The number; its unit stands at the end of its name, ``_mm`` or ``_deg``. Example: ``value = 380``"""
    source: Name
    """Where the number is from. It begins with tags: R read in a publication, M measured on a public model, D
    derived, G general knowledge that nobody has confirmed, F fitted to what clinics deliver. Example:
    ``source = "R: the vendor's customer drawing"``"""


class Option(Table):
    """A choice that a scenario can make; the first choice is the default, unless the option follows another.

    Example::

        choices = ["retracted", "deployed"]
    """

    choices: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The names that a scenario may choose from; the first one is the default. Example:
    ``choices = ["retracted", "deployed"]``"""
    follows: Name | None = None
    """Another option, whose choice this one takes where the scenario says none: ``kv_source`` may follow
    ``imagers``. Options must not follow each other in a circle. Example: ``follows = "height"``"""


class BeamTable(Table):
    """``[beam]`` of a machine: a source point and the direction in which the beam leaves it, in a joint's axes.

    Example::

        joint = "gantry"
        source_mm = [0, 0, 1000]
        direction = [0, 0, -1]
    """

    joint: Name
    """The joint that carries the source. Example: ``joint = "gantry"``"""
    source_mm: Point
    """Where the source is, in the axes of the joint. Its distance from the isocentre is the source-axis distance.
    Example: ``source_mm = [0, 0, 1000]``"""
    direction: Direction
    """Direction in which the beam leaves the source, in the axes of the joint; of any length but 0. Example:
    ``direction = [0, 0, -1]``"""
    source: Name | None = None
    """Where these numbers are from, as for dimensions. Example:
    ``source = "R: source-axis distance of clinical plans"``"""


class ArmTable(Table):
    """``[arm]``: a six-axis arm that carries the beam, placed by a direction and a distance of the source.

    The joints ``azimuth``, ``polar``, ``source_distance`` and ``beam_roll`` then say where the beam aims from, and
    the arm follows. ``sweep`` must have ``azimuth_deg`` and ``polar_deg``.

    Example::

        joints = ["axis_1", "axis_2", "axis_3", "axis_4", "axis_5", "axis_6"]
        distances_mm = [650, 1000]
        source = "G: general knowledge, unconfirmed"
    """

    joints: tuple[Name, Name, Name, Name, Name, Name]
    """The six revolute joints of the arm, from the base to the wrist, by the names that ``[[joints]]`` gives them.
    Example: ``joints = ["a1", "a2", "a3", "a4", "a5", "a6"]``"""
    distances_mm: tuple[Millimetres, Millimetres]
    """Least and greatest distance of the source from the isocentre, above 0 and in this order. Example:
    ``distances_mm = [800, 800]``"""
    source: Name
    """Where these numbers are from, as for dimensions. Example:
    ``source = "R: 650 to 1000 mm in the user's guide"``"""

    @field_validator("distances_mm")
    @classmethod
    def _ordered(cls, distances: tuple[float, float]) -> tuple[float, float]:
        if not 0.0 < distances[0] <= distances[1]:
            raise ValueError("must be [least, greatest], above 0")
        return distances


class IsocentreTable(Table):
    """``[isocentre]`` of a machine: how far its axes and its beam may pass from the isocentre.

    Its parts may stand as far from where they are drawn, too. Every pair that the machine's sweep moves keeps twice
    this beside its buffer.

    Example::

        radius_mm = 0.5
    """

    radius_mm: Annotated[float, Field(gt=0, le=LARGEST_RADIUS_MM, allow_inf_nan=False, strict=True)]
    """Radius of the sphere about the isocentre through which axes and beam pass. Example: ``radius_mm = 1``"""
    source: Name | None = None
    """Where the number is from, as for dimensions. Example: ``source = "M: Winston-Lutz tests of a year"``"""


class MotionTable(Table):
    """How fast a joint moves between beams: what times of ways rest on.

    Example::

        speed = 6
        acceleration = 3
        source = "G: general knowledge, unconfirmed"
    """

    speed: Speed | None = None
    """Greatest speed of the joint. Must be there, unless a URDF file says it as velocity. Example: ``speed = 6``"""
    acceleration: Acceleration
    """Greatest acceleration, and deceleration, of the joint. Example: ``acceleration = 3``"""
    source: Name
    """Where these numbers are from, as for dimensions. Example: ``source = "R: the vendor's brochure"``"""


class DeliveryTable(Table):
    """``[delivery]`` of a machine: where a delivery starts from, and how joints move between beams.

    Example::

        home = { gantry = 0, couch = 0 }
        moves = "together"
        source = "G: general knowledge, unconfirmed"
    """

    home: dict[Name, OfJoint]
    """The pose in which a patient is set up and from which a delivery starts: values of joints by name. What can be
    reached is reached from here. Example: ``home = { gantry = 0, couch = 0 }``"""
    moves: Moves
    """Whether joints may move at the same time, or each stands while another one moves. Example:
    ``moves = "one at a time"``"""
    source: Name
    """Where this is from, as for dimensions. Example: ``source = "R: instructions for use"``"""


class AccessoryTable(Table):
    """One of ``[[accessories]]`` of a machine: what a plan names as put on the head, as options of the machine.

    Of ``kind``, ``id``, ``type`` and ``code`` one at least must be there; the first accessory of which all fit
    counts. ``*`` and ``?`` stand for any letters and any letter, as in file names; small and capital letters count
    alike. What a plan names and no accessory fits is told, and no beam with it is called free.

    Example::

        kind = "applicator"
        id = "A15"
        source = "G: as named in plans of one vendor"
    """

    kind: Name | None = None
    """What the plan has: ``"applicator"``, ``"wedge"``, ``"cone"``, ``"bolus"`` and so on. Not asked, if it is left
    out. Example: ``kind = "wedge"``"""
    id: Name | None = None
    """Pattern of the identifier in the plan. Not asked, if it is left out. Example: ``id = "A1?"``"""
    type: Name | None = None
    """Pattern of the type in the plan, such as DICOM (300A,0109) of an applicator. Not asked, if it is left out.
    Example: ``type = "STEREOTACTIC"``"""
    code: Name | None = None
    """Pattern of the accessory code in the plan. Not asked, if it is left out. Example: ``code = "0112*"``"""
    options: dict[str, str] = {}
    """The options of the machine with which it has the accessory, each a choice of ``[options]``. Without them the
    accessory is inside the head and has no outer size. Example: ``options = { height = "low" }``"""
    source: Name
    """Where this is from, as for dimensions. Example: ``source = "R: DICOM conformance statement"``"""


class TableTopTable(Table):
    """``[table_top]`` of a couch: the frame of the table top, and where a patient lies on it.

    Example::

        joint = "table_lateral"
        surface_z_mm = 0
        head_end_y_mm = 0
    """

    joint: Name
    """The joint that carries the table top; its axes are the table-top axes, IEC 61217. Example:
    ``joint = "table_roll"``"""
    surface_z_mm: Millimetres
    """Height of the upper face, on which the patient lies, in the axes of the joint. Example:
    ``surface_z_mm = 0``"""
    head_end_y_mm: Millimetres
    """Where the table top ends towards the gantry, as y in the axes of the joint. Example:
    ``head_end_y_mm = 150``"""
    source: Name | None = None
    """Where these numbers are from, as for dimensions. Example: ``source = "D: the top is drawn so"``"""


class SizeTable(Table):
    """``[reference_size]``: the height and mass that a patient's meshes were made for.

    With it, a scenario may ask for another size; without it, ``height_cm`` and ``mass_kg`` are refused.

    Example::

        height_cm = 176
        mass_kg = 73
    """

    height_cm: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
    """Height of the body that the meshes have. Example: ``height_cm = 176``"""
    mass_kg: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
    """Mass of the body that the meshes have. Example: ``mass_kg = 73``"""
    source: Name | None = None
    """Where these numbers are from, as for dimensions. Example: ``source = "R: ICRP 89, adult male"``"""
