"""What a public function is given is of the kinds that its annotations name, or one message says what it must be.

A scenario's name where a set-up belongs, or text for a number, would else fail somewhere within, in words that tell
nothing of the argument, or not at all. Kinds alone are judged here; what a value may be is for the function to say.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from functools import cache, wraps
from inspect import Parameter, signature
from operator import index
from types import UnionType
from typing import Any, Literal, TypeVar, Union, Unpack, cast, get_args, get_origin, get_type_hints

from simulator.errors import SimulatorError, shown

Function = TypeVar("Function", bound=Callable[..., Any])

MADE_BY = {
    "BeamList": "read_beams",
    "CollisionMap": "collision_map",
    "Commissioning": "Commissioning.read",
    "Delivery": "order_beams",
    "Fit": "fit_readings",
    "LatticeVolume": "volumes_of",
    "OneAtATime": "one_at_a_time",
    "Plan": "Plan.read",
    "Reachable": "kinematic_solid_angle",
    "RoadMap": "road_map",
    "Rooms": "Rooms.of",
    "Setup": "load_setup",
    "StudyResult": "run_study",
    "Survey": "Survey.read",
    "Trajectory": "read_trajectory",
    "Way": "RoadMap.way",
}
"""What of the public interface makes an object: somebody who has a name or a file instead looks for that."""
PLAIN = {float: "a number", int: "a whole number", bool: "True or False", str: "text", Callable: "a function"}
ROWS = (tuple, list, Sequence, Iterable)
TABLES = (dict, Mapping)
OURS = ("simulator", "builtins", "os", "pathlib", "datetime")
"""Packages whose classes a value must be of; others have likes of theirs that are not."""


def checked(function: Function) -> Function:
    """Let a function raise a `SimulatorError`, a line for each argument that is not of the kind of its annotation.

    Numbers of numpy, and arrays of one without axes, become Python's: what is written to files takes no others.
    """
    described = signature(function)

    @wraps(function)
    def called(*arguments: Any, **named: Any) -> Any:
        try:
            bound = described.bind(*arguments, **named)
        except TypeError:  # an argument is missing, or unknown: Python says which
            return function(*arguments, **named)
        wrong: list[str] = []
        for name, value in bound.arguments.items():
            bound.arguments[name] = _taken(function, described.parameters[name], value, wrong)
        if wrong:
            raise SimulatorError("\n".join(wrong))
        return function(*bound.args, **bound.kwargs)

    return cast(Function, called)


def _taken(function: Callable[..., Any], parameter: Parameter, value: Any, wrong: list[str]) -> Any:
    """Return an argument as a function takes it; what is wrong with it is told in ``wrong``."""
    if parameter.annotation is Parameter.empty:  # self
        return value
    kinds = _kinds(parameter.annotation, function)
    if parameter.kind is Parameter.VAR_POSITIONAL:
        return tuple(_judged(f"{parameter.name}[{at}]", kinds, one, wrong) for at, one in enumerate(value))
    if parameter.kind is Parameter.VAR_KEYWORD:
        named = get_type_hints(get_args(kinds[0])[0]) if get_origin(kinds[0]) is Unpack else {}
        of_each = {name: tuple(_alternatives(named[name])) if name in named else kinds for name in value}
        return {name: _judged(name, of_each[name], one, wrong) for name, one in value.items()}
    return _judged(parameter.name, kinds, value, wrong)


def _judged(name: str, kinds: tuple[Any, ...], value: Any, wrong: list[str]) -> Any:
    """Return a value as Python has it; one of another kind is told."""
    if not any(_is_of(kind, value) for kind in kinds):
        *others, last = (_told(kind) for kind in kinds if kind is not type(None))
        told = f"{', '.join(others)} or {last}" if others else last
        wrong.append(f"{name}: must be {told}, was {_given(value)}")
    elif bool in kinds and _is_flag(value):
        return bool(value)
    elif (float in kinds or int in kinds) and (number := _number(value, whole=False)) is not None:
        return number
    return value


@cache
def _kinds(annotation: str, function: Callable[..., Any]) -> tuple[Any, ...]:
    """Return what an annotation allows, aliases written out; the name of a class that only type checkers load."""
    parts, found = [ast.parse(annotation, mode="eval").body], []
    while parts:
        part = parts.pop()
        if isinstance(part, ast.BinOp):  # one | another
            parts += [part.right, part.left]
            continue
        text = ast.unparse(part)
        try:
            found += _alternatives(eval(text, function.__globals__))
        except NameError:
            found.append(Any if isinstance(part, ast.Subscript) else text.rpartition(".")[2])
    return tuple(found)


def _alternatives(kind: Any) -> list[Any]:
    if get_origin(kind) in (Union, UnionType):
        return [each for inner in get_args(kind) for each in _alternatives(inner)]
    return [type(None) if kind is None else kind]


def _is_of(kind: Any, value: Any) -> bool:
    """Return whether a value is of a kind, or may be: what is of other packages, they judge."""
    if isinstance(kind, str):
        return kind in {base.__name__ for base in type(value).__mro__}
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin is Literal:  # the function says which there are
        return any(type(value) is type(each) for each in inner)
    if origin in (float, int):
        return _number(value, whole=origin is int) is not None
    if origin is bool:
        return _is_flag(value)
    if origin is Callable:
        return callable(value)
    if origin in ROWS:
        return _is_row(value) and (not isinstance(value, Sized) or _are_of(inner, value))
    if origin in TABLES:
        is_table = isinstance(value, Mapping)
        return is_table and (not inner or all(_is_any(inner[1], each) for each in value.values()))
    if isinstance(origin, type) and origin.__module__.partition(".")[0] in OURS:
        return isinstance(value, origin)
    return True


def _is_any(kind: Any, value: Any) -> bool:
    return any(_is_of(each, value) for each in _alternatives(kind))


def _are_of(inner: tuple[Any, ...], row: Any) -> bool:
    """Return whether what stands in a row is of the kinds that its annotation has between brackets."""
    if not inner or (hasattr(row, "dtype") and row.dtype.kind in "biuf" and _is_any(inner[0], 0.0)):  # an array
        return len(inner) < 2 or Ellipsis in inner or len(row) == len(inner)
    if len(inner) == 1 or Ellipsis in inner:
        return all(_is_any(inner[0], each) for each in row)
    return len(row) == len(inner) and all(map(_is_any, inner, row))


def _is_row(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, str | bytes | Mapping)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")  # numpy's, which is not loaded here


def _number(value: Any, *, whole: bool) -> float | None:
    """Return a number, not NaN, as Python's: from numpy's, or an array of one without axes; None for all else."""
    if isinstance(value, str | bytes) or _is_flag(value) or getattr(value, "ndim", 0) != 0:
        return None
    try:
        return index(value)
    except TypeError:
        if whole or not hasattr(value, "__float__"):
            return None
    found = float(value)
    return found if found == found else None


def _told(kind: Any) -> str:
    """Return what a kind is called in a message, and what makes one."""
    origin, inner = get_origin(kind) or kind, [each for each in get_args(kind) if each is not Ellipsis]
    if origin is Literal:
        return _told(type(inner[0]))
    if origin in PLAIN:
        return PLAIN[origin]
    if origin in ROWS:
        count = f" of {len(inner)}" if len(inner) > 1 else ""
        return f"a row{count}, each {_told(inner[0])}" if inner else "a row"
    if origin in TABLES:
        return (
            f"a table of names, each with {_told(inner[1])}" if inner and inner[1] is not Any else "a table of names"
        )
    if origin is os.PathLike:
        return "a path"
    name = kind if isinstance(kind, str) else origin.__name__
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}" + (
        f" (made by simulator.{MADE_BY[name]})" if name in MADE_BY else ""
    )


def _given(value: Any) -> str:
    """Return what was given: itself where it is short in words, else what it is."""
    is_plain = value is None or isinstance(value, str | bytes | int | float | complex | Sequence | Mapping)
    return shown(value) if is_plain else f"a {type(value).__name__}"
