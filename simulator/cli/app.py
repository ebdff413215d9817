"""What every command shares: the application, and how scenarios are read and set up."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated, Literal

import cyclopts

import simulator
from simulator.errors import warned

app = cyclopts.App(
    name="simulator",
    help="Where can a linear accelerator aim? Collision maps and the achievable solid angle.\n\n"
    "Research software: models are representative and not vendor-validated; no result is a clinical clearance.",
    version=simulator.__version__,
    suppress_keyboard_interrupt=False,
)

ScenarioName = Annotated[str, cyclopts.Parameter(help="A TOML file, or the name of a shipped scenario.")]
Method = Annotated[Literal["certified", "sampled"], cyclopts.Parameter(help="Prove bounds, or only sample poses.")]
Judge = Annotated[
    Literal["proven", "all"],
    cyclopts.Parameter(help="What FCL judges: what is not proven apart and one in a hundred of the rest, or all."),
]
Tolerance = Annotated[
    float | None,
    cyclopts.Parameter(
        help="Distance of the proven bounds, as a share of 4π or of all values; 0.002 (volumes: 0.02)."
    ),
]


def read(scenario: str) -> simulator.Scenario:
    """Return a scenario given as a path or a shipped name."""
    from simulator.models.library import find_scenario

    return simulator.Scenario.read(find_scenario(scenario))


def load(scenarios: Iterable[simulator.Scenario]) -> list[simulator.Setup]:
    """Set scenarios up; warnings about meshes go to standard error as plain lines, each once."""
    import warnings

    from simulator.models.mesh_files import MeshWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        setups = [simulator.load_setup(scenario) for scenario in scenarios]
    for line in warned(text for setup in setups for text in setup.warnings):
        print(f"simulator: {line}", file=sys.stderr)
    return setups
