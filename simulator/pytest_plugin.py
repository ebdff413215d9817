"""Scenarios as tests: ``pytest --scenarios FOLDER`` runs every scenario file with an ``[expect]`` table.

This module is loaded by every pytest in an environment that has the package: it imports nothing heavy by itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simulator.maps.collision_map import CollisionMap
    from simulator.regression.changes import Changes
    from simulator.scenario.expectations import Expect
    from simulator.setup.setup import Setup

UPDATED, WARNED = "baseline_updated", "warning"
"""Properties of a test's report: what moved, and what its owner should know, whether it passes or not."""


class BrokenPromiseError(Exception):
    """A scenario does not keep what it promises."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("scenarios", "treatment-geometry-simulator")
    group.addoption(
        "--scenarios",
        action="append",
        default=[],
        metavar="FOLDER",
        help="run every scenario (TOML) in this folder that has an [expect] table; may be given again",
    )
    group.addoption(
        "--update-baselines",
        action="store_true",
        help="write the baselines of these scenarios anew, and say what moved",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the folders something to collect: alone, unless files or folders were named beside them."""
    folders = [str(Path(folder)) for folder in config.getoption("--scenarios")]
    for folder in folders:
        if not Path(config.invocation_params.dir, folder).exists():
            raise pytest.UsageError(f"--scenarios: there is no folder or file {folder!r}")
    if folders and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = []
    config.args += [folder for folder in folders if folder not in config.args]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the TOML files of the folders asked for."""
    if file_path.suffix != ".toml":
        return None
    start = parent.config.invocation_params.dir
    folders = [Path(start, folder).resolve() for folder in parent.config.getoption("--scenarios")]
    if not any(file_path.resolve().is_relative_to(folder) for folder in folders):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


class ScenarioFile(pytest.File):
    """One TOML file: one test, and one for each variant that keeps promises; none if it promises nothing."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the scenario and its variants. What cannot be read is a test that fails, and no silence."""
        try:
            written = tomllib.loads(self.path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError):
            written = {"expect": {}}
        if "expect" not in written:
            return
        yield ScenarioItem.from_parent(self, name=self.path.stem)
        try:
            names = [variant["name"] for variant in written["variants"]] if written["expect"]["variants"] else []
        except (LookupError, TypeError):  # none, or no schema's: the scenario's own test says so
            names = []
        for name in names:
            yield ScenarioItem.from_parent(self, name=f"{self.path.stem}[{name}]", variant=name)


class ScenarioItem(pytest.Item):
    """One scenario, or a variant of one: it fails with every promise that it does not keep."""

    def __init__(self, *, variant: str | None = None, **of_item: Any) -> None:
        """Make the test of a scenario; of a variant, if one is named."""
        super().__init__(**of_item)
        self.variant = variant

    def runtest(self) -> None:
        """Judge the scenario; with ``--update-baselines`` write its baseline instead of comparing with it."""
        from simulator.maps.provenance import DISCLAIMER
        from simulator.regression.baselines import Baseline
        from simulator.regression.changes import renew
        from simulator.regression.judge import judge

        setup, expect = self._loaded()
        path = self.path.parent / expect.baseline if expect.baseline is not None else None
        is_update = bool(self.config.getoption("--update-baselines"))
        baseline = Baseline.load(path, setup.name) if path is not None and not is_update else None
        workers = 1 if hasattr(self.config, "workerinput") else None  # as many tests as there are cores run already
        verdict = judge(setup, expect, baseline, beside=self.path.parent, workers=workers)
        if verdict.cmap is not None:
            (lower, upper), unit = verdict.cmap.achievable().bounds, verdict.cmap.unit
            self.user_properties += [
                (f"lower_{unit}", lower),
                (f"upper_{unit}", upper),
            ]
            if path is not None and is_update:
                text = "\n".join(renew(path, verdict.cmap, expect.boundary_tolerance_deg))
                self.user_properties.append((UPDATED, text))
        if verdict.broken:
            if verdict.cmap is not None and verdict.changes is not None and verdict.changes.has_moved:
                verdict.broken.append(self._drawn(verdict.cmap, verdict.changes))
            raise BrokenPromiseError("\n\n".join([*verdict.broken, DISCLAIMER]))

    def _loaded(self) -> tuple[Setup, Expect]:
        import warnings

        from simulator.models.mesh_files import MeshWarning
        from simulator.scenario.scenario import Scenario
        from simulator.setup.loading import load_setup

        scenario = Scenario.read(self.path)
        if self.variant is not None:
            scenario = scenario.variant_scenarios()[self.variant]
        assert scenario.expect is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MeshWarning)
            setup = load_setup(scenario)
        self.user_properties += [(WARNED, text) for text in setup.warnings]
        return setup, scenario.expect

    def _drawn(self, cmap: CollisionMap, changes: Changes) -> str:
        """Write a picture of what changed into pytest's temporary folder, and return where it is."""
        from simulator.view.plots.moved import save_moved

        factory: pytest.TempPathFactory = self.config._tmp_path_factory  # type: ignore[attr-defined]
        path = factory.mktemp(self.name) / "moved.png"
        save_moved(changes, cmap, path)
        return f"picture: {path}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the promises that were broken, or what is wrong with a file; of a defect, where it happened."""
        from simulator.errors import SimulatorError

        if isinstance(excinfo.value, (BrokenPromiseError, SimulatorError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the test is, and its name."""
        return self.path, 0, f"scenario {self.name}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what moved in every baseline that was written, and what is to be known of the meshes, each once."""
    from simulator.errors import warned

    def told(name: str) -> list[str]:
        reports = [report for reports in terminalreporter.stats.values() for report in reports]
        properties = [pair for report in reports for pair in getattr(report, "user_properties", ())]
        return sorted({text for key, text in properties if key == name})

    for heading, lines in (("baselines", told(UPDATED)), ("scenarios", warned(told(WARNED)))):
        if lines:
            terminalreporter.section(heading)
            terminalreporter.write("\n".join([*lines, ""]))
