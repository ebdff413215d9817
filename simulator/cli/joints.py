"""Joints on the command line: ``--gantry 60``, ``--gantry-step 2``, for whatever joints a machine has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import cyclopts

from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from simulator.scenario.sweep import Sweep

STEP = "step"

Pose = Annotated[
    float,
    cyclopts.Parameter(
        help="A value for each joint that is swept, by its name: --gantry 60 --couch 15. IEC 61217 degrees; what is "
        "beyond the joint's limits is turned by 360: 350 is -10."
    ),
]
Steps = Annotated[
    float, cyclopts.Parameter(help="Steps of joints, by their names: --gantry-step 2 --couch-step 5, degrees or mm.")
]


def with_steps(sweep: Sweep, given: Mapping[str, float]) -> Sweep:
    """Return a sweep with the steps of options such as ``gantry_step`` (as --gantry-step is called in Python).

    Raises
    ------
    SimulatorError
        If an option is no step of a joint that is swept.
    """
    steps = {}
    for name, step in given.items():
        joint = name.replace("-", "_").removesuffix(f"_{STEP}")
        if joint not in sweep.joints or joint == name:
            options = ", ".join(f"--{joint.replace('_', '-')}-step" for joint in sweep.joints)
            raise SimulatorError(
                f"--{name.replace('_', '-')}: unknown option; available for this scenario: {options}"
            )
        steps[joint] = step
    return sweep.with_steps(**steps)


def split_steps(given: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the options that are values of joints, and those that are steps."""
    names = {name.replace("-", "_"): value for name, value in given.items()}
    steps = {name: value for name, value in names.items() if name.endswith(f"_{STEP}")}
    return {name: value for name, value in names.items() if name not in steps}, steps
