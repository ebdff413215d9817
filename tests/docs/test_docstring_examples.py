"""The examples of every public docstring are run as they stand, and print what they say.

Each reads by itself. What they have in common costs once: a set-up, a map, a road map and a study are values that are
the same however often they are made, so the examples of a worker share them. Those that share what costs most are one
test, so that one worker has them.
"""

from __future__ import annotations

import doctest
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from support.public_names import NAMES, own_bases

import simulator as sim

ROOT = Path(__file__).parents[2]
FILES = ("scenarios/example_plan/*.dcm", "tests/example/my_couch_top.stl")
"""What lies in the folder in which examples run: a plan, its structure set, a mesh of a couch top."""
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MOST_SKIPPED = 3
"""Lines that open a window, which no test does."""
COSTLY = ('{"lattice": ', 'sim.Study.of("box", buffers', 'load_setup("example_plan")')
"""What examples ask for that takes seconds."""
PACKAGE = "simulator"
SHARED: dict[tuple[str, str], Any] = {}


def examples(name: str) -> Iterator[doctest.DocTest]:
    """Yield the examples of a function, of a class and its methods with those of its bases, or of the package."""
    if name == PACKAGE:
        yield doctest.DocTestParser().get_doctest(sim.__doc__ or "", {}, name, sim.__file__, 0)
        return
    thing = getattr(sim, name)
    for each in own_bases(thing) if isinstance(thing, type) else [thing]:
        found = doctest.DocTestFinder(exclude_empty=True).find(each, each.__name__, globs={})
        yield from (test for test in found if test.examples)


EXAMPLES = {name: tuple(examples(name)) for name in (PACKAGE, *NAMES)}
"""Found before a test puts anything in the place of a function."""


def together() -> list[tuple[str, ...]]:
    """Return names in groups: those that share what is costly, and each other one by itself."""
    groups: dict[str, list[str]] = {}
    for name, found in EXAMPLES.items():
        asked = "".join(example.source for test in found for example in test.examples)
        groups.setdefault(next((costly for costly in COSTLY if costly in asked), name), []).append(name)
    return [tuple(names) for names in groups.values()]


def skipped(test: doctest.DocTest) -> int:
    return sum(doctest.SKIP in example.options for example in test.examples)


@pytest.fixture
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for pattern in FILES:
        for path in ROOT.glob(pattern):
            shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plt, "show", lambda: None)


@pytest.fixture
def shared_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let examples that ask for the same be given the same; what comes out does not depend on the workers."""

    def once(function: Callable[..., Any], **usual: Any) -> Callable[..., Any]:
        def given(asked: Any, **how: Any) -> Any:
            key = (function.__name__, f"{asked!r} {how!r}")
            if key not in SHARED:
                SHARED[key] = function(asked, **{**usual, **how})
            return SHARED[key]

        return given

    def in_a_thread(study: sim.Study, **how: Any) -> sim.StudyResult:
        with ThreadPoolExecutor(1) as executor:
            return run_study(study, **how, executor=executor)

    run_study = sim.run_study
    in_a_thread.__name__ = "run_study"
    monkeypatch.setitem(vars(sim), "load_setup", once(sim.load_setup))
    monkeypatch.setitem(vars(sim), "collision_map", once(sim.collision_map, workers=1))
    monkeypatch.setitem(vars(sim), "road_map", once(sim.road_map, workers=1))
    monkeypatch.setitem(vars(sim), "run_study", once(in_a_thread))


@pytest.mark.usefixtures("working_folder", "shared_values")
@pytest.mark.parametrize("names", together(), ids=", ".join)
def test_examples_print_what_they_say(names: tuple[str, ...]) -> None:
    told: list[str] = []
    for name in names:
        assert EXAMPLES[name]
        for test in EXAMPLES[name]:
            doctest.DocTestRunner(optionflags=FLAGS).run(test, out=told.append)
        plt.close("all")
    assert "".join(told) == ""


def test_hardly_any_example_is_left_out() -> None:
    assert sum(skipped(test) for found in EXAMPLES.values() for test in found) <= MOST_SKIPPED


def test_no_other_docstring_has_examples_that_nothing_runs() -> None:
    run = {test.filename for found in EXAMPLES.values() for test in found if test.filename}
    home = Path(sim.__file__).parent
    shown = {str(path) for path in home.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8")}
    assert shown - run == set()
