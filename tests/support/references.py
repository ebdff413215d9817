"""Pictures as they were: small, and compared so that another renderer's edges and type do not count.

``RENEW_PICTURES=1 python -m pytest tests/view/window/test_window.py -k "pose or eye"`` draws them anew; look at them
before they are committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parents[1] / "view" / "references"
SMALLER = 4
DIFFERENT = 0.1
"""In any colour, 0 to 1, after making the picture smaller: more than what edges and lettering differ by."""


def small(picture: np.ndarray) -> np.ndarray:
    """Return a picture (height, width, 3) of bytes, a quarter as large."""
    return np.asarray(Image.fromarray(picture).reduce(SMALLER))


def share_that_differs(picture: np.ndarray, name: str) -> float:
    """Return the share of a picture that is not as in the reference of that name."""
    path = FOLDER / f"{name}.png"
    if os.environ.get("RENEW_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        Image.fromarray(small(picture)).save(path)
    before = np.asarray(Image.open(path).convert("RGB"), dtype=float) / 255
    now = small(picture) / 255
    assert now.shape == before.shape
    return float((np.abs(now - before).max(axis=-1) > DIFFERENT).mean())
