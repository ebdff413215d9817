"""Words over the room: what holds at the pose, warnings, what the keys do, and what this is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from simulator.collision.answers import PoseCheck
from simulator.errors import warned
from simulator.maps.provenance import DISCLAIMER
from simulator.view.colours import STATUS_COLOURS

if TYPE_CHECKING:
    import pyvista

SHOWN_CULPRITS, SHOWN_WARNINGS = 6, 3
LINE_LETTERS = 88
"""As many as the room is wide, in the size of the details."""
STATUS, DETAILS, HELP, FOOT = (0.98, 24), (0.94, 15), (0.09, 11), (0.035, 11)
MOMENT = (0.09, 15)
"""Upper edge, as a share of the height, and size of type in points."""


class Captions:
    """Lines of text in the active renderer of a plotter.

    Parameters
    ----------
    plotter : pyvista.Plotter
        Where to write.
    warnings : iterable of str
        What whoever looks should know of the meshes.
    """

    def __init__(self, plotter: pyvista.Plotter, warnings: Iterable[str]) -> None:
        self._plotter = plotter
        lines = [fill(line, LINE_LETTERS) for line in warned(warnings)]
        self._warnings = _shortened(lines, SHOWN_WARNINGS, "warnings")
        self._status, self._details = self._add(STATUS), self._add(DETAILS)
        self._status.prop.bold = True
        self._moment: Any = None
        self._add(FOOT).input = DISCLAIMER

    def tell(self, check: PoseCheck, pose: str, map_pose: str) -> None:
        """Write what holds at a pose.

        Parameters
        ----------
        check : PoseCheck
            The answer for it.
        pose : str
            The pose in words.
        map_pose : str
            For which values of some joints the map beside the room is, if for others; else empty.
        """
        self._status.input = str(check.status).upper()
        self._status.prop.color = STATUS_COLOURS[check.status]
        self._details.input = "\n".join([*_lines(check, pose, map_pose), *self._warnings])

    def tell_lines(self, heading: str, lines: Iterable[str]) -> None:
        """Write lines of one's own under a heading."""
        self._status.input = heading
        self._details.input = "\n".join([*(fill(line, LINE_LETTERS) for line in lines), *self._warnings])

    @property
    def texts(self) -> tuple[str, str]:
        """The status, and what stands under it."""
        return self._status.input, self._details.input

    def tell_moment(self, text: str) -> None:
        """Write where a film is; nothing, where that is empty."""
        if text and self._moment is None:
            self._moment = self._add(MOMENT)
        if self._moment is not None:
            self._moment.input = text

    def add_help(self, text: str) -> None:
        """Write what the keys do."""
        self._add(HELP).input = text

    def _add(self, place: tuple[float, int]) -> Any:
        import pyvista as pv

        top, size = place
        text = pv.Text("", position=(0.015, top))
        text.prop.font_size, text.prop.color = size, "black"
        text.prop.background_color, text.prop.background_opacity = "white", 0.75
        text.prop.justification_vertical = "top"
        text.GetPositionCoordinate().SetCoordinateSystemToNormalizedViewport()
        self._plotter.add_actor(text, reset_camera=False, pickable=False)
        return text


def _lines(check: PoseCheck, pose: str, map_pose: str) -> list[str]:
    """Return what stands under the status."""
    lines = [fill(pose, LINE_LETTERS), *([f"(the map is for {map_pose})"] if map_pose else [])]
    if check.points_mm is not None:
        lines.append(f"clearance {check.clearance_mm:.1f} mm: {check.nearest}")
    lines += ["in the way:"] if check.culprits else []
    return [*lines, *(f"    {line}" for line in _shortened(check.culprits, SHOWN_CULPRITS, "pairs"))]


def _shortened(lines: Sequence[str], shown: int, what: str) -> list[str]:
    """Return so many lines, and how many others there are."""
    more = len(lines) - shown
    return [*lines[:shown], *([f"and {more} other {what}"] if more > 0 else [])]
