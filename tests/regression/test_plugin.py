"""``pytest --scenarios``, as a user runs it: no line of Python, any folder, strict settings, two workers, JUnit."""

from __future__ import annotations

import shutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from support.box_scenario import PROMISE, SCENARIO


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


def filled(folder):
    """A folder with a scenario that promises something and one that does not, beside a test in Python."""
    scenarios = folder / "scenarios"
    scenarios.mkdir()
    (scenarios / "box.toml").write_text(SCENARIO.format(couch_mm=20) + PROMISE)
    (scenarios / "silent.toml").write_text(SCENARIO.format(couch_mm=20))
    (folder / "test_other.py").write_text("def test_other(): pass\n")
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers --strict-config -W error\nxfail_strict = true\n"
    )
    return folder


@pytest.fixture
def folder(tmp_path):
    return filled(tmp_path)


@pytest.fixture(scope="module")
def baselines(tmp_path_factory):
    """The first baseline of the scenario, as the option wrote it."""
    folder = filled(tmp_path_factory.mktemp("first"))
    found = run(folder, "--scenarios", "scenarios", "--update-baselines")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "box.nc" in found.stdout
    assert "it is the first" in found.stdout
    return folder / "scenarios" / "baselines"


@pytest.fixture
def with_baseline(folder, baselines):
    shutil.copytree(baselines, folder / "scenarios" / "baselines")
    return folder


def test_it_passes_and_is_named_after_the_scenario_beside_tests_in_python(with_baseline):
    found = run(
        with_baseline, "--scenarios", "scenarios", "test_other.py", "-v", "-n", "2", "--junitxml", "found.xml"
    )
    assert found.returncode == 0, found.stdout
    assert "scenarios/box.toml::box" in found.stdout
    assert "2 passed" in found.stdout
    (case,) = [
        each for each in ElementTree.parse(with_baseline / "found.xml").iter("testcase") if each.get("name") == "box"
    ]
    properties = {item.get("name"): float(item.get("value")) for item in case.iter("property")}
    assert 0 < properties["lower_sr"] <= properties["upper_sr"]


def test_each_variant_that_keeps_promises_is_a_test_of_its_own(folder):
    """Poses are not free for the variant alone: its buffer is larger than the room."""
    promise = "[expect]\nvariants = true\nfree = [{ gantry_deg = 0, couch_deg = 0 }]\n"
    variants = """
[[variants]]
name = "wide"
set = { buffers.couch_mm = 10 }
[[variants]]
name = "far too wide"
set = { buffers.couch_mm = 900 }
"""
    (folder / "scenarios" / "box.toml").write_text(SCENARIO.format(couch_mm=20) + promise + variants)
    found = run(folder, "--scenarios", "scenarios", "-v")
    assert "scenarios/box.toml::box PASSED" in found.stdout
    assert "scenarios/box.toml::box[wide] PASSED" in found.stdout
    assert "scenarios/box.toml::box[far too wide] FAILED" in found.stdout
    assert "gantry 0°, couch 0°: must be free, is " in found.stdout


def test_a_change_fails_with_a_table_and_a_picture(with_baseline):
    (with_baseline / "scenarios" / "box.toml").write_text(SCENARIO.format(couch_mm=60) + PROMISE)
    found = run(with_baseline, "--scenarios", "scenarios", "--basetemp", "kept")
    assert found.returncode == 1
    assert "changed since baselines/box.nc" in found.stdout
    assert "BLOCKED       by up to" in found.stdout
    assert "buffers: {'patient_mm': 30.0, 'couch_mm': 20.0} → {'patient_mm': 30.0, 'couch_mm': 60.0}" in found.stdout
    assert "no result is a clinical clearance" in found.stdout
    assert "Traceback" not in found.stdout
    (picture,) = (with_baseline / "kept").rglob("moved.png")
    assert picture.stat().st_size > 10_000
    updated = run(with_baseline, "--scenarios", "scenarios", "--update-baselines", "-n", "2")
    assert updated.returncode == 0
    assert "BLOCKED       by up to" in updated.stdout
    assert run(with_baseline, "--scenarios", "scenarios").returncode == 0


WRONG = {
    "no_toml": ("title = ", "must be TOML"),
    "no_promise": (SCENARIO.format(couch_mm=20) + "[expect]\n", "expect: must promise something"),
    "bad_field": (
        SCENARIO.format(couch_mm=-1) + PROMISE,
        "buffers.couch_mm: must be greater than or equal to 0",
    ),
    "no_variants": (
        SCENARIO.format(couch_mm=20) + "[expect]\nvariants = true\nfree = [{ gantry_deg = 0, couch_deg = 0 }]\n",
        "expect.variants must stand beside [[variants]]",
    ),
    "no_baseline": (
        SCENARIO.format(couch_mm=20) + PROMISE.replace("box.nc", "none.nc"),
        "none.nc: there is no such baseline",
    ),
}


def test_what_is_wrong_with_a_file_is_one_message_and_the_others_are_judged(with_baseline):
    for name, (content, _) in WRONG.items():
        (with_baseline / "scenarios" / f"{name}.toml").write_text(content)
    found = run(with_baseline, "--scenarios", "scenarios", "-v")
    assert found.returncode == 1
    assert "scenarios/box.toml::box PASSED" in found.stdout
    for name, (_, message) in WRONG.items():
        (told,) = [line for line in found.stdout.splitlines() if message in line and not line.startswith("FAILED")]
        assert f"{name}.toml: " in told or message.startswith("none.nc")
    assert "Traceback" not in found.stdout
    assert ".py:" not in found.stdout


def test_a_folder_that_is_not_there(folder):
    found = run(folder, "--scenarios", "scenario")
    assert found.returncode == 4
    assert "--scenarios: there is no folder or file 'scenario'" in found.stderr


def test_without_the_option_nothing_is_collected(folder):
    found = run(folder, "-v")
    assert "1 passed" in found.stdout
    assert "box" not in found.stdout
