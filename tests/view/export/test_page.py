"""The web page, in a real browser without a network: what it says, what it shows, and what its sliders do."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from support.arm_room import arm_setup
from support.browser import BROWSER, Browser

import simulator as sim
from simulator.maps.look_up import look_up
from simulator.maps.provenance import DISCLAIMER
from simulator.view.colours import STATUS_COLOURS, Palette
from simulator.view.export.gltf import T_GLTF_FIXED
from simulator.view.export.page import write_html
from simulator.view.sphere import OPACITY

READY = "typeof controls === 'object'"
PANEL_WIDTH = 330
GOT = """(() => ({
    status: document.getElementById("status").textContent,
    culprits: [...document.querySelectorAll("#culprits li")].map((line) => line.textContent),
    gap: document.getElementById("gap").hidden ? null : document.getElementById("gap").textContent,
    pose: [...document.querySelectorAll("#sliders output")].map((angle) => angle.textContent),
}))()"""
WHERE = """(() => {
    const places = {};
    scene.traverse((node) => {
        if (node.userData.part) places[node.userData.part] = node.matrixWorld.elements;
    });
    return places;
})()"""
COLOURS = """(() => {
    const colours = {};
    scene.traverse((node) => {
        const { part } = node.userData;
        if (part) colours[part] = node.material.color.clone().convertLinearToSRGB().getHexString();
    });
    return colours;
})()"""
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="no chromium, chromium-browser or google-chrome to open pages with"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory):
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(coarse, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page of a map, opened at a pose that is not on the grid."""
    path = tmp_path_factory.mktemp("page") / "room.html"
    write_html(*coarse[:1], path, coarse[1], gantry=12.5, couch=-20.0)
    return path.as_uri()


def share_of_red(picture: np.ndarray) -> float:
    """The share of the room, beside the panel, that is as red as a culprit in light or shade."""
    room = picture[:, PANEL_WIDTH:]
    return float((room[..., 0] > 2.5 * room[..., 1:].max(axis=-1)).mean())


def opened(browser: Browser, address: str, file: Path | None = None) -> np.ndarray:
    browser.open(address)
    browser.until(READY)
    assert browser.errors == []
    return browser.picture(file)


@needs_browser
def test_a_page_needs_no_network(browser, page) -> None:
    browser.requests.clear()
    picture = opened(browser, page)
    assert browser.requests[-3:][0] == page
    assert {address.partition(":")[0] for address in browser.requests} <= {"about", "file", "data", "blob"}
    assert len(np.unique((picture[:, PANEL_WIDTH:] * 15).astype(int).reshape(-1, 3), axis=0)) > 50


@needs_browser
def test_a_collision_is_red_and_a_free_pose_is_not(browser, brain, tmp_path: Path) -> None:
    for gantry, couch, is_red in ((0.0, 0.0, False), (100.0, 60.0, True)):
        write_html(brain, tmp_path / "room.html", gantry=gantry, couch=couch)
        picture = opened(browser, (tmp_path / "room.html").as_uri())
        found, check = browser.run(GOT), brain.check(gantry=gantry, couch=couch)
        assert found["status"] == str(check.status)
        assert found["culprits"] == list(check.culprits)
        assert (found["gap"] is None) == is_red
        assert share_of_red(picture) > 0.02 if is_red else share_of_red(picture) < 0.001
        assert browser.run(
            "document.getElementById('sliders').hidden && document.getElementById('directions').hidden"
        )


@needs_browser
def test_it_opens_at_its_pose_with_what_was_measured_there(browser, page, coarse) -> None:
    opened(browser, page)
    check = coarse[0].check(gantry=12.5, couch=-20.0)
    found = browser.run(GOT)
    assert found["pose"] == ["12.5°", "-20°"]
    assert found["status"] == str(check.status)
    assert found["gap"] == f"clearance {check.clearance_mm:.1f} mm: {check.nearest}"
    text = browser.run("document.body.innerText")
    omega = coarse[1].solid_angle()
    for piece in (
        coarse[0].title,
        "IEC 61217",
        DISCLAIMER,
        f"{omega.sr:.2f} sr",
    ):
        assert piece in text
    assert browser.run("document.title") == coarse[0].title


def some_poses(cmap: sim.CollisionMap) -> list[tuple[int, int]]:
    """Two poses of each status, as indices into the grid."""
    return [tuple(found) for status in sim.Status for found in np.argwhere(cmap.status == status)[[3, -4]].tolist()]


@needs_browser
def test_the_address_asks_for_a_pose(browser, page, coarse) -> None:
    """Status and culprit are the checker's, the culprit is red, and every part stands where it should."""
    setup, cmap = coarse
    opened(browser, page)
    for row, column in some_poses(cmap):
        gantry, couch = (float(cmap.dataset[name].values[k]) for name, k in (("gantry", row), ("couch", column)))
        browser.run(f"location.hash = '#gantry={gantry:g}&couch={couch:g}'")
        browser.until(f"document.querySelector('#sliders output').textContent === '{gantry:g}°'")
        check, found = setup.check(gantry=gantry, couch=couch), browser.run(GOT)
        assert found["pose"] == [f"{gantry:g}°", f"{couch:g}°"]
        assert found["status"] == str(check.status)
        assert found["culprits"] == list(check.culprits)
        assert found["gap"] is None
        picture = browser.picture()
        assert (share_of_red(picture) > 0.001) == (check.status is sim.Status.COLLIDING)
        culprits = {part for pair in check.culprits for part in pair.split(" – ")}
        for part, colour in browser.run(COLOURS).items():
            own = next(body.colour for body in setup.scene.bodies if body.name == part)
            assert f"#{colour}" == (STATUS_COLOURS[check.status] if part in culprits else own).lower(), part
        places = browser.run(WHERE)
        for index, body in enumerate(setup.scene.bodies):
            T = setup.scene.T_fixed_body(index, np.array([[gantry, couch]]))[0]
            in_metres = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1000]]) / 1000 @ T
            np.testing.assert_allclose(np.reshape(places[body.name], (4, 4)).T, in_metres, atol=1e-6)
    assert browser.errors == []


@needs_browser
def test_an_address_may_open_a_page_at_a_pose(browser, page) -> None:
    """At the grid's nearest angle, round the circle; what it does not say, or says badly, is as in the file."""
    for fragment, pose in {
        "gantry=93.9&couch=11": ["90°", "10°"],
        "gantry=268": ["-90°", "-20°"],
        "couch=330": ["12.5°", "-30°"],
        "gantry=540&couch=-720": ["-180°", "0°"],
        "gantry=90&couch=180": ["90°", "-20°"],
        "gantry=left&couch=": ["12.5°", "-20°"],
    }.items():
        opened(browser, f"{page}#{fragment}")
        assert browser.run(GOT)["pose"] == pose


@needs_browser
def test_sliders_turn_the_room_and_give_a_link(browser, page, coarse) -> None:
    cmap = coarse[1]
    before = opened(browser, page)
    row, column = np.argwhere(cmap.status == sim.Status.COLLIDING)[5].tolist()
    for name, index in (("gantry", row), ("couch", column)):
        browser.run(
            f"(() => {{ const slider = document.querySelector(`#sliders [name='{name}']`); slider.value = {index};"
            "for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind)); })()"
        )
    gantry, couch = (float(cmap.dataset[name].values[k]) for name, k in (("gantry", row), ("couch", column)))
    assert browser.run(GOT)["status"] == "colliding"
    assert browser.run("location.hash") == f"#gantry={gantry:g}&couch={couch:g}"
    browser.until("true")
    assert share_of_red(browser.picture()) > share_of_red(before) + 0.001
    assert browser.errors == []


@needs_browser
def test_an_arm_stands_where_the_map_found_it(browser, tmp_path: Path) -> None:
    """The address asks for the beam; the tool's part is where the arm's forward kinematics has it."""
    setup = arm_setup()
    cmap = sim.collision_map(setup, method="sampled", workers=1)
    write_html(setup, tmp_path / "arm.html", cmap, polar=0.0, azimuth=0.0)
    row, column = np.argwhere(cmap.is_free & np.isfinite(cmap.arm_joints["A1"]))[7].tolist()
    polar, azimuth = (cmap.sweep[name].values()[at] for name, at in (("polar", row), ("azimuth", column)))
    opened(browser, f"{(tmp_path / 'arm.html').as_uri()}#polar={polar:g}&azimuth={azimuth:g}")
    assert len(browser.run(GOT)["pose"]) == 2 and browser.run(GOT)["status"] == "free"
    T_gltf_head = np.reshape(browser.run(WHERE)["head"], (4, 4)).T
    q_deg = [values[row, column] for values in cmap.arm_joints.values()]
    np.testing.assert_allclose(T_gltf_head[:3, 3], _in_gltf(setup.arm_room.wrist.forward(q_deg)[:3, 3]), atol=1e-4)


def _in_gltf(point_mm: np.ndarray) -> np.ndarray:
    """IEC fixed axes in mm to glTF's in m, y up."""
    return (T_GLTF_FIXED @ np.append(point_mm, 1.0))[:3]


@needs_browser
def test_the_sphere_has_the_legend_s_colours_and_can_be_hidden(browser, page, coarse) -> None:
    shown = opened(browser, page)
    legend = browser.run(
        "[...document.querySelectorAll('#legend li')].map((line) => "
        "[line.textContent, getComputedStyle(line.firstChild).backgroundColor])"
    )
    keys = Palette(coarse[1]).legend()
    assert [label for label, _ in legend] == [key.label for key in keys]
    for (_, colour), key in zip(legend, keys, strict=True):
        assert list(map(int, re.findall(r"\d+", colour))) == [round(255 * part) for part in key.rgb]
    browser.run("document.getElementById('ball').click()")
    browser.until("true")
    assert (np.abs(shown - browser.picture()).max(axis=-1) > 0.02)[:, PANEL_WIDTH:].mean() > 0.05
    browser.run("document.getElementById('ball').click()")
    browser.until("true")
    np.testing.assert_array_equal(browser.picture()[:, PANEL_WIDTH:], shown[:, PANEL_WIDTH:])


@needs_browser
def test_the_sphere_is_seen_in_the_map_s_colours(browser, page, coarse) -> None:
    """Its front alone before the background: a pixel is of both, as much as the opacity says."""
    setup, cmap = coarse
    opened(browser, f"{page}#couch=30")
    browser.run(
        "scene.traverse((node) => { if (!node.isMesh) return; node.visible = node.userData.role === 'directions';"
        "node.material.side = THREE.FrontSide; }); render()"
    )
    browser.until("true")
    gantry, couch = np.meshgrid(cmap.dataset["gantry"].values, cmap.dataset["couch"].values[1:-1], indexing="ij")
    poses = np.stack([gantry.ravel(), couch.ravel()], axis=1)
    directions = np.array([setup.directions_patient(gantry=gantry, couch=couch) for gantry, couch in poses])
    status, culprit = look_up(cmap, directions)
    poses, status, culprit = (each[status != sim.Status.FREE] for each in (poses, status, culprit))
    turn, tilt = np.deg2rad(30.0 - poses[:, 1]), np.deg2rad(poses[:, 0])
    towards = 0.8 * np.stack([np.sin(tilt) * np.cos(turn), np.cos(tilt), -np.sin(tilt) * np.sin(turn)], axis=1)
    seen = browser.run(
        f"{towards.round(6).tolist()}.map((place) => {{ const at = new THREE.Vector3(...place);"
        "const facing = camera.position.clone().sub(at).normalize().dot(at.clone().normalize()); at.project(camera);"
        "return [facing, (at.x + 1) / 2 * innerWidth, (1 - at.y) / 2 * innerHeight]; })"
    )
    facing, across, down = np.array(seen).T
    there = (facing > 0.3) & (np.abs(np.sin(tilt)) > 0.1)
    picture = browser.picture()[down[there].astype(int), across[there].astype(int)]
    colours = Palette(cmap).image(status, culprit)[there]
    background = np.array([0xF4, 0xF6, 0xF8]) / 255
    opacity = round(255 * OPACITY) / 255
    np.testing.assert_allclose(picture, (1 - opacity) * background + opacity * colours, atol=0.012)
    assert there.sum() > 20 and len(np.unique(colours, axis=0)) > 2


@needs_browser
def test_up_stays_up(browser, page) -> None:
    opened(browser, page)
    for k in range(6):
        kind = "mousePressed" if k == 0 else "mouseMoved"
        browser.ask(
            "Input.dispatchMouseEvent", type=kind, x=700 + 50 * k, y=300 + 60 * k, button="left", clickCount=1
        )
        browser.until("true")
    browser.ask("Input.dispatchMouseEvent", type="mouseReleased", x=950, y=600, button="left", clickCount=1)
    browser.until("true")
    across = browser.run("[...camera.matrixWorld.elements].slice(0, 3)")
    place = browser.run("camera.position.toArray()")
    assert abs(across[1]) < 1e-6
    assert np.linalg.norm(np.array(place) - (-3.3, 2.3, 4.2)) > 0.5
    assert browser.errors == []


@needs_browser
def test_names_are_told_as_they_are(browser, coarse, tmp_path: Path) -> None:
    """Whatever a title or a part is called, it is text."""
    setup, _ = coarse
    title = "</script><script>document.title = 'run'</script> & @ROOM@ <b>\u2028“×”</b> $B64GLTF"
    part = '</script><img src=x onerror="document.title = 1">'
    parts = tuple(replace(each, name=part) if each.name == "head cover" else each for each in setup.machine.parts)
    setup = replace(setup, title=title, machine=replace(setup.machine, parts=parts))
    write_html(setup, tmp_path / "room.html", gantry=90.0, couch=0.0)
    opened(browser, (tmp_path / "room.html").as_uri())
    assert browser.run("document.title") == title
    assert browser.run("document.querySelector('#panel h1').textContent") == title
    check = setup.check(gantry=90.0, couch=0.0)
    assert any(part in name for name in (*check.culprits, check.nearest or ""))
    assert part in browser.run("document.getElementById('found').textContent")


def test_what_the_page_is_made_of_says_no_address(coarse, tmp_path: Path) -> None:
    """Nothing that a browser would load: three.js has addresses in its comments and names, but no sources."""
    write_html(coarse[0], tmp_path / "room.html", coarse[1])
    page = (tmp_path / "room.html").read_text(encoding="utf-8")
    outside_scripts = re.sub("<script[^>]*>.*?</script>", "<script>", page, flags=re.DOTALL)
    assert not re.search(r"(?i)https?:|@import|\burl\(|<link|<iframe|\bsrc\s*=", outside_scripts)
    assert not re.search(r"(?i)<script[^>]*\bsrc", page)
    assert DISCLAIMER in outside_scripts


def test_the_same_room_is_the_same_bytes(coarse, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_html(coarse[0], tmp_path / name, coarse[1], gantry=10.0)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_another_three_js_is_refused(brain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other versions have other lights and colours, and nobody would see that they are wrong."""
    with zipfile.ZipFile(io.BytesIO(trimesh.resources.get_bytes("templates/viewer.zip"))) as known:
        page = known.read("viewer.html.template")
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as files:
        files.writestr("viewer.html.template", page.replace(b'e="140"', b'e="152"'))
    monkeypatch.setattr(trimesh.resources, "get_bytes", lambda _: other.getvalue())
    with pytest.raises(sim.SimulatorError, match=r"web page: trimesh must be of a version that has three.js r140"):
        write_html(brain, tmp_path / "room.html")
    assert list(tmp_path.iterdir()) == []


def test_a_map_of_another_set_up_is_refused(brain, coarse, tmp_path: Path) -> None:
    setup, cmap = coarse
    for other, field in [
        (brain, "meshes_sha256"),
        (replace(setup, roll_deg=1.0), "table_position_mm"),
        (replace(setup, buffers=sim.Buffers(patient_mm=1.0)), "buffers"),
    ]:
        with pytest.raises(sim.SimulatorError, match=f"the map must be one of the set-up that is given.*{field}"):
            write_html(other, tmp_path / "room.html", cmap)
    with pytest.raises(sim.SimulatorError, match=r"must end in \.html or \.htm"):
        write_html(brain, tmp_path / "room")
    with pytest.raises(sim.SimulatorError, match="couch: must be from"):
        write_html(brain, tmp_path / "room.html", couch=170.0)
    assert list(tmp_path.iterdir()) == []
