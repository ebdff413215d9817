"""Fixation devices: boards, bags and frames that ride on the table top and hold the patient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.models.choices import options_with
from simulator.models.description import FILE_NAME, Description
from simulator.models.kinematics import ROOT
from simulator.models.lying_tables import SurfaceTable
from simulator.models.mesh_files import read_mesh
from simulator.models.model import Loaded, Model, Part, load_model
from simulator.scenario.hints import hints
from simulator.scenario.schema import LARGEST_MM

FIXATION = "fixation"
"""Kind of these models, and group of what a structure set has of them: what the patient lies on or is held by."""
TABLE, TABLE_END = "table", "table end"
"""Anchors on the table: its axes as they are; the middle of the upper face at the end nearest the gantry."""

Vector = tuple[float, float, float]


@dataclass(frozen=True, eq=False, repr=False)
class Fixation(Model):
    """A fixation device.

    Its meshes are in axes of its own: x as of the table top, y to the patient's head, z up, 0 where it stands on the
    table top. In the middle of the table, y = 0 is at its anchor. Beside these it has what every model has: name,
    title, note, parts, joints, options, may_touch, motions, unconfirmed, remarks and folder; see
    `simulator.models.model.Model`.

    Attributes
    ----------
    anchor : str
        A landmark or site of the patient, ``"table end"``, or ``"table"``: then its axes are those of the table top.
    shift_mm : tuple of float
        Moves it from there, in its own axes.
    surface_z_mm : float
        Where the patient lies on it.
    incline_deg : float
        Of that face, from y = 0 up towards the head.
    head_end_y_mm : float, optional
        Its end towards the gantry, if it makes the table top longer.

    Examples
    --------
    >>> import simulator as sim
    >>> board = sim.Fixation.load("breast_board", incline_deg="7.5")
    >>> board
    Fixation('breast_board', 1 parts, incline_deg=7.5)
    >>> board.anchor, board.incline_deg
    ('hips', 7.5)
    """

    anchor: str = TABLE
    shift_mm: Vector = (0.0, 0.0, 0.0)
    surface_z_mm: float = 0.0
    incline_deg: float = 0.0
    head_end_y_mm: float | None = None

    @hints("scenario")
    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.shift_mm) != 3 or not all(abs(value) <= LARGEST_MM for value in self.shift_mm):
            raise SimulatorError(f"fixation.shift_mm: must be three lengths in mm, was {self.shift_mm}")
        if self.head_end_y_mm is not None and self.anchor not in (TABLE, TABLE_END):
            raise SimulatorError(
                f"fixation.anchor: must be {TABLE!r} or {TABLE_END!r} for {self.name}, which makes the table top "
                f"longer, was {self.anchor!r}"
            )
        if not abs(self.surface_z_mm) <= LARGEST_MM:
            raise SimulatorError(f"fixation.surface_z_mm: must be a length in mm, was {self.surface_z_mm}")
        if not 0.0 <= self.incline_deg <= 45.0:
            raise SimulatorError(f"fixation.incline_deg: must be 0 to 45, was {self.incline_deg}")

    @checked
    def with_options(self, **options: str) -> Fixation:
        """Return the same device, where it is, with other choices of some options, as `Machine.with_options`.

        Parameters
        ----------
        **options : str
            Choices by option.

        Returns
        -------
        Fixation
            Itself if nothing changes.

        Raises
        ------
        SimulatorError
            If an option or a choice is unknown.
        """
        chosen = options_with(self, "fixation", options)
        if chosen is None:
            return self
        return Fixation.load(str(self.folder), beside=None, anchor=self.anchor, shift_mm=self.shift_mm, **chosen)

    @classmethod
    @hints("model", "scenario")
    @checked
    def load(
        cls,
        name: str,
        /,
        *,
        anchor: str | None = None,
        shift_mm: Vector = (0.0, 0.0, 0.0),
        beside: Path | None = None,
        **options: str,
    ) -> Fixation:
        """Return a device of the library or of a folder.

        Parameters
        ----------
        name : str
            A name of ``simulator list`` or a folder with a ``model.toml``.
        anchor : str, optional
            What y = 0 is put at; the model's own anchor if not given.
        shift_mm : tuple of float
            Moves it from there.
        beside : Path, optional
            Folder that relative paths start from.
        **options : str
            Choices of the model, such as ``incline_deg="7.5"``.

        Returns
        -------
        Fixation
            With the parts that the options choose.

        Raises
        ------
        SimulatorError
            If the model or an option is unknown or unsound.
        """
        loaded = load_model(name, "fixation", options, beside)
        surface = _surface(loaded)
        return cls(
            **vars(loaded.model),
            anchor=anchor or _own_anchor(loaded.description),
            shift_mm=shift_mm,
            surface_z_mm=surface.surface_z_mm,
            incline_deg=surface.incline_deg,
            head_end_y_mm=surface.head_end_y_mm,
        )

    @classmethod
    @checked
    def from_mesh(
        cls,
        path: str | Path,
        units: str,
        *,
        surface_z_mm: float,
        incline_deg: float = 0.0,
        anchor: str | None = None,
        shift_mm: Vector = (0.0, 0.0, 0.0),
        repair: bool = False,
        beside: Path | None = None,
    ) -> Fixation:
        """Return a device made of one mesh file.

        Parameters
        ----------
        path : str or Path
            Mesh file in IEC table-top axes, where it lies; or, with an anchor, in axes of its own.
        units : {"mm", "cm", "m", "in"}
            Unit of the file.
        surface_z_mm, incline_deg : float
            The face that the patient lies on: its z in the axes of the mesh, and how far its end at the head is up.
        anchor, shift_mm
            As for :meth:`load`; ``"table"`` if not given.
        repair : bool
            Mend the mesh as :func:`simulator.models.mesh_files.read_mesh` says.
        beside : Path, optional
            Folder that relative paths start from.

        Returns
        -------
        Fixation
            Named after the file.

        Raises
        ------
        SimulatorError
            If the mesh is unsound.
        """
        file = (beside or Path()) / path
        mesh, report = read_mesh(file, units, repair=repair, axes="IEC table-top axes")
        return cls(
            name=file.stem,
            title=file.name,
            note="A user's own mesh.",
            parts=(Part(file.stem, mesh, ROOT, FIXATION, "#a9b48c", report=report),),
            anchor=anchor or TABLE,
            shift_mm=shift_mm,
            surface_z_mm=surface_z_mm,
            incline_deg=incline_deg,
        )

    @property
    def rise(self) -> float:
        """How much its face goes up for each mm towards the head."""
        return math.tan(math.radians(self.incline_deg))


def _own_anchor(description: Description) -> str:
    assert description.anchor is not None  # as the description was judged
    return description.anchor


def _surface(loaded: Loaded) -> SurfaceTable:
    """Return the face that the patient lies on with the chosen options."""
    chosen = dict(loaded.model.options)
    fitting = [
        surface
        for surface in loaded.description.surfaces
        if all(chosen[option] == choice for option, choice in surface.when.items())
    ]
    if len(fitting) != 1:
        options = ", ".join(f"{option} = {choice}" for option, choice in chosen.items()) or "no options"
        raise SimulatorError(
            f"{loaded.folder / FILE_NAME}: surfaces: must have one that fits {options}, has {len(fitting)}"
        )
    return fitting[0]
