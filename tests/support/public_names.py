"""The names of the public interface, and the methods, properties and constants of its classes."""

from __future__ import annotations

import inspect
from enum import Enum

import simulator as sim

NAMES = tuple(name for name in sim.__all__ if name != "__version__")
CLASSES = tuple(name for name in NAMES if inspect.isclass(getattr(sim, name)))


def own_bases(cls: type) -> list[type]:
    """Return a class and those of its bases that this project wrote, the nearest first."""
    return [base for base in cls.__mro__ if base.__module__.partition(".")[0] == "simulator"]


def members(name: str) -> list[str]:
    """Return the public methods and properties of a class by their dotted names, those of its bases among them."""
    found: dict[str, None] = {}
    for base in own_bases(getattr(sim, name)):
        fields = {*getattr(base, "__dataclass_fields__", {}), *getattr(base, "model_fields", {})}
        for member, value in vars(base).items():
            if member.startswith(("_", "model_")) or member in fields or isinstance(value, Enum | str):
                continue  # of pydantic, or documented by the class
            found[f"simulator.{name}.{member}"] = None
    return list(found)


DOCUMENTED = tuple(
    dotted for name in NAMES for dotted in (f"simulator.{name}", *(members(name) if name in CLASSES else ()))
)
