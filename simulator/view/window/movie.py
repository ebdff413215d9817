"""A movie of an arc: one joint along its way, a pose a frame."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.errors import unknown
from simulator.maps.collision_map import CollisionMap
from simulator.maps.progress import Progress, shown
from simulator.setup.setup import Setup
from simulator.view.joint_axes import Pose
from simulator.view.steering import way_of
from simulator.view.window.window import Window
from simulator.whole_files import file_path, written_whole

FRAMES_PER_SECOND = 25
GIF_SCALE = 2
"""A GIF is so many times smaller and shows one of so many poses: it is for slides, and hardly packed."""


@checked
def write_movie(
    setup: Setup,
    path: str | os.PathLike[str],
    cmap: CollisionMap | None = None,
    *,
    along: str | None = None,
    progress: Progress | None = None,
    **pose: float,
) -> None:
    """Write a movie of the window.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    path : path
        MP4 or GIF, by its name.
    cmap : CollisionMap, optional
        Its map: shown beside the room, and as a sphere; and where it has free arcs of the joint that moves, it goes
        along the one of the pose.
    along : str, optional
        The joint that moves; the one nearest the beam, such as the gantry, if not given.
    progress : callable, optional
        Called as ``progress(done, total)`` with frames; without it a terminal shows a bar.
    **pose : float
        A pose on the way: values of joints by name, in degrees (IEC 61217) or mm; others stand where they rest. The
        joint goes from end to end of the free arc that it is on; through its whole range if it is on none.

    Raises
    ------
    SimulatorError
        If the map is of another room, a joint is unknown or its value outside its limits, the file cannot be
        written, or there is nothing to draw with.

    Examples
    --------
    >>> import simulator as sim
    >>> sim.write_movie(sim.load_setup("brain"), "arc.mp4", gantry=0, couch=15)  # doctest: +SKIP
    """
    file = file_path(path, ".mp4", ".gif")
    with Window(setup, cmap, off_screen=True, **pose) as window:
        along = window.plane[0] if along is None else along
        if along not in window.axes:
            raise unknown("along", along, window.axes)
        way = way_of(window.axes[along], cmap, window.check.pose)
        write_frames_of(window, file, [({along: value}, "") for value in way.tolist()], progress)


def write_frames_of(
    window: Window, file: Path, moments: Sequence[tuple[Pose, str]], progress: Progress | None = None
) -> None:
    """Write a movie of a window, whole or not at all: a frame for each moment, in a GIF for some of them.

    Parameters
    ----------
    window : Window
        What is seen.
    file : Path
        MP4 or GIF.
    moments : sequence of (pose, str)
        Values of the joints that move, and a line that is written into the picture.
    progress : callable, optional
        As for `write_movie`.
    """
    is_gif = file.suffix.lower() == ".gif"
    with written_whole(file) as unfinished, shown(progress, "movie") as told:
        frames = _frames(window, moments[:: GIF_SCALE if is_gif else 1], told)
        (_write_gif if is_gif else _write_mp4)(unfinished, frames)


def _frames(
    window: Window, moments: Sequence[tuple[Pose, str]], progress: Progress | None
) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures (height, width, 3) of moments."""
    for done, (pose, line) in enumerate(moments, start=1):
        window.captions.tell_moment(line)
        window.move_to(**pose)
        yield window.picture()
        if progress is not None:
            progress(done, len(moments))


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
