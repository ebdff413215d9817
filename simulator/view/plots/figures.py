"""Figures fit for a paper: two columns wide, type of 7 to 9 points, the same bytes for the same picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from textwrap import fill
from threading import RLock
from typing import TYPE_CHECKING, Any

from simulator.errors import count_of_warnings
from simulator.maps.collision_map import CollisionMap
from simulator.maps.free_extent import FreeExtent
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.solid_angle import SolidAngle
from simulator.view.colours import Key, Palette
from simulator.whole_files import file_path, written_whole

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

WIDTH_MM = 180.0
"""Two columns and what is between them, in most journals."""
DPI = 300
MM_PER_INCH = 25.4
SMALL, NORMAL, LARGE = 7.0, 8.0, 9.0
"""Sizes of type, in points."""
LINE_MM = {size: 1.35 * size * MM_PER_INCH / 72 for size in (SMALL, LARGE)}
LETTERS_PER_MM = {size: 72 / MM_PER_INCH / (0.58 * size) for size in (SMALL, LARGE)}
"""How far lines are apart, and how many letters fit, on average, in the type that matplotlib brings along."""
STYLE: dict[str, Any] = {
    "font.size": NORMAL,
    "axes.labelsize": NORMAL,
    "axes.titlesize": NORMAL,
    "figure.titlesize": LARGE,
    "legend.fontsize": SMALL,
    "legend.title_fontsize": SMALL,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "hatch.linewidth": 0.6,
    "figure.constrained_layout.h_pad": 0.05,
    "figure.constrained_layout.w_pad": 0.03,
    "text.parse_math": False,  # a title may have dollars in it
    "pdf.fonttype": 42,  # journals ask for TrueType
    "svg.hashsalt": "simulator",  # names of parts are the same in every run
}
METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
    ".svg": {"Date": None},
}
"""Kinds of files, with what must be left out of them for the bytes to be the same."""
_drawing = RLock()


@contextmanager
def paper_style() -> Iterator[None]:
    """Draw and write in the style of these figures, whatever the user's is; a decorator, too.

    A style is set for all threads, and set back: they draw one after the other.
    """
    from matplotlib import style

    with _drawing, style.context(STYLE, after_reset=True):
        yield


def paper_figure(
    content_mm: float,
    *title: str,
    handles: Sequence[Artist] = (),
    legend_title: str | None = None,
    width_mm: float = WIDTH_MM,
) -> Figure:
    """Return a figure that needs no screen and no global state, with title, legend and disclaimer.

    Parameters
    ----------
    content_mm : float
        Room in height for what is to be drawn, its axes' labels included.
    *title : str
        Lines above it, broken where they are longer than the figure is wide.
    handles : sequence of artists
        What the legend below has, in as many columns as its longest line leaves room for.
    legend_title : str, optional
        Its title.
    width_mm : float
        Width of the figure.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_mm / MM_PER_INCH, 1.0), dpi=DPI)
    FigureCanvasAgg(figure)
    text = fill(DISCLAIMER, int(width_mm * LETTERS_PER_MM[SMALL]))
    foot_mm = 2.0 + LINE_MM[SMALL] * (1 + text.count("\n"))
    legend_mm, legend = 0.0, None
    if handles:
        longest = max(len(str(handle.get_label())) for handle in handles)
        columns = max(1, int(width_mm / (12.0 + longest / LETTERS_PER_MM[SMALL])))
        legend = figure.legend(
            handles=handles, loc="lower center", ncols=columns, title=legend_title, frameon=False, borderpad=0.0
        )
        legend.set_in_layout(False)
        legend_mm = legend.get_window_extent().height / DPI * MM_PER_INCH + 3.0
    lines = "\n".join(fill(line, int(width_mm * LETTERS_PER_MM[LARGE])) for line in title)
    title_mm = LINE_MM[LARGE] * (1 + lines.count("\n")) if lines else 0.0
    height_mm = title_mm + content_mm + legend_mm + foot_mm
    figure.set_figheight(height_mm / MM_PER_INCH)
    if lines:
        figure.suptitle(lines)
    figure.text(0.5, 1.0 / height_mm, text, fontsize=SMALL, color="#555555", ha="center").set_in_layout(False)
    below = (legend_mm + foot_mm) / height_mm
    # What is drawn asks how large its axes are before the layout is made: it will be about so.
    labels_mm = 10.0
    figure.subplotpars.update(
        left=labels_mm / width_mm,
        right=0.99,
        bottom=below + labels_mm / height_mm,
        top=1.0 - (title_mm + 3.0) / height_mm,
    )
    figure.set_layout_engine("constrained", rect=(0.0, below, 1.0, 1.0 - below))
    if legend is not None:
        legend.set_bbox_to_anchor((0.5, foot_mm / height_mm))
    return figure


def culprits_figure(
    cmap: CollisionMap,
    palette: Palette,
    content_mm: float,
    more: Sequence[Artist] = (),
    *,
    has_title: bool = True,
    width_mm: float = WIDTH_MM,
) -> Figure:
    """Return a figure with the title of a map, its solid angle and a legend of its culprits.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    palette : Palette
        Its colours.
    content_mm : float
        Room in height for what is to be drawn.
    more : sequence of artists
        What else the legend has.
    has_title : bool
        Whether title and solid angle stand above.
    width_mm : float
        Width of the figure.
    """
    return paper_figure(
        content_mm,
        *(titles(cmap) if has_title else ()),
        handles=[*patches(palette.legend()), *more],
        legend_title="in the way (lighter: within the buffer)" if cmap.pairs else "nothing is in the way",
        width_mm=width_mm,
    )


def titles(cmap: CollisionMap) -> tuple[str, ...]:
    """Return the lines above a picture of a map; what can be reached from the home pose, where that is known."""
    reached = cmap.reachable().solid_angle
    more = [] if reached is None else [f"reachable {shown(replace(reached, warnings=()))}"]
    what = "achievable" if cmap.has_area else "free"
    return cmap.title, f"{what} {shown(cmap.achievable())}", *more


def png(figure: Figure, dpi: int) -> bytes:
    """Return a figure as a PNG.

    It is drawn once, which makes the layout first. `savefig` draws all of it twice, to have a layout for any format.
    """
    canvas: Any = figure.canvas
    figure.set_dpi(dpi)
    buffer = BytesIO()
    canvas.print_png(buffer, metadata=METADATA[".png"])
    return buffer.getvalue()


def write(figure: Figure, path: Path) -> None:
    """Write a figure, whole or not at all; the ending of the path says in which format.

    Raises
    ------
    SimulatorError
        If the ending is of no format that is written, or the file cannot be.
    """
    ending = file_path(path, *METADATA).suffix.lower()
    with written_whole(path) as unfinished:
        if ending == ".png":
            unfinished.write_bytes(png(figure, DPI))
        else:
            figure.savefig(unfinished, dpi=DPI, metadata=METADATA[ending])


def patches(keys: Sequence[Key]) -> list[Patch]:
    """Return the lines of a legend."""
    from matplotlib.patches import Patch

    return [
        Patch(
            facecolor=key.rgb, edgecolor="black", linewidth=0.5, label=short(f"{key.mark} {key.label}".strip(), 110)
        )
        for key in keys
    ]


def shown(omega: SolidAngle | FreeExtent) -> str:
    """Return a solid angle, or a free extent, with its bounds, as titles have it, and how many warnings there are."""
    if isinstance(omega, FreeExtent):
        return f"{omega.stated()}{count_of_warnings(omega.warnings)}"
    return (
        f"{omega.sr:.2f} sr = {100 * omega.fraction_of_4pi:.1f} % of 4π "
        f"({'proven: ' if omega.is_proven else ''}{omega.lower_sr:.2f} to {omega.upper_sr:.2f} sr)"
        f"{count_of_warnings(omega.warnings)}"
    )


def short(text: str, width: int) -> str:
    """Return a text of at most so many letters, cut where it is longer."""
    return text if len(text) <= width else text[: width - 1] + "…"
