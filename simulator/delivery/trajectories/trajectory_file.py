"""Trajectories as CSV: a line for each control point.

The first line that is no comment names the columns. Joints by name and unit, ``gantry_deg``, ``couch_deg``,
``table_lateral_mm``: at least one, in IEC 61217 for a C-arm; a joint that has no column stands where the set-up has
it. ``time_s``, if there, says when the control point is passed. ``beam``, if there, is 1 where the beam is on from
this control point to the next one, else 0; without it the beam is on all the way, and in the last line it says
nothing. Between control points joints go straight: 170 to 190 goes through 180. A joint that turns by more than 180°
from one line to the next is refused, since nobody can tell which way it is meant to go.
"""

from __future__ import annotations

import csv
import os
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from simulator.arguments import checked
from simulator.delivery.trajectories.joint_scales import columns_of, on_scales
from simulator.delivery.trajectories.trajectory import Trajectory
from simulator.errors import SimulatorError
from simulator.models.csv_file import CellReader, Row, number, one_of, read_rows, within
from simulator.setup.setup import Setup
from simulator.whole_files import file_path, written_whole

TIME, BEAM = "time_s", "beam"
LARGEST_S = 1e6
DIGITS = 9
"""Of degrees, mm and s in a file."""


@checked
def read_trajectory(path: str | os.PathLike[str], setup: Setup) -> Trajectory:
    r"""Return the trajectory of a file, on the scales of the joints of a room.

    Parameters
    ----------
    path : str or PathLike
        CSV with a line for each control point: joints by name and unit (``gantry_deg``), and perhaps ``time_s`` and
        ``beam``.
    setup : Setup
        The room.

    Returns
    -------
    Trajectory
        On the scales of the joints.

    Raises
    ------
    SimulatorError
        If the file cannot be read, or anything in it is wrong: a line for each fault.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> with open("arc.csv", "w") as file:
    ...     _ = file.write("gantry_deg,couch_deg\n-40,0\n30,15\n")
    >>> sim.read_trajectory("arc.csv", setup).poses
    array([[-40.,   0.],
           [ 30.,  15.]])
    """
    file, columns = Path(path), columns_of(setup.scene.tree)
    readers: dict[str, CellReader] = dict.fromkeys(columns, number)
    readers |= {TIME: within(-LARGEST_S, LARGEST_S), BEAM: one_of(("0", "1"))}

    def read(row: Row) -> tuple[int, dict[str, Any]]:
        found = {
            name: (row.take_if_there if name == BEAM else row.take)(name, reader)
            for name, reader in readers.items()
            if name in row.cells
        }
        row.require_sound()
        return row.line, found

    rows = read_rows(file, (), list(readers), read)
    named = [column for column in columns if rows and column in rows[0][1]]
    if not named:
        raise SimulatorError(f"{file}: must have a column for one joint at least: {', '.join(columns)}")
    if len(rows) < 2:
        raise SimulatorError(f"{file}: must have two control points at least, has {len(rows)}")
    lines, points = [line for line, _ in rows], [point for _, point in rows]
    joints = tuple(columns[column] for column in named)
    values = np.array([[point[column] for column in named] for point in points])
    faults = list(_faults_of_order(file, lines, points))
    try:
        values = on_scales(setup, joints, values, lambda at: f"{file}: line {lines[at]}")
    except SimulatorError as error:
        faults.append(str(error))
    if faults:
        raise SimulatorError("\n".join(faults))
    times = np.array([point[TIME] for point in points]) if TIME in points[0] else None
    on = tuple(point.get(BEAM, "1") == "1" for point in points[:-1])
    return Trajectory(joints, values, times, on, str(file))


@checked
def write_trajectory(trajectory: Trajectory, path: str | os.PathLike[str], setup: Setup) -> None:
    """Write a trajectory; the file is there whole or not at all.

    Parameters
    ----------
    trajectory : Trajectory
        What is written.
    path : str or PathLike
        The file, ``.csv``.
    setup : Setup
        The room.

    Raises
    ------
    SimulatorError
        If a joint is not in the room or cannot go there, or the file cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> trajectory = sim.Trajectory.of(setup, [{"gantry": -40, "couch": 0}, {"gantry": 30, "couch": 15}])
    >>> sim.write_trajectory(trajectory, "arc.csv", setup)
    >>> Path("arc.csv").read_text().split()[0]
    'gantry_deg,couch_deg,beam'
    """
    file = file_path(path, ".csv")
    trajectory.require_of(setup)
    tree, stream = setup.scene.tree, StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    times = trajectory.times_s
    named = [f"{joint}_{tree[joint].unit}" for joint in trajectory.joints]
    writer.writerow([*([] if times is None else [TIME]), *named, BEAM])
    on = [*map(int, trajectory.is_beam_on), ""]
    for at, pose in enumerate(trajectory.poses):
        time = [] if times is None else [_cell(times[at])]
        writer.writerow([*time, *map(_cell, pose), on[at]])
    with written_whole(file) as unfinished:
        unfinished.write_text(stream.getvalue(), encoding="utf-8")


def _faults_of_order(file: Path, lines: list[int], points: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with times and with what is empty."""
    faults = []
    for at in range(1, len(points)):
        before, here = points[at - 1].get(TIME), points[at].get(TIME)
        if before is not None and here is not None and here <= before:
            faults.append(f"{file}: line {lines[at]}, {TIME}: must be more than {before:g}, as before, was {here:g}")
    for line, point in zip(lines[:-1], points[:-1], strict=True):
        if BEAM in point and point[BEAM] is None:
            faults.append(f"{file}: line {line}, {BEAM}: must be 0 or 1, was empty")
    return faults


def _cell(value: float) -> str:
    text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
