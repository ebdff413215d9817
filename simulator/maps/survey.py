"""Many machines at many sites: what each reaches, with bounds, what is in its way, and what was claimed."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.arguments import checked
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.maps.compute import collision_map
from simulator.maps.free_extent import FreeExtent
from simulator.maps.kinematic import kinematic_solid_angle
from simulator.maps.progress import Progress, shown
from simulator.maps.solid_angle import SolidAngle
from simulator.scenario.survey import Survey, SurveyMachine, SurveySite
from simulator.setup.loading import load_setup
from simulator.setup.setup import Setup

SHOWN_CULPRITS = 3
TOLERANCE = 0.01


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
    culprits : tuple of str
        The pairs that cost most.
    note : str
        Why there is no answer, or what is free where directions have no area; empty for most.
    claim : str, optional
        What was published of the site.
    claimed_at_most : float, optional
        As a share of 4π.
    """

    machine: str
    site: str
    kinematic: SolidAngle | None = None
    achievable: SolidAngle | None = None
    culprits: tuple[str, ...] = ()
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


@checked
def run_survey(
    survey: Survey, *, tolerance: float | None = None, workers: int | None = None, progress: Progress | None = None
) -> tuple[Surveyed, ...]:
    """Return what each machine of a survey reaches at each site, in the order of the survey.

    A machine that cannot be placed at a site, or has no directions to choose from, has a row with the reason.

    Parameters
    ----------
    survey : Survey
        Machines and sites.
    tolerance : float, optional
        Asked distance of the bounds, as a share of 4π (or of all values); ``TOLERANCE`` if not given.
    workers : int, optional
        As for :func:`~simulator.maps.compute.collision_map`.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of maps; if not given, a bar is shown on a terminal.

    Returns
    -------
    tuple of Surveyed
        One for each machine at each site, with proven bounds and the pairs that cost most.

    Raises
    ------
    SimulatorError
        If a field does not fit the schema.

    Examples
    --------
    >>> import simulator as sim
    >>> survey = sim.Survey(
    ...     title="A C-arm at one site",
    ...     step_deg=15,
    ...     scenario={"title": "Survey", "patient": {"model": "adult", "site": "brain"}},
    ...     machines=[{"name": "C-arm", "set": {"machine.model": "c_arm", "couch.model": "igrt"}}],
    ...     sites=[{"name": "brain", "set": {"patient.site": "brain"}, "claimed_at_most": 0.5}],
    ... )
    >>> (surveyed,) = sim.run_survey(survey, tolerance=0.1, workers=1)
    >>> round(surveyed.kinematic.fraction_of_4pi, 3), surveyed.verdict
    (1.0, 'exceeded')
    """
    asked = [
        (machine, site, survey.scenario_of(machine, site)) for machine in survey.machines for site in survey.sites
    ]
    rows = []
    with shown(progress, "survey") as told:
        for done, (machine, site, scenario) in enumerate(asked):
            try:
                setup = load_setup(scenario)
                rows.append(_surveyed(setup, survey.step_deg, tolerance or TOLERANCE, workers, machine, site))
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
    sweep = setup.sweep.coarser(step_deg)
    cmap = collision_map(setup, sweep=sweep, tolerance=tolerance, workers=workers, progress=_nothing)
    answer, aims = cmap.achievable(), cmap.has_area or cmap.circle is not None
    return Surveyed(
        machine.name,
        site.name,
        kinematic_solid_angle(setup, sweep=sweep),
        cmap.solid_angle() if aims else SolidAngle(0.0, 0.0, 0.0, is_proven=True),
        tuple(cmap.pair_costs()["pair"].head(SHOWN_CULPRITS)),
        f"free: {answer.stated()}" if isinstance(answer, FreeExtent) else "",
        claim=site.claim,
        claimed_at_most=site.claimed_at_most,
    )


def _nothing(_done: int, _total: int) -> None:
    """Show no bar of a single map: the survey has one."""
