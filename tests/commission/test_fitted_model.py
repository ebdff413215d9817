"""A fit as models: they load, and are what was fitted."""

from __future__ import annotations

import json
import tomllib
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from support.made_fits import made_fit

import simulator as sim
from simulator.commission.fitted_model import phantom_shift_mm
from simulator.commission.grown_mesh import grown
from simulator.models.mesh import Mesh

POSES = [(0, 0), (60, 30), (90, 10), (50, -60), (-100, 0), (170, 85)]
IDENTITY = [[float(row == column) for column in range(4)] for row in range(4)]


def written(rooms: sim.Rooms, values, errors, folder: Path):
    fit = made_fit(rooms, values, errors, [0.0] * 9)
    return fit, sim.write_fitted(rooms, fit, "my readings.csv", folder, folder)


def clearances(setup: sim.Setup) -> list[float]:
    return [setup.check(gantry=gantry, couch=couch).clearance_mm for gantry, couch in POSES]


def fitted_clearances(rooms: sim.Rooms, values, position: str) -> list[float]:
    prover = rooms.room(position, values).prover(("gantry", "couch"))
    return prover.clearance_mm(np.array(POSES, dtype=float), None, 0.001)[0].tolist()


def test_dimensions_and_offsets_make_models_that_are_what_was_fitted(rooms: sim.Rooms, tmp_path: Path) -> None:
    values = (407.25, -6.5, 3.0)
    fit, models = written(rooms, values, (0.4, 1.2, 2.0), tmp_path)
    assert [(each.of, each.name) for each in models] == [("machine", "c_arm_fitted"), ("couch", "igrt_fitted")]
    assert phantom_shift_mm(fit) == (0.0, 0.0, 3.0)
    changes = {"machine.model": str(tmp_path / "c_arm_fitted"), "couch.model": str(tmp_path / "igrt_fitted")}
    scenario, plain = rooms.commissioning.scenarios()["centred"].with_changes(changes), rooms.setups["centred"]
    without_phantom = fitted_clearances(rooms, (*values[:2], 0.0), "centred")
    assert clearances(sim.load_setup(scenario)) == pytest.approx(without_phantom, abs=0.01)
    assert np.abs(np.subtract(clearances(plain), without_phantom)).max() > 3.0


def test_sources_say_what_the_values_rest_on(rooms: sim.Rooms, tmp_path: Path) -> None:
    written(rooms, (407.25, -6.5, 0.0), (0.4, 1.2, 2.0), tmp_path)
    machine = tomllib.loads((tmp_path / "c_arm_fitted" / "model.toml").read_text())
    found = machine["dimensions"]["isocentre_to_face_mm"]
    assert found["value"] == 407.25
    assert found["source"] == (
        "fitted: 9 contact angles, my readings.csv, standard error 0.4 mm, with a prior of 10 mm"
    )
    assert machine["extends"] == "c_arm" and "clinical clearance" in machine["note"]


def test_readings_without_a_contact_do_not_count(rooms: sim.Rooms, tmp_path: Path) -> None:
    fit = made_fit(rooms, (407.25, -6.5, 0.0), (0.4, 1.2, 2.0), [0.0] * 9)
    predicted = np.where(np.arange(9) < 4, np.nan, 0.0)
    sim.write_fitted(rooms, replace(fit, predicted_deg=predicted), "my readings.csv", tmp_path, tmp_path)
    model = tomllib.loads((tmp_path / "c_arm_fitted" / "model.toml").read_text())
    assert model["dimensions"]["isocentre_to_face_mm"]["source"].startswith("fitted: 5 of 9 contact angles, ")


def test_meshes_of_values_that_are_tried_are_made_in_silence(rooms: sim.Rooms) -> None:
    """With a plate so far away the bellows is a shell within the cover, of which a model that is loaded warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rooms.shapes["machine"].meshes({"isocentre_to_face_mm": 437.0})


def test_what_nothing_tells_is_left_as_it_was(rooms: sim.Rooms, tmp_path: Path) -> None:
    _, models = written(rooms, (407.25, 900.0, 0.0), (0.4, np.inf, np.inf), tmp_path)
    assert [each.of for each in models] == ["machine"]


def test_offsets_of_a_fitted_model_are_added_to(tmp_path: Path) -> None:
    """A fit of a fit: the second folder extends the first, and has the offsets of both."""
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "model.toml").write_text(
        'kind = "couch"\ntitle = "Mine"\nnote = "No clinical clearance."\nextends = "igrt"\n'
        "[dimensions]\ntop_width_mm = { value = 540, source = 'measured' }\n"
        '[[offsets]]\npart = "couch top"\noffset_mm = [1, 0, 2]\nsource = "measured"\n'
    )
    (tmp_path / "mine.toml").write_text(
        'title = "Mine"\n[couch]\nmodel = "top"\n[patient]\nmodel = "box_phantom"\nsite = "centre"\n'
    )
    (tmp_path / "c.toml").write_text(
        'title = "Mine"\nscenario = "mine.toml"\n[[positions]]\nname = "centred"\n'
        '[[unknowns]]\npart = "couch top"\noffset = "z"\n'
        '[[unknowns]]\ndimension = "top_width_mm"\nof = "couch"\n'
    )
    rooms = sim.Rooms.of(sim.Commissioning.read(tmp_path / "c.toml"))
    (tmp_path / "out").mkdir()
    values = (4.0, 560.0)
    _, (model,) = written(rooms, values, (0.5, 0.5), tmp_path / "out")
    found = tomllib.loads((tmp_path / "out" / model.name / "model.toml").read_text())
    assert found["extends"] == "../../top"
    assert found["offsets"][0]["offset_mm"] == [1.0, 0.0, 6.0]
    scenario = rooms.commissioning.scenarios()["centred"].with_changes(
        {"couch.model": str(tmp_path / "out" / model.name)}
    )
    assert clearances(sim.load_setup(scenario)) == pytest.approx(
        fitted_clearances(rooms, values, "centred"), abs=0.01
    )


@pytest.fixture
def machine_set(tmp_path: Path) -> sim.Rooms:
    """A SlicerRT set of three boxes: head, table top and its support."""
    boxes = {
        "Collimator": ((500, 500, 200), (0, 0, 500)),
        "TableTop": ((530, 2000, 60), (0, -800, -30)),
        "PatientSupport": ((400, 900, 500), (0, -1200, -320)),
    }
    parts = []
    for name, (size, middle) in boxes.items():
        trimesh.creation.box(size).apply_translation(middle).export(tmp_path / f"{name}.stl")
        turned = [row[:] for row in IDENTITY]
        turned[0][0] = turned[1][1] = -1.0  # takes back what reading as LPS does
        parts.append({"Type": name, "Name": name, "FilePath": f"{name}.stl", "FileToRASTransformMatrix": turned})
    (tmp_path / "set.json").write_text(json.dumps({"TreatmentMachineName": "Own", "Part": parts}))
    (tmp_path / "set.toml").write_text(
        'title = "A set"\n[machine]\nmodel = "set.json"\n[couch]\nmodel = "set.json"\n'
        '[patient]\nmodel = "box_phantom"\nsite = "centre"\n'
    )
    (tmp_path / "c.toml").write_text(
        'title = "A set"\nscenario = "set.toml"\n[[positions]]\nname = "centred"\n'
        '[[unknowns]]\npart = "Collimator"\npadding = true\n[[unknowns]]\npart = "TableTop"\noffset = "z"\n'
    )
    with pytest.warns(UserWarning):
        return sim.Rooms.of(sim.Commissioning.read(tmp_path / "c.toml"))


def test_a_machine_set_is_modelout_whole(machine_set: sim.Rooms, tmp_path: Path) -> None:
    values = (8.0, -5.0)
    _, models = written(machine_set, values, (0.4, 0.5), tmp_path)
    assert [each.name for each in models] == ["set_fitted", "set_fitted_couch"]
    scenario = machine_set.commissioning.scenarios()["centred"]
    changes = {f"{each.of}.model": str(tmp_path / each.name) for each in models}
    found = clearances(sim.load_setup(scenario.with_changes(changes)))
    room = machine_set.room("centred", values)
    prover = room.prover(("gantry", "couch"))
    meant = []
    for pose in np.array(POSES, dtype=float)[:, None]:
        each = [float(prover.clearance_mm(pose, [row], 0.001)[0][0]) for row in range(len(room.scene.pairs))]
        meant.append(max(0.0, min(apart - room.wanted_mm(row) for row, apart in enumerate(each))))
    excess = np.array(meant) - found
    assert (excess > -0.01).all() and (excess < 0.07 * 8.0 + 0.01).all()


class TestGrownMesh:
    solid = trimesh.creation.box((100, 60, 40))
    box = Mesh(np.asarray(solid.vertices), np.asarray(solid.faces, dtype=np.int32))

    @pytest.mark.parametrize("distance", [8.0, 0.5])
    def test_outwards_it_holds_all_that_is_so_near_and_little_more(self, distance: float) -> None:
        made = grown(self.box, distance, "box")
        solid = trimesh.Trimesh(made.vertices_mm, made.faces)
        x, y, z = 100.0, 60.0, 40.0
        faces, edges = 2 * (x * y + y * z + z * x), x + y + z
        # Steiner's formula, for the ball and for one that is as large as the polyhedron's corners are out.
        least, most = (
            x * y * z + faces * r + np.pi * r * r * edges + 4 / 3 * np.pi * r**3 for r in (distance, 1.071 * distance)
        )
        assert solid.is_watertight and least < solid.volume < most
        out = np.abs(made.vertices_mm).max(axis=0) - np.array([50, 30, 20])
        assert (out >= distance - 1e-6).all() and (out <= 1.071 * distance).all()

    def test_inwards_no_more_goes_than_is_meant(self) -> None:
        made = grown(self.box, -5.0, "box")
        assert (np.ptp(made.vertices_mm, axis=0) >= np.array([90, 50, 30]) - 1e-6).all()
        assert (np.ptp(made.vertices_mm, axis=0) <= np.array([91, 51, 31])).all()

    def test_what_is_nothing_then_is_refused(self) -> None:
        with pytest.raises(sim.SimulatorError, match="part 'box': nothing is left of it where its surface is 30 mm"):
            grown(self.box, -30.0, "box")
