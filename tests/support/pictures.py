"""What a picture shows, read from its elements."""

from __future__ import annotations

import numpy as np

from simulator.view.colours import LIGHTER, OKABE_ITO, OTHERS, rgb


def shades(colour: str) -> tuple[np.ndarray, np.ndarray]:
    """The colour of what collides, and the lighter one of what is within the buffer."""
    full = np.array(rgb(colour))
    return full, 1 - (1 - full) * (1 - LIGHTER)


def colours_of(image):
    """The colours (rows, columns, 3) of the elements of a picture: those of its map, where it has numbers."""
    values = np.asarray(image.get_array())
    return values if values.ndim == 3 else image.get_cmap()(values)[..., :3]


def colour_of_mark(mark: str) -> str:
    """The colour that a number stands for."""
    return OTHERS if mark == "+" else OKABE_ITO[int(mark) - 1]


def elements_at(image, x, y) -> np.ndarray:
    """The colours (n, 3) of an image's elements at places in its axes."""
    colours = colours_of(image)
    left, right, bottom, top = image.get_extent()
    column = np.clip((np.asarray(x) - left) / (right - left) * colours.shape[1], 0, colours.shape[1] - 1).astype(int)
    up = np.clip((np.asarray(y) - bottom) / (top - bottom) * colours.shape[0], 0, colours.shape[0] - 1).astype(int)
    return colours[up if image.origin == "lower" else colours.shape[0] - 1 - up, column]


def marks_of(axes) -> list:
    """The numbers that stand in a picture."""
    return [text for text in axes.texts if text.get_text() in {*map(str, range(1, 8)), "+"}]


def assert_marks_are_inside(axes, figure) -> None:
    """All of each number is in a region of its own colour."""
    figure.draw_without_rendering()
    for text in marks_of(axes):
        box = text.get_window_extent()
        corners = [(x, y) for x in np.linspace(box.x0, box.x1, 7) for y in np.linspace(box.y0, box.y1, 7)]
        # The type's box has room for letters that go below the line: its middle three fifths are the number.
        x, y = axes.transData.inverted().transform(corners).reshape(7, 7, 2)[:, 1:-1].reshape(-1, 2).T
        found = elements_at(axes.images[0], x, y)
        own = [np.isclose(found, shade).all(axis=1) for shade in shades(colour_of_mark(text.get_text()))]
        assert (own[0] | own[1]).all(), f"{text.get_text()} at {text.get_position()}"
