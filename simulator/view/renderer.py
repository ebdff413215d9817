"""Whether anything can be drawn here, and what is missing if not.

Without a screen VTK draws through EGL or OSMesa. Where a machine has neither, VTK raises no error but ends the
process, so another process is asked.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache

from simulator.errors import SimulatorError

PROBE = """
import sys
sys.modules["numpy"] = None  # VTK would load it for arrays, which takes as long as all else, and there are none
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkRenderingCore import vtkRenderWindow
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.Render()
"""
PATIENCE_S = 120
PACKAGES = {
    "libGL": "libgl1",
    "libX11": "libx11-6",
    "libXrender": "libxrender1",
    "libXcursor": "libxcursor1",
    "libXt": "libxt6",
    "libXext": "libxext6",
    "libSM": "libsm6",
    "libICE": "libice6",
}
"""Debian's names of what VTK is linked with."""
SOFTWARE = ("llvmpipe", "softpipe", "SwiftShader")


@cache
def missing() -> str | None:
    """Return one line about what VTK needs to draw here without a screen; None if it can draw."""
    try:
        probe = subprocess.run(
            [sys.executable, "-c", PROBE], capture_output=True, text=True, errors="replace", timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        return f"VTK did not draw within {PATIENCE_S} s"
    return None if probe.returncode == 0 else lacking(probe.stderr)


def lacking(errors: str) -> str:
    """Return one line about what a process lacked that ended while it drew, from what it wrote to standard error."""
    library = re.search(r"(lib\w+)\.so[.\d]*: cannot open shared object file", errors)
    if library is None:
        packages = "libegl1 and libegl-mesa0, or libosmesa6"
    else:
        packages = PACKAGES.get(library[1], f"the one with {library[0].split(':')[0]}")
    return f"VTK cannot draw here: a system package is missing (on Debian and Ubuntu: {packages})"


def require() -> None:
    """Raise ``SimulatorError`` if nothing can be drawn without a screen."""
    reason = missing()
    if reason is not None:
        raise SimulatorError(reason)


def require_screen() -> None:
    """Raise ``SimulatorError`` if there is no screen for a window."""
    if sys.platform != "linux":
        return
    named = os.environ.get("DISPLAY")
    if not named or not _answers(named):
        reason = f"DISPLAY is {named!r}, and nothing answers there" if named else "DISPLAY is not set"
        raise SimulatorError(
            f"there is no screen for a window ({reason}): write files instead, with --screenshot, --movie, "
            "--gltf or --html, or sim.show(..., screenshot=...)"
        )


def _answers(display: str) -> bool:
    """Ask for a screen as VTK does, which draws elsewhere if there is none and shows nothing."""
    from ctypes import CDLL, c_char_p, c_void_p

    try:
        x11 = CDLL("libX11.so.6")
    except OSError as error:
        raise SimulatorError(lacking(str(error))) from None
    x11.XOpenDisplay.argtypes, x11.XOpenDisplay.restype = [c_char_p], c_void_p
    x11.XCloseDisplay.argtypes = [c_void_p]
    screen = x11.XOpenDisplay(os.fsencode(display))
    if screen:
        x11.XCloseDisplay(screen)
    return bool(screen)


def is_software(capabilities: str) -> bool:
    """Return whether a processor draws, from what VTK tells of its OpenGL."""
    return any(name in capabilities for name in SOFTWARE)
