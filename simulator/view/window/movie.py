"""A movie of an arc: the gantry or the couch along its way, a pose a frame."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.maps.collision_map import CollisionMap
from simulator.maps.progress import Progress, shown
from simulator.setup.setup import Setup
from simulator.view.steering import way_of_couch, way_of_gantry
from simulator.view.window.window import Window
from simulator.whole_files import file_path, written_whole

FRAMES_PER_SECOND = 25
GIF_SCALE = 2
"""A GIF is so many times smaller and shows one of so many poses: it is for slides, and hardly packed."""


def write_movie(
    setup: Setup,
    path: str | os.PathLike[str],
    cmap: CollisionMap | None = None,
    *,
    gantry: float = 0.0,
    couch: float = 0.0,
    along: Literal["gantry", "couch"] = "gantry",
    progress: Progress | None = None,
) -> None:
    """Write a movie of the window.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    path : path
        MP4 or GIF, by its name.
    cmap : CollisionMap, optional
        Its map: shown beside the room, and as a sphere; and the gantry goes along its free arc.
    gantry, couch : float
        A pose on the way, IEC 61217 degrees. The gantry goes from end to end of the free arc that it is on; through
        its whole range if it is on none, or there is no map. The couch goes through its range.
    along : {"gantry", "couch"}
        Which one moves.
    progress : callable, optional
        Called as ``progress(done, total)`` with frames; without it a terminal shows a bar.

    Raises
    ------
    SimulatorError
        If the map is of another room, an angle is outside the limits of its joint, the file cannot be written, or
        there is nothing to draw with.
    """
    file = file_path(path, ".mp4", ".gif")
    with Window(setup, cmap, gantry=gantry, couch=couch, off_screen=True) as window:
        pose = (window.check.gantry_deg, window.check.couch_deg)
        way = way_of_gantry(window.grid, cmap, pose) if along == "gantry" else way_of_couch(window.grid)
        is_gif = file.suffix.lower() == ".gif"
        with written_whole(file) as unfinished, shown(progress, "movie") as told:
            frames = _frames(window, along, way[:: GIF_SCALE if is_gif else 1], told)
            (_write_gif if is_gif else _write_mp4)(unfinished, frames)


def _frames(
    window: Window, along: str, way_deg: NDArray[np.float64], progress: Progress | None
) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures (height, width, 3) along a way."""
    for done, angle in enumerate(way_deg.tolist(), start=1):
        window.move_to(**{along: angle})
        yield window.picture()
        if progress is not None:
            progress(done, len(way_deg))


def _write_mp4(path: Path, frames: Iterator[NDArray[np.uint8]]) -> None:
    from imageio_ffmpeg import count_frames_and_secs, write_frames

    first = next(frames)
    writer = write_frames(path, first.shape[1::-1], fps=FRAMES_PER_SECOND, quality=7)
    writer.send(None)
    writer.send(np.ascontiguousarray(first))
    count = 1
    for frame in frames:
        writer.send(np.ascontiguousarray(frame))
        count += 1
    writer.close()
    try:
        written = count_frames_and_secs(path)[0]
    except RuntimeError:
        written = 0
    if written < count:  # ffmpeg does not say if the disk was full in the end
        raise OSError(f"{written} of {count} pictures are in it")


def _write_gif(path: Path, frames: Iterator[NDArray[np.uint8]]) -> None:
    from PIL import Image

    pictures = [Image.fromarray(frame).reduce(GIF_SCALE).quantize(128) for frame in frames]
    milliseconds = round(1000 * GIF_SCALE / FRAMES_PER_SECOND)
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0)
