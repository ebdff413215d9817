"""What errors of the set-up add to the commands."""

import json

import pytest
from support.erring_rooms import erring_room

import simulator as sim
from simulator.report.margins import margins, margins_lines

SCENARIO = """title = "Brain"
[patient]
model = "adult"
site = "brain"
[errors]
vertical_mm = {{ {kind} = 2 }}
"""


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("bound", "vertical ±2 mm: free for every error, proven"),
        ("standard_deviation", "vertical σ 2 mm: chance of a"),
    ],
)
def test_pose_says_what_errors_do(tmp_path, command, kind, said):
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO.format(kind=kind), encoding="utf-8")
    code, out, _ = command("pose", str(path), "--gantry", "60", "--couch", "15")
    assert code == 0
    assert said in out


def test_a_result_has_its_margins_and_its_errors():
    setup = erring_room(buffer_mm=50.0, gantry=(-30.0, 30.0, 1.0), couch=(-5.0, 5.0, 1.0), vertical_mm={"bound": 5})
    found = margins(setup, setup.sweep)
    omega = sim.robust_solid_angle(setup, workers=1)
    assert json.loads(json.dumps(found)) == found
    assert found[0]["solid_angle_lower_sr"] == omega.lower_sr
    first, second = margins_lines(found)
    assert "vertical ±5 mm; directions as planned" in first
    assert second.startswith("    free for every error") and "(proven)" in second
    assert margins(erring_room(), setup.sweep) == [] == margins_lines([])


def test_a_map_says_which_errors_its_set_up_had_and_is_the_planned_one():
    room = {"buffer_mm": 50.0, "gantry": (-2.0, 2.0, 1.0), "couch": (-1.0, 1.0, 1.0)}
    erring = sim.collision_map(erring_room(**room, vertical_mm={"bound": 5}), workers=1)
    plain = sim.collision_map(erring_room(**room), workers=1)
    assert erring.provenance["errors"] == {"vertical_mm": {"bound": 5.0}}
    assert "errors" not in plain.provenance
    assert erring.provenance["scene_sha256"] == plain.provenance["scene_sha256"]
    assert (erring.status == plain.status).all()


def test_a_sampled_run_says_what_errors_leave_too(tmp_path, command):
    """A plain answer alone would be taken for one that holds with the errors."""
    path = tmp_path / "s.toml"
    path.write_text(
        'title = "P"\npatient = { model = "point", site = "point" }\nerrors.vertical_mm = { bound = 2 }\n'
        "grid.gantry_deg = { start = 0, stop = 20, step = 10 }\ngrid.couch_deg = { start = 0, stop = 10, step = 5 }\n"
    )
    code, out, err = command("run", str(path), "--json", "--output", str(tmp_path / "out"), "--method", "sampled")
    assert (code, err) == (0, "")
    (found,) = json.loads(out)["margins"]
    assert found["meaning"] == "free for every error" and found["bounds"] == "proven"
