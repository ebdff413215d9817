"""Couches (IEC patient supports): a tree that ends in a table top, and where a patient lies on it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.arguments import checked
from simulator.errors import SimulatorError, unknown
from simulator.models.choices import options_with
from simulator.models.description import FILE_NAME
from simulator.models.library import find_model
from simulator.models.mesh_files import MeshWarning, read_mesh
from simulator.models.model import Model, Part, load_model
from simulator.models.motion import C_ARM_MOTIONS
from simulator.models.slicerrt import read_machine_set
from simulator.models.table_height import guessed_surface_z_mm
from simulator.scenario.hints import hints

TABLE_JOINTS = ("table_vertical", "table_longitudinal", "table_lateral", "table_pitch", "table_roll")
"""The joints that place a table top, by their IEC/DICOM names; translations first."""


@dataclass(frozen=True)
class TableTop:
    """Where a patient lies: the upper face and its end nearest the gantry, in IEC table-top axes.

    Attributes
    ----------
    joint : str
        The joint that carries the table top.
    surface_z_mm : float
        Height of the upper face.
    head_end_y_mm : float
        y of the end towards the gantry.
    """

    joint: str
    surface_z_mm: float = 0.0
    head_end_y_mm: float = 0.0


@dataclass(frozen=True, eq=False, repr=False)
class Couch(Model):
    """A couch: an IEC patient support that ends in a table top.

    Beside this it has what every model has: name, title, note, parts, joints, options, may_touch, motions,
    unconfirmed, remarks and folder; see `simulator.models.model.Model`.

    Attributes
    ----------
    table_top : TableTop
        Joint that carries it, height of its upper face and its end towards the gantry, mm in IEC table-top axes.

    Examples
    --------
    >>> import simulator as sim
    >>> couch = sim.Couch.load("igrt")
    >>> couch
    Couch('igrt', 5 parts)
    >>> couch.table_top
    TableTop(joint='table_roll', surface_z_mm=0.0, head_end_y_mm=0.0)
    """

    table_top: TableTop = TableTop("table_roll")

    @checked
    def with_options(self, **options: str) -> Couch:
        """Return the same couch with other choices of some options; what follows those is as they say.

        Parameters
        ----------
        **options : str
            Choices by option.

        Returns
        -------
        Couch
            Itself if nothing changes.

        Raises
        ------
        SimulatorError
            If an option or a choice is unknown.
        """
        chosen = options_with(self, "couch", options)
        return self if chosen is None else Couch.load(str(self.folder), beside=None, **chosen)

    @classmethod
    @checked
    def load(cls, name: str, /, *, beside: Path | None = None, **options: str) -> Couch:
        """Return a couch of the library, of a folder, or the one in a SlicerRT machine set.

        Parameters
        ----------
        name : str
            A name of ``simulator list``, a folder with a ``model.toml``, or a ``.json`` file of Room's Eye View.
        beside : Path, optional
            Folder that relative paths start from; the current one if not given.
        **options : str
            Choices of the model.

        Returns
        -------
        Couch
            With the parts that the options choose.

        Raises
        ------
        SimulatorError
            If the model or an option is unknown, or something in it is unsound.
        """
        if name.endswith(".json"):
            machine_set = read_machine_set(name, "couch", beside, options)
            tops = machine_set.table_tops()
            surface_z_mm, remark = guessed_surface_z_mm(tops, f"{machine_set.source}: couch")
            warnings.warn(remark, MeshWarning, stacklevel=2)
            return cls(
                name=machine_set.name,
                title=machine_set.title,
                note=machine_set.note,
                parts=machine_set.couch_parts,
                joints=machine_set.couch_joints,
                may_touch=machine_set.couch_may_touch,
                motions={"couch": C_ARM_MOTIONS["couch"]},
                remarks=(remark,),
                table_top=TableTop("table_roll", surface_z_mm, max(float(top.bounds_mm[1, 1]) for top in tops)),
            )
        loaded = load_model(name, "couch", options, beside)
        table = loaded.description.table_top
        assert table is not None  # as the description was judged
        joints = [joint.name for joint in loaded.model.joints]
        if table.joint not in joints:
            with hints("model"):
                raise unknown(f"{loaded.folder / FILE_NAME}: table_top.joint", table.joint, joints)
        missing = [name for name in TABLE_JOINTS[:3] if name not in joints]
        if missing:
            raise SimulatorError(
                f"{loaded.folder / FILE_NAME}: a couch must have joints {', '.join(TABLE_JOINTS[:3])}; "
                f"missing: {', '.join(missing)}"
            )
        return cls(**vars(loaded.model), table_top=TableTop(table.joint, table.surface_z_mm, table.head_end_y_mm))

    @classmethod
    @checked
    def from_mesh(
        cls,
        path: str | Path,
        units: str,
        *,
        support: str = "igrt",
        surface_z_mm: float | None = None,
        head_end_y_mm: float | None = None,
        repair: bool = False,
        beside: Path | None = None,
    ) -> Couch:
        """Return the couch ``support`` with its table top replaced by a mesh.

        Parameters
        ----------
        path : str or Path
            Mesh file in IEC table-top axes (x to the right when facing the gantry, y towards it, z up); one that
            names patient axes (``SPACE=RAS``) is warned of.
        units : {"mm", "cm", "m", "in"}
            Unit of the file.
        support : str
            The couch whose turntable, column and carriage carry the new top.
        surface_z_mm, head_end_y_mm : float, optional
            Where the patient lies; the mesh's highest point and its end towards the gantry if not given.
        repair : bool
            Mend the mesh as :func:`simulator.models.mesh_files.read_mesh` says.
        beside : Path, optional
            Folder that relative paths start from.

        Returns
        -------
        Couch
            Named after the file.

        Raises
        ------
        SimulatorError
            If the support or the mesh is unsound, or the height to lie at must be given and is not: see
            ``simulator.models.surface``.

        Warns
        -----
        MeshWarning
            If the height to lie at is a guess, or for what :func:`simulator.models.mesh_files.read_mesh` finds.

        Examples
        --------
        >>> import simulator as sim
        >>> sim.Couch.from_mesh("my_couch_top.stl", "mm", surface_z_mm=0.0)
        Couch('my_couch_top', 5 parts)
        """
        with hints("scenario"):
            find_model(support, "couch", beside, field="couch.support")
        base = cls.load(support, beside=beside)
        file = (beside or Path()) / path
        mesh, report = read_mesh(file, units, repair=repair, axes="IEC table-top axes")
        replaced = base.table_top.joint
        top = Part("couch top", mesh, replaced, "couch", "#5b6570", report=report)
        remarks: tuple[str, ...] = ()
        if surface_z_mm is None:
            surface_z_mm, remark = guessed_surface_z_mm([mesh], f"{file}: couch")
            remarks = (remark,)
            warnings.warn(remark, MeshWarning, stacklevel=2)
        return replace(
            base,
            name=file.stem,
            title=f"{file.name} on the support of {support}",
            parts=(*(part for part in base.parts if part.joint != replaced), top),
            remarks=remarks,
            folder=None,
            table_top=TableTop(
                replaced, surface_z_mm, float(mesh.bounds_mm[1, 1]) if head_end_y_mm is None else head_end_y_mm
            ),
        )
