"""A fit that somebody made by hand, for tests of what is done with one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import simulator as sim
from simulator.commission.fit import Fit


def made_fit(rooms: sim.Rooms, values: Sequence[float], errors: Sequence[float], left_out_mm: Sequence[float]) -> Fit:
    """Return a fit with values and standard errors, as many readings as errors left out one by one, and no more."""
    n, m = len(left_out_mm), len(values)
    readings = tuple(
        sim.Reading(line, next(iter(rooms.setups)), "CW", None, 10.0 + line, (), 0.5, 0.0, {"couch": 0.0})
        for line in range(2, n + 2)
    )
    left = np.array(left_out_mm, dtype=float)
    return Fit(
        unknowns=rooms.unknowns,
        readings=readings,
        values_mm=np.array(values, dtype=float),
        standard_errors_mm=np.array(errors, dtype=float),
        standard_errors_alone_mm=np.array(errors, dtype=float),
        correlations=np.eye(m),
        predicted_deg=np.array([reading.contact_deg for reading in readings]),
        predicted_parts=(("a", "b"),) * n,
        mm_per_degree=np.full(n, 2.0),
        residuals_deg=left / 2.0,
        residuals_mm=left,
        studentized=left,
        leave_one_out_deg=left / 2.0,
        leave_one_out_mm=left,
        suspects=(),
        unknowable=(),
        dof=float(n - m),
        sigma=1.0,
        t_95=2.0,
        has_converged=True,
        remarks=(),
    )
