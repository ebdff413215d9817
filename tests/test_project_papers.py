"""What people read who pick the project up names what is there: files, modules, and the public run of tests."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAPERS = ("CONTRIBUTING.md", "SECURITY.md")
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("paper", PAPERS)
def test_files_and_folders_that_are_named_are_there(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w/])(?:tests|simulator|docs|scenarios|meshes|\.ci)(?:/[\w.]+)+", text)
    named += re.findall(r"(?<=\]\()[\w./]+(?=\))|(?<=`)[\w-]+\.(?:toml|txt|md)(?=`)", text)
    placeholders = {"simulator/FOLDER", "tests/FOLDER", "model.toml"}
    assert len(named) > 3
    assert [name for name in named if name not in placeholders and not (ROOT / name).exists()] == []


def test_modules_that_are_run_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = re.findall(r"python -m (simulator[\w.]+)", text)
    assert modules
    assert [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").is_file()] == []


def test_the_public_run_is_the_project_s_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tests = WORKFLOW["jobs"]["tests"]
    assert {"run": "bash .ci/run"} in tests["steps"]
    assert project["requires-python"] == f">={tests['strategy']['matrix']['python'][0]}"
    assert WORKFLOW["permissions"] == {"contents": "read"} and "concurrency" in WORKFLOW
    used = [step["uses"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used and [each for each in used if not re.fullmatch(r"actions/[\w-]+@v\d+", each)] == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_for_issues_are_forms(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form["name"] and form["description"] and form["body"]
    assert {field["type"] for field in form["body"]} <= {"markdown", "textarea", "input", "dropdown", "checkboxes"}
    asked = [field for field in form["body"] if field["type"] != "markdown"]
    assert all(field["attributes"]["label"] for field in asked)
    assert len({field["id"] for field in asked}) == len(asked) > 0


def test_a_wrong_free_is_the_first_form() -> None:
    assert yaml.safe_load(FORMS[0].read_text(encoding="utf-8"))["name"] == 'A wrong "free"'
    assert "First of all" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## ")[1]
