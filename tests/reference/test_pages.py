"""The pages of files: each has the fields of its kind, and a whole file that is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import simulator as sim
from simulator.commission.readings import LARGEST_ERROR_DEG, LARGEST_GAUGE_MM, LEAST_ERROR_DEG
from simulator.commission.readings_file import FOR_PEOPLE, OTHERS
from simulator.models.description import Description
from simulator.reference.reference import KINDS
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import read_toml
from simulator.scenario.study import Study
from simulator.scenario.survey import Survey

PAGES = Path(__file__).parents[2] / "docs" / "reference"
OF = {
    "scenario": ("scenario", Scenario),
    "model": ("model", Description),
    "study": ("study", Study),
    "survey": ("survey", Survey),
    "measurements": ("commissioning", sim.Commissioning),
}


def _block(page: str, language: str) -> str:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("page", OF)
def test_a_page_begins_with_a_whole_file_and_has_all_fields(page: str, tmp_path: Path) -> None:
    kind, table = OF[page]
    (tmp_path / "whole.toml").write_text(_block(page, "toml"), encoding="utf-8")
    assert read_toml(tmp_path / "whole.toml", table)
    assert f"\n```{{fields}} {kind}\n```\n" in (PAGES / f"{page}.md").read_text(encoding="utf-8")


def test_every_kind_of_file_has_a_page() -> None:
    assert {kind for kind, _ in OF.values()} == {*KINDS}


def test_the_readings_of_the_page_are_read(tmp_path: Path) -> None:
    (tmp_path / "commissioning.toml").write_text(_block("measurements", "toml"), encoding="utf-8")
    (tmp_path / "readings.csv").write_text(_block("measurements", "text"), encoding="utf-8")
    rooms = sim.Rooms.of(sim.Commissioning.read(tmp_path / "commissioning.toml"))
    first, second = sim.read_readings(tmp_path / "readings.csv", rooms).readings
    assert (first.contact_deg, first.parts) == (61.5, ("head cover", "couch top"))
    assert (second.error_deg, second.gauge_mm, second.joints["couch"]) == (0.5, 10.0, -45.0)


def test_the_page_names_all_columns_of_readings_and_their_limits() -> None:
    page = (PAGES / "measurements.md").read_text(encoding="utf-8")
    columns = {"position", "couch_deg", "direction", "contact_deg", *OTHERS, *FOR_PEOPLE}
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert columns <= {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert f"{LEAST_ERROR_DEG:g} to {LARGEST_ERROR_DEG:g}" in page and f"0 to {LARGEST_GAUGE_MM:g}" in page
