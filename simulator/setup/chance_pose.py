"""The chance of a contact at one pose, where errors of the set-up are normal: an estimate, and proven bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.certify.branch_and_bound import FREE, NOT_FREE
from simulator.certify.cells import demanded_mm
from simulator.certify.error_sets import Likely
from simulator.certify.form import estimated_chances
from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.scenario.setup_errors import Errors
from simulator.setup.engines import robust_prover_of
from simulator.setup.erring import error_joint, sizes_of
from simulator.setup.robust_pose import robust_at

DECADES = tuple(10.0**-k for k in range(1, 9))
"""The chances that are asked about."""


@dataclass(frozen=True, repr=False)
class ChanceOfContact:
    """How likely it is that a pose is not free; with no buffers, that parts touch.

    Attributes
    ----------
    pose : dict of str to float
        The joints asked about, in degrees (IEC 61217) or mm, within their limits.
    estimate : float
        By the first-order reliability method.
    lower, upper : float
        Proven bounds, powers of ten; 0 and 1 where nothing better is proven.
    """

    pose: dict[str, float]
    estimate: float
    lower: float
    upper: float

    def stated(self) -> str:
        """Return it as a sentence, in per cent."""
        bounds = f"proven between {100 * self.lower:g} and {100 * self.upper:g} %"
        return f"chance of a contact {100 * self.estimate:.2g} % (estimate; {bounds})"

    def __repr__(self) -> str:
        return f"ChanceOfContact({self.stated()})"


def chance_at(scene: Scene, errors: Errors, pose: Mapping[str, float]) -> ChanceOfContact:
    """Return the chance of a contact at a pose of a room with errors.

    Parameters
    ----------
    scene : Scene
        The room with a joint for each error.
    errors : Errors
        One at least must have a standard deviation. Those within bounds are at their worst.
    pose : mapping of str to float
        On the scales of the joints.
    """
    bounds, deviation = sizes_of(errors)
    names = (*pose, *map(error_joint, errors.given))
    at = np.array([list(pose.values())], dtype=float)
    normal = frozenset((len(pose) + np.flatnonzero(deviation > 0.0)).tolist())
    prover = robust_prover_of(scene, names, normal)
    estimate = float(estimated_chances(prover, at, bounds, deviation, demanded_mm(prover))[0])
    lower, upper = 0.0, 1.0
    for chance in DECADES:
        try:
            likely = Likely.of(bounds, deviation, chance)
        except SimulatorError:  # more than these errors can tell
            continue
        status = int(robust_at(prover, at, likely).cells.status[0])
        if status == FREE:
            upper = chance
        elif status == NOT_FREE:
            lower = max(lower, chance)
    return ChanceOfContact(dict(pose), estimate, lower, upper)
