"""A film of a whole delivery: every move, pause and beam, sped up to about a minute."""

from __future__ import annotations

import os

import numpy as np

from simulator.arguments import checked
from simulator.delivery.orders.delivered import Delivery, Event
from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.progress import Progress
from simulator.setup.setup import Setup
from simulator.view.joint_axes import Pose
from simulator.view.window.movie import FRAMES_PER_SECOND, write_frames_of
from simulator.view.window.window import Window
from simulator.whole_files import file_path

SECONDS = 60.0


@checked
def write_delivery_movie(
    setup: Setup,
    delivery: Delivery,
    path: str | os.PathLike[str],
    cmap: CollisionMap | None = None,
    *,
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> None:
    """Write a film of a delivery, with joints, beam and time written beside the room.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    delivery : Delivery
        Of this set-up.
    path : path
        MP4 or GIF, by its name.
    cmap : CollisionMap, optional
        Its map: shown beside the room with a marker at the pose, and as a sphere.
    seconds : float
        How long the film is at most; a delivery that is shorter is shown as fast as it is.
    progress : callable, optional
        Called as ``progress(done, total)`` with frames; without it a terminal shows a bar.

    Raises
    ------
    SimulatorError
        If no beam is delivered, the delivery or the map is of another room, the length is none, the file cannot be
        written, or there is nothing to draw with.

    Examples
    --------
    >>> import pandas as pd
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> roads = sim.road_map(setup, sweep=sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10)), tolerance=0.05)
    >>> beams = sim.BeamList.of(setup, pd.DataFrame({"gantry_deg": [60, 40], "couch_deg": [0, 30]}))
    >>> delivery = sim.order_beams(setup, beams, roads=roads, beam_on_s=1.0)
    >>> sim.write_delivery_movie(setup, delivery, "delivery.gif", seconds=0.2)
    """
    file = file_path(path, ".mp4", ".gif")
    if not 0.0 < seconds < float("inf"):
        raise SimulatorError(f"movie: seconds must be more than 0, was {seconds:g}")
    if not delivery.events:
        raise SimulatorError("movie: no beam is delivered, so there is nothing to show")
    if delivery.setup.scene.sha256 != setup.scene.sha256:
        raise SimulatorError(
            f"movie: the delivery must be one of the set-up that is shown, {setup.name!r}; it is of another room, "
            f"{delivery.setup.name!r}"
        )
    moments = moments_of(delivery, seconds)
    with Window(setup, cmap, off_screen=True, **moments[0][0]) as window:
        write_frames_of(window, file, moments, progress)


def moments_of(delivery: Delivery, seconds: float) -> list[tuple[Pose, str]]:
    """Return a pose for each frame, evenly over the delivery with both its ends, and the line that is written there.

    Beams that are shorter than the time between two frames are seen at no frame, or at one.
    """
    lasts = min(seconds, delivery.total_s)
    count = max(2, round(lasts * FRAMES_PER_SECOND))
    speed = delivery.total_s / lasts if lasts > 0.0 else 1.0
    times = np.linspace(0.0, delivery.total_s, count).tolist()
    return [(delivery.at(time_s), _line(delivery, time_s, speed)) for time_s in times]


def _line(delivery: Delivery, time_s: float, speed: float) -> str:
    event = next((each for each in delivery.events if time_s < each.stop_s), delivery.events[-1])
    return f"{_what(delivery, event)}    {time_s:.0f} s of {delivery.total_s:.0f} s    {speed:.3g} times as fast"


def _what(delivery: Delivery, event: Event) -> str:
    """Return what happens: which beam is on, or moved to."""
    if event.beam is None:
        return "move to the last pose"
    name = delivery.beams[event.beam].name
    beam = f"beam {event.beam + 1} of {len(delivery.beams)}{f' ({name})' if name != str(event.beam + 1) else ''}"
    return {"beam": f"BEAM ON: {beam}", "move": f"move to {beam}", "pause": f"before {beam}"}[event.kind]
