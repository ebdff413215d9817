"""The 3D room, drawn without a screen where there is a renderer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.image import imread

PROBE = "import pyvista as pv; pv.Plotter(off_screen=True).screenshot(return_img=True)"
DRAW = """
import sys, simulator as sim
setup = sim.load_setup("box")
sim.show(setup, gantry=0, couch=0, screenshot=sys.argv[1])
sim.show(setup, gantry=100, couch=60, screenshot=sys.argv[2])
"""


@pytest.fixture(scope="module")
def renderer() -> None:
    """Skip where VTK has no renderer: it may end the process, so a child process asks."""
    probe = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("VTK cannot render here: a system library such as libegl1 or libosmesa6 is missing")


@pytest.mark.usefixtures("renderer")
def test_a_collision_is_red_and_a_free_pose_is_not(tmp_path: Path) -> None:
    paths = [str(tmp_path / "free.png"), str(tmp_path / "colliding.png")]
    subprocess.run([sys.executable, "-c", DRAW, *paths], check=True, capture_output=True)
    free, colliding = (imread(path)[..., :3] for path in paths)
    red = [(image[..., 0] > 2.5 * image[..., 1:].max(axis=-1)).mean() for image in (free, colliding)]
    assert red[0] < 0.001
    assert red[1] > 0.02
