"""What every command shares: the application, and how a scenario is loaded."""

from __future__ import annotations

import sys
from typing import Annotated

import cyclopts

import simulator

app = cyclopts.App(
    name="simulator",
    help="Where can a linear accelerator aim? Collision maps and the achievable solid angle.\n\n"
    "Research software: models are representative and not vendor-validated; no result is a clinical clearance.",
    version=simulator.__version__,
    suppress_keyboard_interrupt=False,
)

ScenarioName = Annotated[str, cyclopts.Parameter(help="A TOML file, or the name of a shipped scenario.")]


def load(scenario: str) -> simulator.Setup:
    """Load a setup; warnings about meshes go to standard error as plain lines."""
    import warnings

    from simulator.models.mesh_files import MeshWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        setup = simulator.load_setup(scenario)
    for text in setup.warnings:
        print(f"simulator: warning: {text}", file=sys.stderr)
    return setup
