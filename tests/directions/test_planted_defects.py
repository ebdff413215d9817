"""Would anybody notice? Copies of the charts, each wrong in one line that a marker ``# @name`` ends."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import simulator

PACKAGE = Path(simulator.__file__).parent
TESTS = Path(__file__).parents[1]
DEFECTS = {
    "a twin to the other side": ("twin", "shift = -2.0 * self.outer_sign * _or_nan(self.axes.azimuth_deg, theta2)"),
    "a twin whatever the outer sign": ("twin", "shift = 2.0 * _or_nan(self.axes.azimuth_deg, theta2)"),
    "+2ψ instead of −2ψ": ("shift", "ends = 360.0 + 2.0 * self.azimuth_deg(np.stack([low_deg, high_deg]))"),
    "ψ instead of 2ψ": ("shift", "ends = -self.azimuth_deg(np.stack([low_deg, high_deg]))"),
    "ψ has no turning point": ("turning", "if False:"),
    "the beam does not matter": ("density", "return sin_a"),
    "a folded image to the other side": ("mirrored", "mirrored = theta1 - 2.0 * axes.azimuth_deg(theta2)[:, None]"),
    "the image of a C-arm is not moved": ("half_turn", "moved = 0.0 * is_negative"),
    "rounded inwards": ("asked", "outer, inner = (_moved(below.asked, *ends) for ends in (shift[::-1], shift))"),
    "what is known, outwards": (
        "known",
        "known_outer, known_inner = (_moved(below.known, *ends) for ends in (shift[::-1], shift))",
    ),
    "sides never meet": ("shared", "is_shared = np.zeros(count, dtype=bool)"),
    "areas are added": ("apart", "if True:"),
    "the sense of the outer joint is lost": ("sense", "theta1 = np.stack([low[:, 1], high[:, 1]])"),
}


def copied(folder, marker=None, planted=""):
    """A copy of what charts need, with one line replaced."""
    (folder / "simulator").mkdir(parents=True)
    (folder / "simulator" / "__init__.py").touch()
    shutil.copy(PACKAGE / "errors.py", folder / "simulator")
    for name in ("geometry", "directions"):
        shutil.copytree(PACKAGE / name, folder / "simulator" / name, ignore=shutil.ignore_patterns("__pycache__"))
    found = 0
    for path in (folder / "simulator" / "directions").glob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines):
            if marker is not None and line.endswith(f"# @{marker}"):
                lines[at], found = " " * (len(line) - len(line.lstrip())) + planted, found + 1
        path.write_text("\n".join(lines), encoding="utf-8")
    assert found == (marker is not None), f"the marker @{marker} must stand once in directions/, stands {found} times"
    return str(folder)


def test_every_planted_defect_is_contradicted_and_the_package_is_not(tmp_path):
    folders = {name: copied(tmp_path / str(at), *defect) for at, (name, defect) in enumerate(DEFECTS.items())}
    folders["as it is"] = copied(tmp_path / "sound")
    command = [sys.executable, "-m", "support.small_directions", *folders.values()]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [name for name, folder in folders.items() if found[folder] == 0] == ["as it is"]
