"""``simulator survey``: a table of machines and sites, its files, and what is refused."""

import json

import pandas as pd

SURVEY = """
title = "Two machines"
step_deg = 30
[scenario]
title = "Base"
patient = { model = "point", site = "point" }
couch = { model = "no_couch" }
[[machines]]
name = "one"
set = { "machine.options.imagers" = "retracted" }
[[machines]]
name = "none"
set = { "machine.model" = "there_is_none" }
[[sites]]
name = "point"
set = { "patient.site" = "point" }
claim = "half of it"
claimed_at_most = 0.5
"""


def test_a_survey_is_a_table_and_two_files(command, tmp_path):
    (tmp_path / "mine.toml").write_text(SURVEY, encoding="utf-8")
    code, out, err = command("survey", "mine.toml", "-o", "found")
    assert code == 0 and err == ""
    assert "point; claimed: half of it" in out and "100.0 (exceeded)" in out and "there_is_none" in out
    table = pd.read_csv(tmp_path / "found/survey.csv")
    assert list(table["machine"]) == ["one", "none"] and table["verdict"][0] == "exceeded"
    found = json.loads((tmp_path / "found/survey.json").read_text(encoding="utf-8"))
    assert found["files"] == ["survey.csv", "survey.json"] and found["rows"][1]["lower_sr"] is None
    assert "no result is a clinical clearance" in found["disclaimer"]
    code, out, _ = command("survey", "mine.toml", "--machines", "one", "--json")
    assert code == 0 and [row["machine"] for row in json.loads(out)["rows"]] == ["one"]


def test_what_is_no_survey_is_one_message(command, tmp_path):
    (tmp_path / "mine.toml").write_text(SURVEY.replace("step_deg = 30", "step_deg = 0"), encoding="utf-8")
    for arguments, told in (
        (("mine.toml",), "step_deg: must be greater than 0, was 0"),
        (("brian",), "survey: unknown name 'brian'; available: four_pi"),
        (("four_pi", "--sites", "knee"), "--sites: unknown name 'knee'; available: brain"),
    ):
        code, out, err = command("survey", *arguments)
        assert code == 2 and out == "" and told in err and err.count("\n") == 1
