"""``simulator pose``."""

from __future__ import annotations

from typing import Annotated

import cyclopts

from simulator.cli.app import ANGLE, ScenarioName, load, read


def pose(
    scenario: ScenarioName,
    /,
    *,
    gantry: Annotated[float, cyclopts.Parameter(help=ANGLE)],
    couch: Annotated[float, cyclopts.Parameter(help=ANGLE)],
) -> None:
    """Tell what holds at one pose: free, within the buffer or colliding; the culprits; the clearance in mm."""
    from simulator.collision.answers import asked_pose

    (setup,) = load([read(scenario)])
    check = setup.check(gantry=gantry, couch=couch)
    print(f"{asked_pose(gantry, couch, check)}: {check.status}")
    for culprit in check.culprits:
        print(f"  {culprit}")
    if check.nearest is not None:
        print(f"  clearance {check.clearance_mm:.1f} mm, nearest: {check.nearest}")
    if check.points_mm is not None:
        print("  between " + " and ".join("({:.1f}, {:.1f}, {:.1f})".format(*point) for point in check.points_mm))
