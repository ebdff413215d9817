"""``simulator sweep --dry-run``: what a study comes to, and one message for a bad one."""

STUDY = """
title = "Heights of nobody"
[scenario]
title = "Base"
patient = { model = "point", site = "point" }
couch = { model = "no_couch" }
[[vary]]
field = "machine.collimator_deg"
range = { start = 0, stop = 99, step = 1 }
[measure]
tolerance = 0.1
step_deg = 30
clearance_step_deg = 90
"""


def test_a_dry_run_tells_cases_time_and_size_and_writes_nothing(command, tmp_path):
    (tmp_path / "mine.toml").write_text(STUDY + "keep_maps = true\n", encoding="utf-8")
    code, out, err = command("sweep", "mine.toml", "--dry-run", "--workers", "2")
    assert code == 0 and err == ""
    assert "Heights of nobody\n  cases     100 in 100 chunks\n  time      about " in out
    assert "with 2 processes" in out and "of maps" in out and "from 3 cases of 3 chunks" in out
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_bad_studies_are_one_message_and_leave_nothing(command, tmp_path):
    lattice = '\n[[vary]]\nlattice = { spacing_mm = 5, site = "point", radius_mm = 9 }\n'
    for change, told in (
        (("collimator_deg", "colimator_deg"), "vary.0.range: machine.colimator_deg: unknown field; available: model"),
        (("step = 1 }", "step = 1e-5 }"), "vary.0.range: must have at most 1,000,000 values"),
        (("[measure]", "[measures]"), "measures: unknown field; available: title, scenario, vary, measure"),
        (("\n[measure]", f"{lattice}[measure]"), "lattice: site: must be of a patient who has a body"),
        (("title", "titel"), "title: is missing"),
    ):
        (tmp_path / "mine.toml").write_text(STUDY.replace(*change), encoding="utf-8")
        for arguments in (("--dry-run",), ()):
            code, out, err = command("sweep", "mine.toml", *arguments)
            assert code == 2 and out == "" and told in err and "Traceback" not in err
        assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]
    code, _, err = command("sweep", "couch_hight", "--dry-run")
    assert code == 2 and "study: unknown name 'couch_hight'; available: couch_height" in err
    assert "couch_height" in command("list")[1]
