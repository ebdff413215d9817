"""The pictures of the README, drawn anew: ``python -m simulator.view.gallery`` in a copy of the repository."""

from __future__ import annotations

from pathlib import Path

from simulator.maps.compute import collision_map
from simulator.setup.loading import load_setup
from simulator.view.plots.costs import save_costs
from simulator.view.plots.hemispheres import save_sphere
from simulator.view.plots.maps import save_map
from simulator.view.show import write_screenshot

FOLDER = Path(__file__).parents[2] / "scenarios" / "pictures"
SCENARIO = "brain"
POSE = {"gantry": 60.0, "couch": 15.0}


def draw(folder: Path) -> list[Path]:
    """Write the window, the map, the sphere and the costs of a scenario, and return the files."""
    setup = load_setup(SCENARIO)
    cmap = collision_map(setup)
    files = {name: folder / f"{SCENARIO}_{name}.png" for name in ("window", "map", "sphere", "costs")}
    folder.mkdir(parents=True, exist_ok=True)
    write_screenshot(setup, files["window"], cmap, **POSE, controls=True)
    save_map(cmap, files["map"])
    save_sphere(cmap, files["sphere"])
    save_costs(cmap, files["costs"])
    return list(files.values())


if __name__ == "__main__":
    for file in draw(FOLDER):
        print(file)  # noqa: T201
