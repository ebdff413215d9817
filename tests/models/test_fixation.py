"""Fixation devices of the library and of a user: faces, options, anchors; and a body that an incline bends."""

from __future__ import annotations

import math

import numpy as np
import pytest
import trimesh

import simulator as sim
from simulator.errors import SimulatorError
from simulator.models.description import read_description, values
from simulator.models.library import models
from simulator.models.model import Model

FOLDERS = dict(models("fixation"))
STANDING = sorted(FOLDERS.keys() - {"head_adjuster"})


def every(name: str) -> list[sim.Fixation]:
    """Return a device with each choice of each of its options."""
    options = read_description(FOLDERS[name]).options
    chosen = [{option: choice} for option, table in options.items() for choice in table.choices] or [{}]
    return [sim.Fixation.load(name, **each) for each in chosen]


def highest_mm(device: sim.Fixation, x: float, y: float) -> float:
    """Return how high a device is over a place."""
    (part,) = device.parts
    mesh = trimesh.Trimesh(part.mesh.vertices_mm, part.mesh.faces)
    hits, _, _ = mesh.ray.intersects_location([[x, y, 1000.0]], [[0.0, 0.0, -1.0]])
    return float(hits[:, 2].max())


@pytest.mark.parametrize("name", STANDING)
def test_stands_on_the_table_and_is_one_body(name: str) -> None:
    for device in every(name):
        (part,) = device.parts
        assert part.mesh.bounds_mm[0, 2] == pytest.approx(0.0, abs=1 / 256)
        assert part.mesh.is_closed and len(part.mesh.bodies) == 1


@pytest.mark.parametrize("name", STANDING)
def test_its_face_is_where_it_says(name: str) -> None:
    at_y = {"breast_board": 300.0, "wing_board": 0.0, "vacuum_bag": -300.0, "head_neck_board": -300.0}[name]
    for device in every(name):
        rise = math.tan(math.radians(device.incline_deg)) * at_y
        assert highest_mm(device, 1.0, at_y) == pytest.approx(device.surface_z_mm + rise, abs=0.05)


def test_the_options_of_a_board_are_the_inclines_of_its_meshes() -> None:
    dimensions = values(read_description(FOLDERS["breast_board"]))
    inclines = [device.incline_deg for device in every("breast_board")]
    assert inclines == [0.0, dimensions["incline_low_deg"], dimensions["incline_high_deg"]]
    assert [float(dict(device.options)["incline_deg"]) for device in every("breast_board")] == inclines


def test_rails_are_drawn_out_to_the_sides() -> None:
    widths = {}
    for rails in ("in", "out"):
        parts = sim.Couch.load("igrt_rails", rails=rails).parts
        (mesh,) = [part.mesh for part in parts if part.name == "couch rails"]
        (top,) = [part.mesh for part in parts if part.name == "couch top"]
        widths[rails] = mesh.bounds_mm[1, 0]
        assert mesh.bounds_mm[0, 2] < top.bounds_mm[0, 2] and widths[rails] < top.bounds_mm[1, 0]
    assert widths["in"] < 100 < 200 < widths["out"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"incline_deg": "30"}, r"option incline_deg: unknown name '30'; available: 0, 7\.5, 15"),
        ({"height": "1"}, "option: unknown name 'height'; available: incline_deg"),
        ({"shift_mm": (0.0, math.nan, 0.0)}, r"shift_mm: must be a row of 3, each a number"),
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(SimulatorError, match=message):
        sim.Fixation.load("breast_board", **wrong)  # type: ignore[arg-type]


def test_what_makes_the_table_longer_stays_on_the_table() -> None:
    with pytest.raises(SimulatorError, match=r"fixation\.anchor: must be 'table' or 'table end' .*, was 'vertex'"):
        sim.Fixation.load("head_adjuster", anchor="vertex")


def test_a_mesh_of_a_users_own(tmp_path) -> None:
    box = trimesh.creation.box(bounds=[(-20.0, -60.0, 0.0), (20.0, -10.0, 3.0)])
    box.export(tmp_path / "slab.stl")
    device = sim.Fixation.from_mesh("slab.stl", "cm", surface_z_mm=30.0, beside=tmp_path)
    assert isinstance(device, Model) and device.anchor == "table" and device.parts[0].name == "slab"
    assert np.allclose(device.parts[0].mesh.bounds_mm, [(-200, -600, 0), (200, -100, 30)])
    with pytest.raises(SimulatorError, match=r"fixation\.incline_deg: must be 0 to 45, was 50"):
        sim.Fixation.from_mesh("slab.stl", "cm", surface_z_mm=30.0, incline_deg=50.0, beside=tmp_path)


class TestBend:
    def test_turns_what_is_to_the_head_about_the_hips(self) -> None:
        flat = sim.Patient.load("adult", arms="up")
        raised = flat.raised(15.0)
        hip = np.array(flat.landmarks["hips"])
        c, s = math.cos(math.radians(15)), math.sin(math.radians(15))
        x, y, z = np.array(flat.sites["brain"]) - hip
        assert np.allclose(raised.sites["brain"], hip + np.array([x, y * c - z * s, y * s + z * c]))
        assert raised.landmarks["hips"] == flat.landmarks["hips"] and raised.sites["foot"] == flat.sites["foot"]
        assert raised.sites["brain"][1] < flat.sites["brain"][1]  # to the front

    def test_leaves_the_legs_and_the_size_of_the_parts(self) -> None:
        flat = sim.Patient.load("adult", fixation="head_frame", height_cm=165, mass_kg=65)
        raised = flat.raised(7.5)
        for before, after in zip(flat.parts, raised.parts, strict=True):
            same = np.array_equal(before.mesh.vertices_mm, after.mesh.vertices_mm)
            assert same == (before.name == "patient legs"), before.name
            volumes = [part.mesh.surface.volume_mm3.sum() for part in (before, after)]
            assert volumes[0] == pytest.approx(volumes[1], rel=1e-9)

    def test_the_back_lies_on_the_board(self) -> None:
        """In the axes of the board the lowest point of the trunk is on its face, and none is under it."""
        trunk = next(part for part in sim.Patient.load("adult").raised(15.0).parts if part.name == "patient trunk")
        along, up = trunk.mesh.vertices_mm[:, 2] + 870.0, -trunk.mesh.vertices_mm[:, 1]
        above = up * math.cos(math.radians(15)) - along * math.sin(math.radians(15))
        assert above.min() == pytest.approx(0.0, abs=0.01)

    def test_nothing_bends_that_does_not_say_where(self) -> None:
        phantom = sim.Patient.load("box_phantom")
        assert phantom.raised(15.0) is phantom
        adult = sim.Patient.load("adult")
        assert adult.raised(0.0) is adult


@pytest.mark.parametrize("incline_deg", [-10.0, 46.0])
def test_no_board_is_so_steep(incline_deg):
    with pytest.raises(SimulatorError, match="incline_deg: must be from 0 to 45, was "):
        sim.Patient.load("adult").raised(incline_deg)
