"""In a notebook's own kernel: values show themselves, and the window is a picture below the cell."""

from __future__ import annotations

import base64
import io

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread
from nbclient import NotebookClient

CELLS = [
    "import simulator as sim, pyvista\n"
    "from dataclasses import replace\n"
    "pyvista.set_jupyter_backend('static')\n"
    "box = sim.load_setup('box')\n"
    "box = replace(box, sweep=box.sweep.with_steps(gantry=30.0, couch=30.0))\n"
    "cmap = sim.collision_map(box, method='sampled', workers=1)\n"
    "cmap",
    "cmap.solid_angle()",
    "sim.show(box, cmap, gantry=30)",
]


@pytest.mark.usefixtures("renderer")
def test_a_notebook() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown = [[output for output in cell.outputs if "data" in output] for cell in notebook.cells]
    assert "<img" in shown[0][0].data["text/html"]
    assert "<svg" in shown[1][0].data["text/html"]
    picture = imread(io.BytesIO(base64.b64decode(shown[2][0].data["image/png"])))[..., :3]
    assert picture.shape[1] > picture.shape[0] > 300
    assert len(np.unique((picture * 15).astype(int).reshape(-1, 3), axis=0)) > 50
