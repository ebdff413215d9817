"""Many machines at many sites: what each reaches, with bounds, what is in its way, and what was claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.maps.compute import collision_map
from simulator.maps.kinematic import kinematic_solid_angle
from simulator.maps.progress import Progress, shown
from simulator.maps.solid_angle import SolidAngle
from simulator.scenario.survey import Survey, SurveyMachine, SurveySite
from simulator.scenario.sweep import Axis, Sweep
from simulator.setup.loading import load_setup
from simulator.setup.setup import Setup

SHOWN_CULPRITS = 3


@dataclass(frozen=True)
class Surveyed:
    """What one machine reaches at one site.

    Attributes
    ----------
    machine, site : str
        Names in the survey.
    kinematic : SolidAngle, optional
        By its joints alone; None if it could not be placed.
    achievable : SolidAngle, optional
        With collisions.
    culprits : tuple of (str, float)
        The pairs that cost most, and the sr that each blocks.
    note : str
        Why there is no answer, or what the answer is about; empty for most.
    claim : str, optional
        What was published of the site.
    claimed_at_most : float, optional
        As a share of 4π.
    """

    machine: str
    site: str
    kinematic: SolidAngle | None = None
    achievable: SolidAngle | None = None
    culprits: tuple[tuple[str, float], ...] = ()
    note: str = ""
    claim: str | None = None
    claimed_at_most: float | None = None

    @property
    def verdict(self) -> str:
        """Whether a claimed upper bound is kept, exceeded, or open within the bounds; empty without a claim."""
        if self.claimed_at_most is None or self.achievable is None:
            return ""
        whole_sr = FULL_SPHERE_SR * self.claimed_at_most
        if self.achievable.lower_sr > whole_sr:
            return "exceeded"
        return "kept" if self.achievable.upper_sr <= whole_sr else "open"


def run_survey(
    survey: Survey, *, tolerance: float = 0.01, workers: int | None = None, progress: Progress | None = None
) -> tuple[Surveyed, ...]:
    """Return what each machine of a survey reaches at each site, in the order of the survey.

    A machine that cannot be placed at a site, or has no directions to choose from, has a row with the reason.

    Parameters
    ----------
    survey : Survey
        Machines and sites.
    tolerance, workers
        As for :func:`~simulator.maps.compute.collision_map`.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of maps; if not given, a bar is shown on a terminal.

    Raises
    ------
    SimulatorError
        If a field does not fit the schema.
    """
    asked = [
        (machine, site, survey.scenario_of(machine, site)) for machine in survey.machines for site in survey.sites
    ]
    rows = []
    with shown(progress, "survey") as told:
        for done, (machine, site, scenario) in enumerate(asked):
            try:
                setup = load_setup(scenario)
                rows.append(_surveyed(setup, survey.step_deg, tolerance, workers, machine, site))
            except SimulatorError as error:
                rows.append(
                    Surveyed(
                        machine.name,
                        site.name,
                        note=str(error),
                        claim=site.claim,
                        claimed_at_most=site.claimed_at_most,
                    )
                )
            if told is not None:
                told(done + 1, len(asked))
    return tuple(rows)


def _surveyed(
    setup: Setup,
    step_deg: float,
    tolerance: float,
    workers: int | None,
    machine: SurveyMachine,
    site: SurveySite,
) -> Surveyed:
    sweep = Sweep(*_coarse(setup.sweep, step_deg))
    cmap = collision_map(setup, sweep=sweep, tolerance=tolerance, workers=workers, progress=_nothing)
    costs = cmap.pair_costs().head(SHOWN_CULPRITS)
    return Surveyed(
        machine.name,
        site.name,
        kinematic_solid_angle(setup, sweep=sweep),
        cmap.solid_angle(),
        tuple(zip(costs["pair"], costs["blocks_sr"].astype(float), strict=True)),
        claim=site.claim,
        claimed_at_most=site.claimed_at_most,
    )


def _coarse(sweep: Sweep, step_deg: float) -> Iterator[Axis]:
    """Yield the axes, those that aim in larger steps where their range is a whole number of them."""
    for axis in sweep:
        count = (axis.stop - axis.start) / step_deg
        is_whole = axis.over is None and axis.unit == "deg" and count >= 1 and abs(count - round(count)) < 1e-9
        yield axis.model_copy(update={"step": step_deg}) if is_whole and step_deg > axis.step else axis


def _nothing(_done: int, _total: int) -> None:
    """Show no bar of a single map: the survey has one."""
