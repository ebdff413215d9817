"""A machine of two axes that cross at 45°, with joints of other names and a snout, seen in every way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.browser import BROWSER, Browser
from support.glb import Glb
from support.own_models import ABOUT, part, room
from support.pictures import elements_at
from support.toy_machine import write_toy_machine

import simulator as sim
from simulator.maps.look_up import OUT_OF_RANGE, look_up
from simulator.models.kinematics import Joint
from simulator.models.machine import Beam
from simulator.view.export.gltf import write_gltf
from simulator.view.export.page import write_html
from simulator.view.plots.maps import plot_map
from simulator.view.sphere import T_fixed_chart
from simulator.view.steering import pose_of_direction, worst_pose
from simulator.view.window.controls import Controls
from simulator.view.window.window import Window

HALF = float(np.sqrt(0.5))
SWEEP = sim.Sweep(
    sim.Axis(joint="yaw", start=-180.0, stop=180.0, step=15.0),
    sim.Axis(joint="tilt", start=-180.0, stop=180.0, step=15.0),
    sim.Axis(joint="snout", start=0.0, stop=200.0, step=100.0, over="any", unit="mm"),
)


@pytest.fixture(scope="module")
def toy() -> sim.Setup:
    machine = sim.Machine(
        name="toy",
        **ABOUT,
        parts=(
            part("post", "tilt", "head", (-150, -150, 600), (150, 150, 800)),
            part("nozzle", "snout", "nozzle", (-60, -60, 450), (60, 60, 590)),
        ),
        joints=(
            Joint("yaw", "revolute", axis=(0.0, 0.0, 1.0)),
            Joint("tilt", "revolute", "yaw", axis=(0.0, HALF, HALF)),
            Joint("snout", "prismatic", "tilt", axis=(0.0, 0.0, -1.0), limits=(0.0, 200.0)),
        ),
        beam=Beam("tilt", (0.0, 0.0, 1000.0), (0.0, 0.0, -1.0)),
        sweep=SWEEP,
    )
    return room(machine, title="Two axes at 45°")


@pytest.fixture(scope="module")
def toy_map(toy: sim.Setup) -> sim.CollisionMap:
    return sim.collision_map(toy, method="sampled", workers=1)


def best(cmap: sim.CollisionMap, tilt: float, yaw: float) -> int:
    """Return the least status of the snout's values at a pose."""
    return int(cmap.dataset["status"].sel(tilt=tilt, yaw=yaw).min())


def test_the_map_is_that_of_the_joint_nearer_the_beam_across(toy_map: sim.CollisionMap) -> None:
    axes = plot_map(toy_map, Figure(figsize=(7, 4)).add_subplot())
    assert axes.get_xlabel() == "tilt angle / °"
    assert axes.get_ylabel() == "yaw angle / °"
    assert (*axes.get_xlim(), *axes.get_ylim()) == (-180.0, 180.0, -180.0, 180.0)
    for tilt, yaw in ((0.0, 0.0), (165.0, 90.0), (-150.0, -30.0), (150.0, 0.0)):
        (shown,) = elements_at(axes.images[0], np.array([tilt]), np.array([yaw]))
        assert bool(np.isclose(shown, 1.0).all()) == (best(toy_map, tilt, yaw) == 0), (tilt, yaw)


def test_half_the_sphere_is_reached_by_no_pose(toy_map: sim.CollisionMap) -> None:
    """Its axes and the beam are 45° apart: what is more than 90° from the outer axis, no source ever sees."""
    rng = np.random.default_rng(3)
    towards = rng.normal(size=(400, 3))
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    above = (towards @ toy_map.rotation("patient").T)[:, 2]
    status, _ = look_up(toy_map, towards)
    np.testing.assert_array_equal(status == OUT_OF_RANGE, above < 0.0)


def test_the_worst_pose_names_every_joint(toy: sim.Setup, toy_map: sim.CollisionMap) -> None:
    pose = worst_pose(toy_map)
    assert set(pose) == {"yaw", "tilt", "snout"}
    assert toy.check(**pose).culprits[0] == toy_map.pair_costs()["pair"][0]


def test_a_direction_has_a_pose_with_a_free_snout(toy: sim.Setup, toy_map: sim.CollisionMap) -> None:
    aimed = 0
    for tilt in (-120.0, -60.0, 45.0, 120.0, 150.0):
        for yaw in (-90.0, 0.0, 75.0):
            direction = toy_map.chart.directions(tilt, yaw)
            pose = pose_of_direction(toy_map, direction, {"yaw": 0.0, "tilt": 0.0, "snout": 200.0})
            found = toy.directions_patient(yaw=pose["yaw"], tilt=pose["tilt"], snout=pose["snout"])
            np.testing.assert_allclose(toy_map.rotation("patient") @ found, direction, atol=0.15)
            assert int(toy.check(**pose).status) == best(toy_map, pose["tilt"], pose["yaw"])
            aimed += 1
    assert aimed == 15


def test_the_sphere_stands_still_where_the_patient_does(
    toy: sim.Setup, toy_map: sim.CollisionMap, tmp_path: Path
) -> None:
    write_gltf(toy, tmp_path / "room.glb", toy_map, yaw=30.0, tilt=60.0, snout=50.0)
    glb = Glb((tmp_path / "room.glb").read_bytes())
    assert len(glb.path(glb.node(role="directions"))) == 2
    snout = glb.nodes[glb.node(joint="snout")]["extras"]
    assert (snout["value"], snout["unit"], snout["type"]) == (50.0, "mm", "prismatic")


def test_the_sphere_has_the_source_where_it_stands(
    toy: sim.Setup, toy_map: sim.CollisionMap, coarse: tuple[sim.Setup, sim.CollisionMap], tmp_path: Path
) -> None:
    """A direction of the chart, turned as the sphere is at a pose, points from the isocentre to the source."""
    write_toy_machine(tmp_path)
    bench = sim.load_setup(tmp_path / "treated.toml")
    sweep = sim.Sweep(spin=(0, 180, 45), tilt=(-180, 180, 45))
    bench_map = sim.collision_map(bench, sweep=sweep, method="sampled", workers=1)
    for setup, cmap in ((toy, toy_map), coarse, (bench, bench_map)):
        for inner, outer in ((0.0, 0.0), (40.0, -25.0), (-130.0, 35.0)):
            pose = {cmap.chart.inner: inner, cmap.chart.outer: outer}
            T_fixed_beam = setup.scene.tree.T_fixed_frame(setup.machine.beam.joint, setup.scene.rest | pose)
            source = (T_fixed_beam @ (*setup.machine.beam.source_mm, 1.0))[:3]
            shown = T_fixed_chart(setup, cmap, pose)[:3, :3] @ cmap.chart.directions(inner, outer)
            np.testing.assert_allclose(shown, source / np.linalg.norm(source), atol=1e-9)


def test_a_map_of_another_snout_is_not_shown_in_a_file(toy: sim.Setup, tmp_path: Path) -> None:
    sweep = sim.Sweep(yaw=(0, 90, 30), tilt=(0, 90, 30))
    cmap = sim.collision_map(toy, sweep=sweep, method="sampled", workers=1)
    for write, name in ((write_gltf, "room.glb"), (write_html, "room.html")):
        with pytest.raises(sim.SimulatorError, match="snout: must be 0 as in the map, was 50"):
            write(toy, tmp_path / name, cmap, snout=50.0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("renderer")
def test_the_window_has_a_slider_for_each_joint(toy: sim.Setup, toy_map: sim.CollisionMap) -> None:
    with Window(toy, toy_map, tilt=30.0, off_screen=True) as window:
        controls = Controls(window)
        assert list(controls.sliders) == ["yaw", "tilt", "snout"]
        assert window.check.pose == {"yaw": 0.0, "tilt": 30.0, "snout": 0.0}
        assert "yaw 0°, tilt 30°, snout 0 mm" in window.captions.texts[1]
        for tilt, yaw in ((-60.0, 90.0), (150.0, 0.0), (165.0, -105.0)):
            assert window.panel is not None
            pose = window.pose_at(*window.panel.point_of(tilt, yaw))
            assert pose is not None and (pose["tilt"], pose["yaw"]) == (tilt, yaw)
            window.move_to(**pose)
            assert int(window.check.status) == best(toy_map, tilt, yaw)
        controls.step("yaw", 1)
        assert window.check.pose["yaw"] == -90.0
        window.look_from_the_beam()
        hidden = {
            body.name
            for body, actor in zip(toy.scene.bodies, window.room.bodies, strict=True)
            if not actor.visibility
        }
        assert hidden == {"post", "nozzle"}


@pytest.mark.skipif(BROWSER is None, reason="no chromium to open pages with")
def test_the_page_moves_every_joint(toy: sim.Setup, toy_map: sim.CollisionMap, tmp_path: Path) -> None:
    write_html(toy, tmp_path / "room.html", toy_map, tilt=7.0)
    with Browser(tmp_path / "profile") as browser:
        for pose in ({"yaw": 90.0, "tilt": -150.0, "snout": 200.0}, {"yaw": -15.0, "tilt": 165.0, "snout": 100.0}):
            asked = "&".join(f"{joint}={value:g}" for joint, value in pose.items())
            browser.open(f"{(tmp_path / 'room.html').as_uri()}#{asked}")
            browser.until("typeof controls === 'object'")
            shown = browser.run("[...document.querySelectorAll('#sliders output')].map((value) => value.textContent)")
            assert shown == [f"{pose['yaw']:g}°", f"{pose['tilt']:g}°", f"{pose['snout']:g} mm"]
            assert browser.run("document.getElementById('status').textContent") == str(toy.check(**pose).status)
            place = browser.run("parts['nozzle'].matrixWorld.elements")
            scene = toy.scene.scanning(tuple(pose))
            T = scene.T_fixed_frame("snout", np.array([list(pose.values())]))[0]
            in_metres = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1000]]) / 1000 @ T
            np.testing.assert_allclose(np.reshape(place, (4, 4)).T, in_metres, atol=1e-6)
            assert browser.errors == []
