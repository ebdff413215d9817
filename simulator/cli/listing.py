"""``simulator list``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.models.description import Kind


def list_models() -> None:
    """Show machines, couches, fixation devices, patients, scenarios, surveys and studies."""
    print("\n".join(_listing()))


def _listing() -> Iterator[str]:
    from simulator.models.description import read_description
    from simulator.models.library import models, scenarios, studies, surveys
    from simulator.scenario.scenario import Scenario
    from simulator.scenario.study import Study
    from simulator.scenario.survey import Survey

    headings: dict[Kind, str] = {
        "machine": "machines",
        "couch": "couches",
        "fixation": "fixation devices",
        "patient": "patients",
    }
    for kind, heading in headings.items():
        yield heading
        for name, folder in models(kind):
            description = read_description(folder)
            yield f"  {name:<28}{description.title}"
            for option, table in description.options.items():
                yield f"  {'':<28}  {option}: {', '.join(table.choices)}"
            if description.sites:
                yield f"  {'':<28}  sites: {', '.join(site.name for site in description.sites)}"
            if description.anchor is not None:
                yield f"  {'':<28}  at: {description.anchor}"
            if description.landmarks:
                yield f"  {'':<28}  landmarks: {', '.join(place.name for place in description.landmarks)}"
    yield "scenarios"
    for name, path in scenarios().items():
        yield f"  {name:<28}{Scenario.read(path).title}"
    yield "surveys"
    for name, path in surveys().items():
        yield f"  {name:<28}{Survey.read(path).title}"
    yield "studies"
    for name, path in studies().items():
        yield f"  {name:<28}{Study.read(path).title}"
