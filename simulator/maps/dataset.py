"""What a map holds, as one xarray dataset: what is saved and loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.arcs import Arcs
from simulator.certify.branch_and_bound import Cells
from simulator.collision.contact import Status
from simulator.maps.sealed import Kind, sealed

MAP = Kind(
    name="map",
    format="treatment-geometry-simulator map 3",
    again="`simulator run` and `sim.collision_map` make it anew, on any [grid]",
)


def make_dataset(
    *,
    gantry_deg: NDArray[np.float64],
    couch_deg: NDArray[np.float64],
    edges_deg: tuple[NDArray[np.float64], NDArray[np.float64]],
    pair_names: list[str],
    pair_status: NDArray[np.int8],
    clearance_mm: NDArray[np.float64] | None,
    arcs: Arcs,
    cells: Cells | None,
    support_top_rotation: NDArray[np.float64],
    top_patient_rotation: NDArray[np.float64],
    attributes: Mapping[str, Any],
) -> xr.Dataset:
    """Return the dataset of a map, with its checksum.

    Parameters
    ----------
    gantry_deg, couch_deg : ndarray, shapes (n,) and (m,)
        The grid.
    edges_deg : tuple of ndarray, shapes (n + 1,) and (m + 1,)
        Edges of the cells.
    pair_names : list of str
        All pairs, the most important first.
    pair_status : ndarray of int8, shape (pairs, n, m)
        Their status.
    clearance_mm : ndarray, shape (n, m), optional
        Least distance.
    arcs : Arcs
        Free gantry arcs.
    cells : Cells, optional
        Certified cells.
    support_top_rotation, top_patient_rotation : ndarray, shape (3, 3)
        From table-top axes to those of the patient support (pitch and roll), and from the patient's DICOM axes to
        the table top's.
    attributes : mapping
        Attributes of the dataset, beside its format.
    """
    in_the_way = (pair_status != Status.FREE).any(axis=(1, 2))
    for index in (arcs.start_pair, arcs.stop_pair):
        in_the_way[index[index >= 0]] = True
    if cells is not None:
        in_the_way[cells.pair[cells.pair >= 0]] = True
    ever = np.flatnonzero(in_the_way)
    kept = pair_status[ever]
    status = kept.max(axis=0, initial=0)
    # The first pair with the worst status is the culprit; nothing is, where the worst is "free".
    culprit = (
        np.where(status == Status.FREE, -1, (kept == status).argmax(axis=0))
        if len(ever)
        else np.full(status.shape, -1)
    )
    grid = ("gantry", "couch")
    flags = {"flag_values": np.arange(3, dtype=np.int8), "flag_meanings": "free within_buffer colliding"}
    variables: dict[str, Any] = {
        "status": (grid, status.astype(np.int8), flags),
        "culprit": (grid, culprit.astype(np.int16), {"long_name": "index into pair, -1 where free"}),
        "pair_status": (("pair", *grid), kept.astype(np.int8), flags),
        "support_top_rotation": (("row", "column"), support_top_rotation),
        "top_patient_rotation": (("row", "column"), top_patient_rotation),
    }
    if clearance_mm is not None:
        variables["clearance_mm"] = (grid, clearance_mm, {"units": "mm"})
    degrees = {"units": "degree", "long_name": "IEC 61217"}
    of_kept = np.append(np.cumsum(in_the_way) - 1, -1).astype(np.int16)  # index -1 stays -1
    variables |= {
        "arc_couch": ("arc", arcs.at_deg, degrees),
        "arc_start": ("arc", arcs.start_deg, degrees),
        "arc_stop": ("arc", arcs.stop_deg, degrees),
        "arc_start_pair": ("arc", of_kept[arcs.start_pair], {"long_name": "index into pair, -1 where the grid ends"}),
        "arc_stop_pair": ("arc", of_kept[arcs.stop_pair], {"long_name": "index into pair, -1 where the grid ends"}),
    }
    if cells is not None:
        variables |= cell_variables(replace(cells, pair=of_kept[cells.pair]))
    coordinates = {
        "gantry": ("gantry", gantry_deg, degrees),
        "couch": ("couch", couch_deg, degrees),
        "gantry_edge": ("gantry_edge", edges_deg[0], degrees),
        "couch_edge": ("couch_edge", edges_deg[1], degrees),
        "pair": ("pair", np.array([pair_names[row] for row in ever], dtype=object)),
    }
    return sealed(xr.Dataset(variables, coordinates, {"format": MAP.format, **attributes}))


def cell_variables(cells: Cells) -> dict[str, Any]:
    """Return cells as variables of a map's dataset."""
    degrees = {"units": "degree", "long_name": "IEC 61217"}
    flags = {"flag_values": np.arange(3, dtype=np.int8), "flag_meanings": "free undecided not_free"}
    order = np.lexsort((cells.low[:, 1], cells.low[:, 0]))
    return {
        "cell_gantry": (("cell", "end"), np.stack([cells.low[order, 0], cells.high[order, 0]], axis=1), degrees),
        "cell_couch": (("cell", "end"), np.stack([cells.low[order, 1], cells.high[order, 1]], axis=1), degrees),
        "cell_status": ("cell", cells.status[order, 0], flags),
        "cell_pair": ("cell", cells.pair[order, 0], {"long_name": "index into pair, -1 where free"}),
    }


def provenance_of(dataset: xr.Dataset) -> dict[str, Any]:
    """Return what made a map."""
    return dict(json.loads(dataset.attrs["provenance"]))


def cells_of(dataset: xr.Dataset) -> Cells | None:
    """Return the cells of a map's dataset; None if it was only sampled."""
    if "cell_status" not in dataset:
        return None
    ends = np.stack([dataset["cell_gantry"].values, dataset["cell_couch"].values], axis=2)
    status, pair = (dataset[name].values[:, None] for name in ("cell_status", "cell_pair"))
    return Cells(ends[:, 0], ends[:, 1], status.astype(np.int8), pair.astype(np.int16))
