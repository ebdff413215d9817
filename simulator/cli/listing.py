"""``simulator list``."""

from __future__ import annotations

from collections.abc import Iterator


def list_models() -> None:
    """Show machines, couches, patients and scenarios."""
    print("\n".join(_listing()))


def _listing() -> Iterator[str]:
    from simulator.models.description import read_description
    from simulator.models.library import models, scenarios
    from simulator.scenario.scenario import Scenario

    for heading, kind in (("machines", "machine"), ("couches", "couch"), ("patients", "patient")):
        yield heading
        for name, folder in models(kind):  # type: ignore[arg-type]
            description = read_description(folder)
            yield f"  {name:<24}{description.title}"
            for option, table in description.options.items():
                yield f"  {'':<24}  {option}: {', '.join(table.choices)}"
            if description.sites:
                yield f"  {'':<24}  sites: {', '.join(site.name for site in description.sites)}"
    yield "scenarios"
    for name, path in scenarios().items():
        yield f"  {name:<24}{Scenario.read(path).title}"
