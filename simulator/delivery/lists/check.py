"""Whether each beam of a list is free, by the check of plans."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.arguments import checked
from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.plan_values import plan_of
from simulator.plans.check import check_plan
from simulator.plans.checked import PlanCheck
from simulator.setup.setup import Setup

SAME_POINT_MM = 0.5


@checked
def check_beams(
    setup: Setup,
    beams: BeamList,
    *,
    is_delivered: bool = False,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> PlanCheck:
    """Return what holds of every beam of a list: proven free all the way, or what is in the way.

    Parameters
    ----------
    setup : Setup
        Machine, couch and patient. The patient lies as the list says; beams have the set-up's isocentre, or the
        list's where that is in the axes of a patient from a structure set.
    beams : BeamList
        Read from a file, or made of a table.
    is_delivered : bool
        True if the beams are delivered in the order of the list: then moves between them, margins and suggestions are
        checked, too. Candidates have none.
    workers : int
        Number of threads. The answer does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    PlanCheck
        Beams are numbered from 1, in the order of the list.

    Raises
    ------
    SimulatorError
        If the machine cannot deliver a beam: a line for each reason.

    Examples
    --------
    >>> import simulator as sim
    >>> import pandas as pd
    >>> setup = sim.load_setup("brain")
    >>> beams = sim.BeamList.of(setup, pd.DataFrame({"gantry_deg": [60, 120], "couch_deg": [15, 30]}))
    >>> checked = sim.check_beams(setup, beams)
    >>> [beam.is_free for beam in checked.beams]
    [True, False]
    >>> checked.beams[1].worst.pair
    'head cover – patient arms'
    """
    scan = setup.patient.scan
    frame = "" if scan is None else scan.frame_of_reference
    plan = plan_of(beams, setup, remarks=_remarks(setup, beams, frame), frame_of_reference=frame)
    return check_plan(plan, setup, is_delivered=is_delivered, workers=workers, progress=progress)


def _remarks(setup: Setup, beams: BeamList, frame_of_reference: str) -> tuple[str, ...]:
    """Return a warning if the list is for another isocentre; for a patient's own axes, that one is checked."""
    own = setup.isocentre_patient_mm
    apart_mm = float(np.linalg.norm(np.subtract(beams.isocentre_mm, own)))
    if apart_mm <= SAME_POINT_MM:
        return ()
    told = " and ".join("[" + ", ".join(f"{value:g}" for value in place) + "]" for place in (beams.isocentre_mm, own))
    checked = "the list's" if frame_of_reference else "the set-up's"
    return (f"the list and the set-up have other isocentres, {told} mm: checked with {checked}",)
