"""Other choices of a loaded model's options: what follows from one, and which take a part away."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from simulator.errors import SimulatorError
from simulator.models.description import Kind
from simulator.models.inheritance import read_family
from simulator.models.model import Model


def options_with(model: Model, kind: Kind, options: Mapping[str, str]) -> dict[str, str] | None:
    """Return what a model is to be loaded with for other choices of some options; None if it has them.

    An option that follows one of those is left to follow.

    Raises
    ------
    SimulatorError
        If the model has no description, and so no options.
    """
    chosen = dict(model.options)
    if all(chosen.get(name) == choice for name, choice in options.items()):
        return None
    if model.folder is None:
        raise SimulatorError(f"{model.name}: {kind}.options must be left out: the {kind} has none")
    known = read_family(model.folder, kind).description.options
    return {name: choice for name, choice in chosen.items() if known[name].follows not in options} | dict(options)


def choices_without(model: Model, kind: Kind, parts: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the options by which some of a model's parts are there, each with its other choices."""
    if model.folder is None or not model.options:
        return {}
    description, chosen = read_family(model.folder, kind).description, dict(model.options)
    names = {option for table in description.parts if table.name in parts for option in table.when}
    return {
        name: tuple(choice for choice in description.options[name].choices if choice != chosen[name])
        for name in chosen
        if name in names
    }
