"""What is public refuses arguments of the wrong kind in one message, and takes every usual form of the right one."""

from __future__ import annotations

import inspect
import os
import typing
from collections import abc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import simulator as sim
from simulator.arguments import MADE_BY, checked

JUDGED_WITHIN = {
    *("ArrayLike", "ArrayLike | None", "NDArray[np.float64]", "NDArray[np.float64] | None", "NDArray[np.bool_]"),
    *("BeamList | NDArray[np.float64]", "Executor | None", "Executor | str | None", "Any"),
}
"""Annotations of what numpy says something of, an executor of any package, or a schema."""


class Anything:
    """Of no kind that anybody asks for."""


def public() -> dict[str, abc.Callable[..., typing.Any]]:
    """Return all public functions, and the methods of public classes, that take something."""
    found = {name: getattr(sim, name) for name in sim.__all__}
    for name, made in list(found.items()):
        if inspect.isclass(made) and not issubclass(made, Exception):
            found |= {f"{name}.{method}": getattr(made, method) for method in dir(made) if not method.startswith("_")}
    return {name: each for name, each in found.items() if _is_ours(each) and annotated(each)}


def _is_ours(made: object) -> bool:
    is_callable = inspect.isfunction(made) or inspect.ismethod(made)
    return is_callable and made.__module__.startswith("simulator") and made.__name__ != "model_post_init"


def annotated(function: abc.Callable[..., typing.Any]) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(function).parameters
    return {name: each for name, each in parameters.items() if each.annotation is not inspect.Parameter.empty}


def wrong(function: abc.Callable[..., typing.Any]) -> tuple[list[typing.Any], dict[str, typing.Any], list[str]]:
    """Return arguments of no kind that a function asks for, and the names by which a message has them."""
    parameters = inspect.signature(function).parameters.values()
    takes_row = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    row, named, told = [], {}, []
    for each in parameters:
        field = each.name
        if each.kind is each.VAR_KEYWORD:
            field = "count" if "Unpack" in each.annotation else "gantry"
        is_required = each.kind is each.POSITIONAL_OR_KEYWORD and each.default is each.empty
        if each.kind in (each.POSITIONAL_ONLY, each.VAR_POSITIONAL) or (takes_row and is_required):
            row.append(Anything())
        else:
            named[field] = Anything()
        if field != "self" and each.annotation not in JUDGED_WITHIN:
            told.append(f"{field}[0]" if each.kind is each.VAR_POSITIONAL else field)
    return row, named, told


@pytest.mark.parametrize("name", [name for name, function in public().items() if wrong(function)[2]])
def test_every_argument_of_a_wrong_kind_is_named(name: str) -> None:
    row, named, told = wrong(public()[name])
    with pytest.raises(sim.SimulatorError) as error:
        public()[name](*row, **named)
    assert [line.partition(":")[0] for line in str(error.value).splitlines()] == told


def takes(annotation: str) -> abc.Callable[[object], None]:
    """Return a function whose argument has an annotation."""

    def function(value: object) -> None:
        pass

    function.__annotations__["value"] = annotation
    return checked(function)


RIGHT = {
    "float": [1, 1.5, np.float32(1.5), np.int64(3), np.array(2.0), xr.DataArray(2.0), Fraction(1, 2), 10**400],
    "int": [1, np.int64(3), np.uint8(3), np.array(2)],
    "bool": [True, np.True_],
    "str": ["", np.str_("a")],
    "str | None": ["a", None],
    "str | os.PathLike[str]": ["a", Path(os.curdir)],
    "tuple[float, float, float]": [(1, 2, 3), [1.0, 2, np.float64(3)], np.zeros(3), np.arange(3)],
    "abc.Sequence[float]": [(), [1], np.zeros(4), xr.DataArray([1.0])],
    "abc.Sequence[str]": [["a"], ("a", "b")],
    "abc.Sequence[abc.Mapping[str, float]]": [[{"gantry": 1}], ()],
    "abc.Mapping[str, float]": [{}, {"gantry": np.float64(1)}],
    "typing.Literal['a', 'b'] | None": ["a", None],
    "abc.Callable[[int], None] | None": [print, None],
    "sim.Setup | None": [None],
    "NotLoaded": [type("NotLoaded", (), {})(), type("Below", (type("NotLoaded", (), {}),), {})()],
}
WRONG = {
    "float": ["1", b"1", float("nan"), np.float32("nan"), True, np.False_, None, [1.0], np.zeros(2), 1j],
    "int": ["1", True, 1.0, np.array(1.0), np.float64(1), None, np.zeros(2, dtype=int)],
    "bool": [1, "yes", None],
    "str": [1, None, Path("a"), b"a"],
    "str | None": [1],
    "str | os.PathLike[str]": [1, None, ["a"]],
    "tuple[float, float, float]": [
        (1, 2),
        "abc",
        np.zeros(2),
        (1, 2, "3"),
        {0: 1, 1: 2, 2: 3},
        3.0,
        np.array(["a"] * 3),
    ],
    "abc.Sequence[float]": ["12", 1.0, ["a"], {1.0: 2.0}],
    "abc.Sequence[str]": ["ab", [1], None],
    "abc.Sequence[abc.Mapping[str, float]]": [{"gantry": 1}, [1], [{"gantry": "a"}]],
    "abc.Mapping[str, float]": [[("gantry", 1)], {"gantry": "1"}, None],
    "typing.Literal['a', 'b'] | None": [1, ("a",)],
    "abc.Callable[[int], None] | None": [1],
    "sim.Setup | None": ["brain", 1],
    "NotLoaded": ["a", None],
}


def each(of: dict[str, list[typing.Any]]) -> list[tuple[str, object]]:
    """Return annotations and values as cases of their own."""
    return [(annotation, value) for annotation, values in of.items() for value in values]


@pytest.mark.parametrize(("annotation", "value"), each(RIGHT))
def test_what_is_of_the_kind_passes(annotation: str, value: object) -> None:
    takes(annotation)(value)


@pytest.mark.parametrize(("annotation", "value"), each(WRONG))
def test_what_is_of_another_kind_does_not(annotation: str, value: object) -> None:
    with pytest.raises(sim.SimulatorError, match=r"^value: must be "):
        takes(annotation)(value)


def test_messages_say_what_would_be_right() -> None:
    def told(function: abc.Callable[..., typing.Any], *arguments: object, **named: object) -> str:
        with pytest.raises(sim.SimulatorError) as error:
            function(*arguments, **named)
        return str(error.value)

    setup = sim.load_setup("box")
    of_setup = "setup: must be a Setup (made by simulator.load_setup), was "
    assert told(sim.collision_map, "brain") == of_setup + "'brain'"
    assert told(sim.collision_map, None) == of_setup + "None"
    assert told(setup.check, gantry="60", couch=15) == "gantry: must be a number, was '60'"
    assert told(sim.collision_map, setup, tolerance="1 %", workers=1.5).splitlines() == [
        "tolerance: must be a number, was '1 %'",
        "workers: must be a whole number, was 1.5",
    ]
    assert told(sim.show, setup, setup).startswith(
        "cmap: must be a CollisionMap (made by simulator.collision_map), was"
    )
    assert told(sim.Patient.from_mesh, "a.stl", "mm", axes=3) == "axes: must be text, was 3"
    where = "isocentre_mm: must be a row of 3, each a number, was (0.0, 0.0)"
    assert told(sim.LiveMap(setup).move_to, (0.0, 0.0)) == where


def test_a_name_that_is_missing_or_unknown_is_told_by_python() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'setup'"):
        sim.collision_map()
    with pytest.raises(TypeError, match="unexpected keyword argument 'tolerence'"):
        sim.collision_map(sim.load_setup("box"), tolerence=0.1)


def test_what_makes_an_object_is_public() -> None:
    for name, maker in MADE_BY.items():
        owner, _, method = maker.partition(".")
        assert callable(getattr(getattr(sim, owner), method) if method else getattr(sim, owner)), name


@pytest.mark.parametrize("value", [np.float32(0.25), np.array(0.25), xr.DataArray(0.25), Fraction(1, 4)])
def test_numbers_become_pythons(value: object) -> None:
    """Else a map would be worked out whole, and could not be written with its tolerance."""
    kept = []

    @checked
    def function(one: float, *, flag: bool = False, **named: float) -> None:
        kept.extend([one, flag, named["two"]])

    function(value, flag=np.True_, two=np.int16(3))  # type: ignore[arg-type]
    assert kept == [0.25, True, 3]
    assert [type(each) for each in kept] == [float, bool, int]
