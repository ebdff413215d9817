"""The bars of what pairs cost, against a count of directions by plain kinematics."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from support.pictures import colour_of_mark

import simulator as sim
from simulator.view.colours import OTHERS, rgb


@pytest.fixture(scope="module")
def box_map() -> sim.CollisionMap:
    """Return a box over less than all directions, sampled coarsely."""
    setup = sim.load_setup("box")
    sweep = sim.Sweep(gantry=(-170, 150, 10), couch=(-90, 80, 10))
    return sim.collision_map(setup, sweep=sweep, method="sampled", workers=1)


def drawn(cmap: sim.CollisionMap):
    """Return axes with bars, with what each pair blocks and what it alone blocks."""
    axes = sim.plot_costs(cmap, Figure(figsize=(7, 4)).add_subplot())
    return axes, *(list(container) for container in axes.containers)


def counted(cmap: sim.CollisionMap) -> dict[str, tuple[float, float]]:
    """Return what each pair blocks, and what it alone does, by looking at many directions one by one."""
    count = 100_000
    up = 1 - 2 * (np.arange(count) + 0.5) / count  # Fibonacci's lattice: each direction has the same share
    turn = np.pi * (1 + np.sqrt(5)) * np.arange(count)
    x, y = np.sqrt(1 - up**2) * np.cos(turn), np.sqrt(1 - up**2) * np.sin(turn)
    gantry, couch = np.degrees(np.arccos(up)), np.degrees(np.arctan2(-y, x))
    not_free = np.asarray(cmap.dataset["pair_status"].values) != 0
    blocks, alone = np.zeros((2, len(cmap.pairs), count), dtype=bool)
    achievable = np.zeros(count, dtype=bool)
    for g, c in ((gantry, couch), (-gantry, couch + 180), (-gantry, couch - 180)):
        row, column = (np.searchsorted(axis.edges(), at) - 1 for axis, at in zip(cmap.sweep, (g, c), strict=True))
        there = (row >= 0) & (row < len(cmap.status)) & (column >= 0) & (column < cmap.status.shape[1])
        here = not_free[:, row[there], column[there]]
        achievable[there] |= ~here.any(axis=0)
        blocks[:, there] |= here
        alone[:, there] |= here.sum(axis=0) - here == 0
    share = 4 * np.pi / count
    return {
        name: (share * (blocks[i] & ~achievable).sum(), share * (alone[i] & ~achievable).sum())
        for i, name in enumerate(cmap.pairs)
    }


def test_bars_are_as_long_as_what_is_blocked(box_map: sim.CollisionMap) -> None:
    axes, blocks, alone = drawn(box_map)
    expected = counted(box_map)
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert len(names) == len(blocks) == len(alone) > 5
    for name, bar, inner in zip(names, blocks, alone, strict=True):
        assert (bar.get_width(), inner.get_width()) == pytest.approx(expected[name], abs=0.02)
        assert inner.get_x() == bar.get_x() == 0.0
    assert max(inner.get_width() for inner in alone) > 0.1
    widths = [bar.get_width() for bar in blocks]
    assert widths == sorted(widths, reverse=True)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first bar is the uppermost
    assert max(widths) == pytest.approx(max(cost for cost, _ in expected.values()), abs=0.02)


def test_values_stand_beside_the_bars(box_map: sim.CollisionMap) -> None:
    axes, blocks, alone = drawn(box_map)
    texts = {round(text.xy[1]): text.get_text() for text in axes.texts if " sr" in text.get_text()}
    for row, (bar, inner) in enumerate(zip(blocks, alone, strict=True)):
        sr, alone_sr = bar.get_width(), inner.get_width()
        assert texts[row].startswith(f"{sr:.2f} sr = {100 * sr / (4 * np.pi):.1f} % of 4π")
        assert (f"alone {alone_sr:.2f} sr" in texts[row]) == (alone_sr >= 0.01)


def test_bars_have_the_colours_and_the_numbers_of_the_map(box_map: sim.CollisionMap) -> None:
    axes, blocks, alone = drawn(box_map)
    marks = {round(text.xy[1]): text.get_text() for text in axes.texts if text.get_text().isdigit()}
    lines = [(key.mark, key.label) for key in sim.view.colours.Palette(box_map).legend()]
    for row, (label, bar) in enumerate(zip(axes.get_yticklabels(), blocks, strict=True)):
        colour = colour_of_mark(marks[row]) if row in marks else OTHERS
        assert to_rgb(bar.get_facecolor()) == pytest.approx(rgb(colour))
        assert row not in marks or (marks[row], label.get_text()) in lines
    assert len(marks) >= 5
    assert all(inner.get_hatch() for inner in alone)


def test_no_more_than_twelve_are_drawn_and_the_others_are_counted(deployed_map: sim.CollisionMap) -> None:
    axes, blocks, _ = drawn(deployed_map)
    costs = sorted((cost for cost, _ in counted(deployed_map).values()), reverse=True)
    others = [cost for cost in costs if cost > 0][12:]
    assert len(blocks) == 12
    (text,) = [text.get_text() for text in axes.texts if "more" in text.get_text()]
    assert text.startswith(f"and {len(others)} more, each at most ")
    assert float(text.split("at most ")[1].split()[0]) == pytest.approx(others[0], abs=0.02)


def test_where_nothing_is_in_the_way_it_says_so(open_map: sim.CollisionMap) -> None:
    axes = sim.plot_costs(open_map, Figure().add_subplot())
    assert [text.get_text() for text in axes.texts] == ["no pair costs any solid angle"]
    assert not axes.patches
