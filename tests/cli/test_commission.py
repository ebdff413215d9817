"""``simulator commission``: the documents' own example, its files, and what is refused."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.cylinder_head import commissioned

import simulator as sim
from simulator.commission.readings_file import template
from simulator.maps.provenance import DISCLAIMER

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "commissioning"
PAGE = DOCS / "how_to" / "commissioning.md"
COMMAND = re.compile(r"^\$ (simulator|python) (.*)$", re.MULTILINE)


def test_the_documents_example_from_plan_to_fitted_model(command, tmp_path: Path) -> None:
    """Exactly the commands of the document, one after the other; the fit is near the script's truth."""
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    commands = COMMAND.findall(PAGE.read_text(encoding="utf-8"))
    assert [words.split()[0] for _, words in commands].count("commission") == 3
    printed = {}
    truth: dict[str, float] = {}
    for program, words in commands:
        if program == "python":
            truth = runpy.run_path(words)["TRUTH_MM"]
            continue
        code, out, err = command(*words.split())
        assert (code, err) == (0, ""), err
        printed[" ".join(words.split()[:2])] = out
    (lines,) = re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))
    exec(lines, {})
    fit = json.loads((tmp_path / "fit" / "fit.json").read_text())
    for each in fit["unknowns"]:
        assert abs(each["value_mm"] - truth[each["name"]]) < 4 * each["standard_error_mm"], each
    assert {each["name"] for each in fit["models"]} == {"c_arm_fitted", "igrt_fitted"}
    assert set(fit["files"]) == {
        "c_arm_fitted/model.toml", "igrt_fitted/model.toml", "fit.json", "parity.png", "residuals.png",
    }  # fmt: skip
    assert printed["pose fitted.toml"].startswith("gantry 60°, couch 15°: ")
    validation = json.loads((tmp_path / "validation" / "validation.json").read_text())
    assert validation["leave_one_out"]["every_point_mm"] < 40.0
    assert validation["observations"] == 60
    assert (
        "extrapolated" in printed["commission validate"] and "published predictors" in printed["commission validate"]
    )
    assert all(DISCLAIMER in out for name, out in printed.items() if name.startswith("commission"))


def test_the_document_says_what_its_files_hold() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    assert shown[1] == tomllib.loads((EXAMPLE / "fitted.toml").read_text())
    whole = tomllib.loads((EXAMPLE / "commissioning.toml").read_text())
    assert all(each in whole["positions"] for each in shown[0]["positions"])
    assert all(each in whole["unknowns"] for each in shown[0]["unknowns"])


@pytest.fixture
def cylinder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sim.Commissioning:
    unknowns = '[[unknowns]]\ndimension = "face_mm"\n[[unknowns]]\nphantom = "x"\n'
    candidates = "couch_deg = [-60, -40, -20, 20, 40, 60]\ncount = 6\n"
    return commissioned(tmp_path, monkeypatch, positions={"centred": ""}, unknowns=unknowns, candidates=candidates)


def test_plan_fit_and_validate_as_json(command, cylinder: sim.Commissioning, tmp_path: Path) -> None:
    code, out, _ = command("commission", "plan", "commissioning.toml", "--json")
    assert code == 0
    plan, folder = json.loads(out), tmp_path / "results" / "commissioning_plan"
    assert (
        set(plan["files"]) == {"plan.json", "readings.csv", "sheet.html"} == {file.name for file in folder.iterdir()}
    )
    assert len(plan["poses"]) == 6
    rows = sim.plan_measurement(cylinder).rows
    lines = template(rows, sim.Rooms.of(cylinder)).splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("pose"))
    for at, row in enumerate(rows):
        cells = lines[head + 1 + at].split(",")
        cells[lines[head].split(",").index("contact_deg")] = f"{row.contact_deg:.3f}" if at else ""
        lines[head + 1 + at] = ",".join(cells)
    (tmp_path / "readings.csv").write_text("\n".join(lines))
    code, out, _ = command("commission", "fit", "commissioning.toml", "readings.csv", "--json", "-o", "found")
    fit = json.loads(out)
    assert code == 0 and len(fit["readings"]) == 5 and len(fit["not_taken"]) == 1
    values = {each["name"]: each["value_mm"] for each in fit["unknowns"]}
    assert values["face_mm"] == pytest.approx(400.0, abs=0.1) and values["phantom x"] == pytest.approx(0.0, abs=0.1)
    code, out, _ = command("commission", "validate", "commissioning.toml", "readings.csv", "--json")
    validation = json.loads(out)
    assert code == 0 and np.abs(validation["leave_one_out"]["errors_mm"]).max() < 0.1
    assert fit["disclaimer"] == validation["disclaimer"] == DISCLAIMER


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plan", "nothing.toml"], "nothing.toml: there is no such file"),
        (["fit", "commissioning.toml", "nothing.csv"], "nothing.csv: there is no such file"),
        (["fit", "commissioning.toml", "few.csv"], "few.csv: must have at least 3 readings, has 1"),
        (["fit", "commissioning.toml", "wrong.csv"], "wrong.csv: line 2, column 2 (couch_deg): must be a number"),
        (["validate", "commissioning.toml", "few.csv", "--held-out", "wrong.csv"], "wrong.csv: line 2, column 2"),
        (
            ["validate", "commissioning.toml", "few.csv", "--observed", "few.csv"],
            "few.csv: line 1, column 3",
        ),
        (
            ["plan", "unknown.toml"],
            "dimension of cylinder_head: unknown name 'radius'; available: face",
        ),
        (["plan", "commissioning.toml", "-o", "few.csv"], "--output: must be a folder that can be written to"),
    ],
)
@pytest.mark.usefixtures("cylinder")
def test_what_is_refused_leaves_nothing(command, tmp_path: Path, words: list[str], message: str) -> None:
    text = (tmp_path / "commissioning.toml").read_text()
    (tmp_path / "unknown.toml").write_text(text.replace('"face_mm"', '"radius"'))
    head = "position,couch_deg,direction,contact_deg\n"
    (tmp_path / "few.csv").write_text(head + "centred,0,CW,80\n")
    (tmp_path / "wrong.csv").write_text(head + "centred,x,CW,80\n")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = command("commission", *words)
    assert (code, out) == (2, "")
    assert err.startswith("simulator: ") and message in err and "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before
