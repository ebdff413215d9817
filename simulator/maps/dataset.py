"""What a map holds, as one xarray dataset: what is saved and loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.arcs import Arcs
from simulator.certify.branch_and_bound import Cells
from simulator.collision.contact import Status
from simulator.directions.chart import TwoAxisChart
from simulator.directions.circle import Circle
from simulator.errors import SimulatorError
from simulator.maps.named import Named, worst_pair
from simulator.maps.provenance import DISCLAIMER, Provenance
from simulator.maps.sealed import Kind, sealed
from simulator.scenario.axis import Axis
from simulator.scenario.sweep import Sweep
from simulator.setup.aiming import Aim, moving_axis

if TYPE_CHECKING:
    import pandas as pd

MAP = Kind(
    name="map",
    format="treatment-geometry-simulator map 4",
    again="`simulator run` and `sim.collision_map` make it anew, on any [grid]",
)
ARCS = "arc_"
ARM_JOINT = "arm_joint"
TAKEN = ("pair", "status", "culprit", "row", "column", "arc", "cell", "named", "end", ARM_JOINT, "joint_of_arm")
"""Names that a map has for other things, so that no swept joint can have them."""
UNITS = {"deg": {"units": "degree", "long_name": "IEC 61217"}, "mm": {"units": "mm"}}
POSE_FLAGS = {"flag_values": np.arange(3, dtype=np.int8), "flag_meanings": "free within_buffer colliding"}
CELL_FLAGS = {"flag_values": np.arange(3, dtype=np.int8), "flag_meanings": "free undecided not_free"}


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found of a sweep.

    Attributes
    ----------
    pair_names : list of str
        All pairs, the most important first.
    pair_status : ndarray of int8, shape (pairs, *sweep)
        Their status.
    clearance_mm : ndarray, shape of the sweep, optional
        Least distance.
    lines : ndarray, shape (m, k)
        Poses that the free arcs go through, one a line; the joint that moves along them does not count.
    arcs : Arcs
        Free arcs along these lines.
    cells : Cells, optional
        Certified cells.
    arm_joints : mapping of str to ndarray
        How the joints of an arm stand where it aims best, in degrees, of the shape of the sweep; NaN where it is out
        of reach. Empty for a machine without an arm.
    named : Named, optional
        What is in the way between poses that differ.
    """

    pair_names: list[str]
    pair_status: NDArray[np.int8]
    clearance_mm: NDArray[np.float64] | None
    lines: NDArray[np.float64]
    arcs: Arcs
    cells: Cells | None
    arm_joints: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    named: Named | None = None

    def ever(self) -> NDArray[np.bool_]:
        """Return which pairs (pairs,) are anywhere in the way: at a pose, beyond an arc, or in a cell."""
        found = np.asarray((self.pair_status != Status.FREE).any(axis=tuple(range(1, self.pair_status.ndim))))
        for index in (self.arcs.start_pair, self.arcs.stop_pair, *([] if self.cells is None else [self.cells.pair])):
            found[index[index >= 0]] = True
        return found


def make_dataset(
    sweep: Sweep,
    found: Findings,
    aim: Aim | None,
    top_patient_rotation: NDArray[np.float64],
    attributes: Mapping[str, Any],
) -> xr.Dataset:
    """Return the dataset of a map, with its checksum.

    Parameters
    ----------
    sweep : Sweep
        Its axes: their joints are the dimensions.
    found : Findings
        What was found.
    aim : Aim, optional
        How it aims.
    top_patient_rotation : ndarray, shape (3, 3)
        From the patient's DICOM axes to the table top's.
    attributes : mapping
        Attributes of the dataset, beside its format, chart and disclaimer.

    Raises
    ------
    SimulatorError
        If a joint has a name that maps have for something else.
    """
    for joint in sweep.joints:
        if joint in TAKEN:
            raise SimulatorError(f"map: a swept joint must have another name than {', '.join(TAKEN)}, is {joint!r}")
    in_the_way = found.ever()
    ever = np.flatnonzero(in_the_way)
    kept = found.pair_status[ever]
    status, culprit = worst_pair(kept)
    of_kept = np.append(np.cumsum(in_the_way) - 1, -1).astype(np.int16)  # index -1 stays -1
    variables: dict[str, Any] = {
        "status": (sweep.joints, status.astype(np.int8), POSE_FLAGS),
        "culprit": (sweep.joints, culprit.astype(np.int16), {"long_name": "index into pair, -1 where free"}),
        "pair_status": (("pair", *sweep.joints), kept.astype(np.int8), POSE_FLAGS),
        "top_patient_rotation": (("row", "column"), top_patient_rotation),
        **_arc_variables(sweep, found, aim, of_kept),
    }
    if found.clearance_mm is not None:
        variables["clearance_mm"] = (sweep.joints, found.clearance_mm, {"units": "mm"})
    if found.cells is not None:
        variables |= cell_variables(replace(found.cells, pair=of_kept[found.cells.pair]), sweep.axes)
    if found.named is not None:
        variables |= _named_variables(found.named.counted_as(of_kept), sweep.axes)
    if found.arm_joints:
        stands = np.stack(list(found.arm_joints.values()), axis=-1)
        variables[ARM_JOINT] = ((*sweep.joints, "joint_of_arm"), stands, {"units": "degree"})
    attributes = {"format": MAP.format, **attributes, "disclaimer": DISCLAIMER}
    if aim is not None:
        variables["chart_top_rotation"] = (("row", "column"), aim.R_chart_top)
        attributes["chart"] = json.dumps(aim.chart.attributes())
    coordinates: dict[str, Any] = {axis.joint: (axis.joint, axis.values(), UNITS[axis.unit]) for axis in sweep}
    coordinates |= {f"{axis.joint}_edge": (f"{axis.joint}_edge", axis.edges(), UNITS[axis.unit]) for axis in sweep}
    if found.arm_joints:
        coordinates["joint_of_arm"] = ("joint_of_arm", np.array(list(found.arm_joints), dtype=object))
    coordinates["pair"] = ("pair", np.array([found.pair_names[row] for row in ever], dtype=object))
    return sealed(xr.Dataset(variables, coordinates, attributes))


def _arc_variables(sweep: Sweep, found: Findings, aim: Aim | None, of_kept: NDArray[np.int16]) -> dict[str, Any]:
    """Return free arcs as variables: where the other joints stand, from where to where, and the pairs beyond."""
    moving = moving_axis(sweep, aim)
    arcs, beyond = found.arcs, {"long_name": "index into pair, -1 where the sweep ends"}
    variables: dict[str, Any] = {
        f"{ARCS}{axis.joint}": ("arc", found.lines[arcs.line, at], UNITS[axis.unit])
        for at, axis in enumerate(sweep)
        if axis is not moving
    }
    return variables | {
        f"{ARCS}start": ("arc", arcs.start, UNITS[moving.unit]),
        f"{ARCS}stop": ("arc", arcs.stop, UNITS[moving.unit]),
        f"{ARCS}start_pair": ("arc", of_kept[arcs.start_pair], beyond),
        f"{ARCS}stop_pair": ("arc", of_kept[arcs.stop_pair], beyond),
    }


def arc_table(dataset: xr.Dataset, sweep: Sweep, pairs: Sequence[str]) -> pd.DataFrame:
    """Return the free arcs of a map's dataset, a row each; see :meth:`CollisionMap.arcs`."""
    import pandas as pd

    names = [*pairs, ""]
    others = [axis for axis in sweep if f"{ARCS}{axis.joint}" in dataset]
    (moving,) = (axis for axis in sweep if axis not in others)
    columns: dict[str, Any] = {axis.field: dataset[f"{ARCS}{axis.joint}"].values for axis in others}
    columns |= {f"{end}_{moving.unit}": dataset[f"{ARCS}{end}"].values for end in ("start", "stop")}
    for end in ("start", "stop"):
        columns[f"{end}_culprit"] = [names[index] for index in dataset[f"{ARCS}{end}_pair"].values]
    return pd.DataFrame(columns)


def cell_variables(cells: Cells, axes: Sequence[Axis]) -> dict[str, Any]:
    """Return cells as variables of a map's dataset."""
    order = np.lexsort(cells.low.T[::-1])
    ends = np.stack([cells.low[order], cells.high[order]], axis=1)
    columns = {
        f"cell_{axis.joint}": (("cell", "end"), ends[:, :, at], UNITS[axis.unit]) for at, axis in enumerate(axes)
    }
    return columns | {
        "cell_status": ("cell", cells.status[order], CELL_FLAGS),
        "cell_pair": ("cell", cells.pair[order], {"long_name": "index into pair, -1 where free"}),
    }


def _named_variables(named: Named, axes: Sequence[Axis]) -> dict[str, Any]:
    """Return what is in the way between the poses as variables of a map's dataset."""
    ends = np.stack([named.low, named.high], axis=1)
    columns = {
        f"named_{axis.joint}": (("named", "end"), ends[:, :, at], UNITS[axis.unit]) for at, axis in enumerate(axes)
    }
    return columns | {
        "named_status": ("named", named.status, POSE_FLAGS),
        "named_pair": ("named", named.pair, {"long_name": "index into pair"}),
    }


def provenance_of(dataset: xr.Dataset) -> Provenance:
    """Return what made a map."""
    made_by: Provenance = json.loads(dataset.attrs["provenance"])
    return made_by


def sweep_of(dataset: xr.Dataset) -> Sweep:
    """Return what a map sweeps."""
    return Sweep.of(provenance_of(dataset)["grid"])


def chart_of(dataset: xr.Dataset) -> TwoAxisChart | None:
    """Return how a map aims; None if its sweep has no area."""
    return TwoAxisChart.from_attributes(json.loads(dataset.attrs["chart"])) if "chart" in dataset.attrs else None


def circle_of(dataset: xr.Dataset) -> Circle | None:
    """Return the circle that a map leads the beam through; None if its sweep turns it about none or more axes."""
    return Circle.from_attributes(json.loads(dataset.attrs["circle"])) if "circle" in dataset.attrs else None


def require_chart(dataset: xr.Dataset, sweep: Sweep) -> TwoAxisChart:
    """Return how a map aims, or refuse one whose sweep has no area."""
    chart = chart_of(dataset)
    if chart is None:
        raise SimulatorError(f"map: directions need a sweep of two axes that turn the beam, it is over {sweep}")
    return chart


def cells_of(dataset: xr.Dataset, joints: Sequence[str]) -> Cells | None:
    """Return the cells of a map's dataset, a column for each joint; None if it was only sampled."""
    if "cell_status" not in dataset:
        return None
    ends = np.stack([dataset[f"cell_{joint}"].values for joint in joints], axis=2)
    status, pair = (dataset[name].values for name in ("cell_status", "cell_pair"))
    return Cells(ends[:, 0], ends[:, 1], status.astype(np.int8), pair.astype(np.int16))


def named_of(dataset: xr.Dataset, joints: Sequence[str]) -> Named | None:
    """Return what a map's dataset says of places between its poses, a column for each joint; None if nothing."""
    if "named_status" not in dataset:
        return None
    ends = np.stack([dataset[f"named_{joint}"].values for joint in joints], axis=2)
    status, pair = (dataset[name].values for name in ("named_status", "named_pair"))
    return Named(ends[:, 0], ends[:, 1], status.astype(np.int8), pair.astype(np.int16))
