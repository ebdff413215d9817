"""Figures as a journal's art editor measures them: size, type, overlaps, and files that are the same again."""

from __future__ import annotations

import json
import re
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

import simulator as sim
from simulator.maps.buffer_curve import BufferCurve
from simulator.maps.sealed import sealed
from simulator.view.drawn import figure_png
from simulator.view.plots.buffers import buffers_figure
from simulator.view.plots.costs import save_costs
from simulator.view.plots.hemispheres import save_sphere
from simulator.view.plots.maps import map_figure, save_map

SAVES = (save_map, save_sphere, save_costs)
LONG = "A title of many letters, with $\\no{ and $5, 100 % of {braces} \\ and _underscores_ in it, " * 2


def titled(cmap: sim.CollisionMap, title: str, pairs: list[str] | None = None) -> sim.CollisionMap:
    """Return a map with another title, and other names of its pairs."""
    dataset = cmap.dataset.copy()
    dataset.attrs["provenance"] = json.dumps({**cmap.provenance, "title": title})
    if pairs is not None:
        dataset = dataset.assign_coords(pair=np.array(pairs, dtype=object))
    return sim.CollisionMap(sealed(dataset))


def grey(path: Path) -> np.ndarray:
    """Return the luminance of a picture, 0 to 1."""
    return np.asarray(Image.open(path).convert("L")) / 255


@pytest.mark.parametrize("save", SAVES)
def test_pictures_are_two_columns_wide_at_300_dots_an_inch(save, deployed_map, tmp_path: Path) -> None:
    save(deployed_map, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert picture.width / 300 * 25.4 == pytest.approx(180, abs=0.1)
        assert 40 < picture.height / 300 * 25.4 < 225  # a page has 240 mm
    # Nothing reaches the rim of the picture, so nothing is cut there.
    luminance = grey(tmp_path / "a.png")
    for rim in (luminance[:3], luminance[-3:], luminance[:, :3], luminance[:, -3:]):
        assert rim.min() > 0.99


@pytest.mark.parametrize("ending", [".png", ".pdf", ".svg"])
def test_files_are_the_same_bytes_again_whatever_the_user_s_style(ending: str, brain_map, tmp_path: Path) -> None:
    for save in SAVES:
        save(brain_map, tmp_path / f"a{ending}")
        with matplotlib.rc_context(
            {"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 20, "svg.hashsalt": "x"}
        ):
            save(brain_map, tmp_path / f"b{ending}")
        first, second = ((tmp_path / f"{name}{ending}").read_bytes() for name in "ab")
        assert first == second
        assert first[:5] == {".png": b"\x89PNG\r", ".pdf": b"%PDF-", ".svg": b"<?xml"}[ending]
        assert not re.search(rb"(CreationDate|<dc:date>|D:20\d\d)", first)


def test_other_endings_are_refused(brain_map, tmp_path: Path) -> None:
    with pytest.raises(sim.SimulatorError, match=r"must end in \.png or \.pdf or \.svg"):
        save_map(brain_map, tmp_path / "map.docx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", [".png", ".pdf"])
def test_a_picture_that_cannot_be_written_leaves_that_before(ending: str, brain_map, tmp_path, monkeypatch) -> None:
    path = tmp_path / f"map{ending}"
    path.write_bytes(b"of an earlier run")

    def full(file: Path, content: bytes) -> None:
        with file.open("wb") as stream:
            stream.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(Figure, "savefig", lambda _, file, **how: full(file, b"%PDF-1.4"))  # noqa: ARG005
    with pytest.raises(sim.SimulatorError, match="cannot be written: No space left on device"):
        save_map(brain_map, path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"of an earlier run"]


def test_type_is_of_7_to_9_points_and_nothing_overlaps(deployed_map: sim.CollisionMap) -> None:
    figure = map_figure(titled(deployed_map, LONG))
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    assert {text.get_fontsize() for text in texts} <= {7.0, 8.0, 9.0}
    (axes,), (legend,) = figure.axes, figure.legends
    (foot,) = [text for text in figure.texts if "no result is a clinical clearance" in text.get_text()]
    title = next(text for text in texts if text.get_text().startswith("A title"))
    assert LONG.strip() in " ".join(title.get_text().split("\n"))
    stacked = [title.get_window_extent(), axes.get_tightbbox(), legend.get_window_extent(), foot.get_window_extent()]
    for above, below in pairwise(stacked):
        assert above.y0 > below.y1
    page = figure.bbox
    for box in [text.get_window_extent() for text in texts]:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1


def test_names_of_any_length_leave_room_for_the_picture(deployed_map: sim.CollisionMap, tmp_path: Path) -> None:
    """A name may have 200 letters: a pair has two, and dollars are no mathematics."""
    long = "$\\long{name " * 33
    names = [f"{i} {long}" for i in range(len(deployed_map.pairs))]
    cmap = titled(deployed_map, "$", names)
    for save in SAVES:
        save(cmap, tmp_path / "a.png")
        assert np.mean(grey(tmp_path / "a.png") < 0.7) > 0.05
    figure = map_figure(cmap)
    figure.draw_without_rendering()
    assert figure.axes[0].get_window_extent().width > 0.8 * figure.bbox.width
    assert figure.legends[0].get_window_extent().width <= figure.bbox.width


def test_regions_are_told_apart_in_greyscale(brain_map: sim.CollisionMap, tmp_path: Path) -> None:
    """The map as grey: numbers are written dark within a light rim, and a light line parts neighbours."""
    save_map(brain_map, tmp_path / "map.png")
    luminance = grey(tmp_path / "map.png")
    free, blocked = np.mean(luminance > 0.98), np.mean((luminance > 0.2) & (luminance < 0.75))
    assert free > 0.5
    assert blocked > 0.1
    figure = map_figure(brain_map)
    figure.draw_without_rendering()
    numbers = [text for text in figure.axes[0].texts if text.get_text().isdigit()]
    assert len(numbers) >= 8
    for number in numbers:
        box = number.get_window_extent()
        top, bottom = luminance.shape[0] - int(box.y1), luminance.shape[0] - int(box.y0)
        inside = luminance[top:bottom, int(box.x0) : int(box.x1)]
        assert inside.min() < 0.05
        assert inside.max() > 0.95


def test_the_curve_is_drawn_too() -> None:
    """And shows the curve: another one is another picture, the same one the same bytes."""
    pictures = []
    for last_sr in (5.0, 5.0, 4.0):
        curve = BufferCurve(np.array([0.0, 50.0]), np.array([6.0, last_sr]), np.array([6.1, last_sr + 0.1]))
        pictures.append(figure_png(buffers_figure, curve, LONG))
    assert pictures[0] == pictures[1] != pictures[2]
    with Image.open(BytesIO(pictures[0])) as picture:
        assert picture.width / 300 * 25.4 == pytest.approx(120, abs=0.1)
