"""What is said where nothing can be drawn."""

from __future__ import annotations

import pytest

import simulator as sim
from simulator.view import renderer as module
from simulator.view.renderer import is_software, lacking, missing, require, require_screen


@pytest.fixture
def fresh():
    """Ask anew, and forget the answer."""
    missing.cache_clear()
    yield
    missing.cache_clear()


@pytest.mark.parametrize(
    ("errors", "package"),
    [
        ("ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "libgl1"),
        ("ImportError: libXrender.so.1: cannot open shared object file: No such file", "libxrender1"),
        ("ImportError: libodd.so.3: cannot open shared object file: No such file", "the one with libodd.so.3"),
        ("", "libegl1"),
        ("Segmentation fault", "libosmesa6"),
    ],
)
def test_the_package_is_named_in_one_line(errors: str, package: str) -> None:
    said = lacking(f"Traceback (most recent call last):\n  File ...\n{errors}\n")
    assert package in said
    assert "\n" not in said


@pytest.mark.parametrize("code", ["import os; os.abort()", "raise ImportError('libEGL')", "import sys; sys.exit(3)"])
@pytest.mark.usefixtures("fresh")
def test_a_probe_that_ends_badly_ends_nothing_else(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROBE", code)
    with pytest.raises(sim.SimulatorError, match="a system package is missing"):
        require()


@pytest.mark.usefixtures("fresh")
def test_a_probe_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROBE", "import threading; threading.Event().wait()")
    monkeypatch.setattr(module, "PATIENCE_S", 1)
    assert missing() == "VTK did not draw within 1 s"


def test_without_a_screen_files_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(sim.SimulatorError, match=r"no screen .*--screenshot.*--html"):
        require_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("simulator.view.renderer._answers", lambda display: display == ":0")
    require_screen()
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setattr(module.sys, "platform", "darwin")
    require_screen()


def test_a_processor_that_draws_is_known() -> None:
    assert is_software("OpenGL renderer string:  llvmpipe (LLVM 15.0.6, 256 bits)")
    assert not is_software("OpenGL renderer string:  NVIDIA RTX A2000/PCIe/SSE2")
