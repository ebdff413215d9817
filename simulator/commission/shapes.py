"""The parts of a machine and a couch with other values of their dimensions: meshes made again in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from warnings import catch_warnings, simplefilter

from simulator.errors import unknown
from simulator.models.description import Kind, values
from simulator.models.generated import made_with, read_made, surface_of
from simulator.models.inheritance import Family, read_family
from simulator.models.library import find_model
from simulator.models.mesh import Mesh
from simulator.models.mesh_files import MeshWarning
from simulator.models.model import Model, placed
from simulator.scenario.choices import SUPPORT
from simulator.scenario.scenario import Scenario

KEPT = 64
"""Meshes of so many values are kept: the two steps for each unknown, and where the fit stands."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """A model as it was loaded, and what its generators make of other dimensions.

    Attributes
    ----------
    model : Model
        With the parts that its options chose.
    family : Family
        Of its description; None for what has none: a SlicerRT set, a mesh file.
    """

    model: Model
    family: Family | None
    _kept: dict[tuple[tuple[str, float], ...], dict[str, Mesh]] = field(default_factory=dict)

    @property
    def dimensions(self) -> dict[str, float]:
        """The description's values in mm."""
        return {} if self.family is None else values(self.family.description)

    def meshes(self, dimensions: Mapping[str, float]) -> dict[str, Mesh]:
        """Return the meshes, by part, that are others with other values of some dimensions.

        Raises
        ------
        SimulatorError
            If there is no such dimension, or no sound meshes of such dimensions.
        """
        known = self.dimensions
        for name in dimensions:
            if name not in known:
                raise unknown(f"{self.model.name}: dimension", name, known)
        changed = tuple(sorted((name, value) for name, value in dimensions.items() if value != known[name]))
        if not changed or self.family is None:
            return {}
        if changed not in self._kept:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[changed] = self._made(self.family, dict(changed))
        return self._kept[changed]

    def parts_of(self, dimension: str) -> tuple[str, ...]:
        """Return the parts whose meshes follow a dimension."""
        return tuple(self.meshes({dimension: self.dimensions[dimension] + 1.0}))

    def _made(self, family: Family, changed: Mapping[str, float]) -> dict[str, Mesh]:
        known = self.dimensions
        before, after = made_with(family, {name: known[name] for name in changed}), made_with(family, changed)
        chosen, found = dict(self.model.options), {}
        for table in family.description.parts:
            if table.mesh is None or table.units is None:
                continue
            file = family.file(table)
            if not table.when.items() <= chosen.items() or file not in after:
                continue
            if surface_of(before[file]) != surface_of(after[file]) and self._is_as_loaded(table.name, file):
                with catch_warnings():  # of values that are only tried; the model that is written says its own
                    simplefilter("ignore", MeshWarning)
                    mesh = read_made(file, after[file], table.units)[0]
                found[table.name] = placed(mesh, table, family.description)
        return found

    def _is_as_loaded(self, part: str, file: Path) -> bool:
        """Return whether the model has a part from that file: a mesh of somebody's own may stand in its place."""
        reports = [each.report for each in self.model.parts if each.name == part]
        return any(report is not None and report.source.startswith(str(file)) for report in reports)


def shapes_of(scenario: Scenario, model: Model, kind: Kind) -> Shapes:
    """Return the shapes of the machine or the couch that a scenario chooses."""
    name = scenario.machine.model if kind == "machine" else scenario.couch.model or scenario.couch.support or SUPPORT
    if name.endswith(".json"):
        return Shapes(model, None)
    return Shapes(model, read_family(find_model(name, kind, scenario.folder), kind))
