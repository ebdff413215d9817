"""What a notebook shows, read as a browser reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

import simulator as sim
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.sealed import sealed
from simulator.view.colours import OKABE_ITO, rgb

VOID = {"img", "br", "rect", "line"}


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text; every element must be closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data) -> None:
        self.text += data + " "

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_a_map_is_shown_with_all_that_matters(brain_map: sim.CollisionMap) -> None:
    html = brain_map._repr_html_()
    assert len(html) < 150_000
    page = Page(html)
    omega, counts = brain_map.solid_angle(), brain_map.counts()
    costliest = brain_map.pair_costs().iloc[0]
    for part in (
        brain_map.title,
        f"{omega.sr:.2f} sr",
        f"proven: {omega.lower_sr:.2f} to {omega.upper_sr:.2f} sr",
        f"{counts[sim.Status.FREE]:,} free",
        f"{counts[sim.Status.COLLIDING]:,} colliding",
        "72 × 37 poses",
        costliest["pair"],
        f"{costliest['blocks_sr']:.2f}",
        DISCLAIMER,
    ):
        assert part in page.text


def test_the_picture_is_the_map(brain_map: sim.CollisionMap) -> None:
    (image,) = Page(brain_map._repr_html_()).all("img")
    kind, _, data = image["src"].partition(",")
    assert kind == "data:image/png;base64"
    picture = imread(BytesIO(b64decode(data, validate=True)))[..., :3]
    assert 600 < picture.shape[1] < 900
    # Culprits have their colours in the proportions of their poses; patches of the legend are small beside them.
    culprit = brain_map.dataset["culprit"].values[brain_map.status == sim.Status.COLLIDING]
    everywhere = brain_map.dataset["culprit"].values
    ranked = np.argsort(-np.bincount(everywhere[everywhere >= 0]), kind="stable")[:4]
    poses = np.array([(culprit == pair).sum() for pair in ranked])
    pixels = np.array(
        [np.isclose(picture, rgb(colour), atol=0.01).all(axis=-1).sum() for colour in OKABE_ITO[: len(ranked)]]
    )
    np.testing.assert_allclose(pixels / pixels.sum(), poses / poses.sum(), atol=0.03)
    assert pixels.sum() > 0.05 * picture.size / 3


def test_titles_and_names_are_text_and_never_markup(brain_map: sim.CollisionMap) -> None:
    title, name = '<b>x</b> & "y" <script>alert(1)</script>', "<i>head</i> – couch & top"
    dataset = brain_map.dataset.copy()
    dataset.attrs["provenance"] = json.dumps({**brain_map.provenance, "title": title})
    costliest = brain_map.pairs.index(brain_map.pair_costs()["pair"][0])
    names = [name if i == costliest else pair for i, pair in enumerate(brain_map.pairs)]
    page = Page(sim.CollisionMap(sealed(dataset.assign_coords(pair=np.array(names, dtype=object))))._repr_html_())
    assert title in page.text
    assert name in page.text
    assert title in page.all("img")[0]["alt"]
    assert not {"b", "i", "script"} & {tag for tag, _ in page.elements}


def test_a_map_without_obstacles_is_shown_too(open_map: sim.CollisionMap) -> None:
    page = Page(open_map._repr_html_())
    assert "no pair costs any solid angle" in page.text
    assert not page.all("table")


@pytest.mark.parametrize(("lower", "middle", "upper"), [(3.0, 3.5, 4.5), (0.0, 0.0, 0.0), (12.0, 12.3, 4 * np.pi)])
def test_the_bar_of_4pi_is_filled_as_far_as_the_bounds(lower: float, middle: float, upper: float) -> None:
    omega = sim.SolidAngle(middle, lower, upper, is_proven=True)
    page = Page(omega._repr_html_())
    sphere, proven, between = page.all("rect")
    length = float(sphere["width"])
    ends = [float(bar["x"]) + float(bar["width"]) for bar in (proven, between)]
    assert ends == pytest.approx([length * sr / (4 * np.pi) for sr in (lower, upper)], abs=2e-3)
    assert float(proven["x"]) == 0.0
    assert float(between["x"]) == pytest.approx(ends[0], abs=2e-3)
    (estimate,) = page.all("line")
    assert float(estimate["x1"]) == float(estimate["x2"]) == pytest.approx(length * middle / (4 * np.pi), abs=2e-3)
    places = {float(mark["x"]) for mark in page.all("text")}
    assert places == {0.0, length / 2, length}
    assert f"{middle:.2f} sr = {100 * middle / (4 * np.pi):.1f} % of 4π" in page.text
    assert f"proven: {lower:.2f} to {upper:.2f} sr" in page.text


def test_bounds_that_are_no_proofs_are_not_called_so() -> None:
    assert "proven" not in Page(sim.SolidAngle(3.0, 2.0, 4.0)._repr_html_()).text


def test_matplotlib_is_loaded_when_a_notebook_asks_and_not_before() -> None:
    code = (
        "import sys, simulator as sim; omega = sim.SolidAngle(1.0, 0.5, 2.0); repr(omega);"
        "print('matplotlib' in sys.modules); print('4π' in omega._repr_html_())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
