"""``simulator pose``."""

from __future__ import annotations

from dataclasses import replace

from simulator.cli.app import ScenarioName, load, read
from simulator.cli.joints import Pose


def pose(scenario: ScenarioName, /, **joints: Pose) -> None:
    """Tell what holds at one pose: free, within the buffer or colliding; the culprits; the clearance in mm."""
    from simulator.collision.answers import asked_pose
    from simulator.setup.arm_room import OUT_OF_REACH

    (setup,) = load([read(scenario)])
    asked = {joint.replace("-", "_"): value for joint, value in joints.items()}
    check = setup.check(**asked)
    if check.culprits == (OUT_OF_REACH,):
        of_beam = replace(check, pose={joint: check.pose[joint] for joint in asked})
        print(f"{asked_pose(setup.scene, asked, of_beam)}: out of the arm's reach")
        return
    print(f"{asked_pose(setup.scene, asked, check)}: {check.status}")
    for culprit in check.culprits:
        print(f"  {culprit}")
    if check.nearest is not None:
        print(f"  clearance {check.clearance_mm:.1f} mm, nearest: {check.nearest}")
    if check.points_mm is not None:
        print("  between " + " and ".join("({:.1f}, {:.1f}, {:.1f})".format(*point) for point in check.points_mm))
    if setup.errors.are_bounded and setup.errors:
        print(f"  {setup.errors}: {setup.check_robust(**asked).stated()}")
    elif setup.errors:
        print(f"  {setup.errors}: {setup.chance_of_contact(**asked).stated()}")
