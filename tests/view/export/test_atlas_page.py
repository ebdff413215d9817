"""The page of an atlas, in a real browser without a network: targets, what a click tells, spheres that were kept."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
from support.browser import BROWSER, Browser
from support.made_study import lattice_table

import simulator as sim
from simulator.collision.contact import Status
from simulator.maps.provenance import DISCLAIMER
from simulator.studies.rows import ISOCENTRE
from simulator.view.export.atlas_page import write_atlas_page
from simulator.view.export.gltf import T_GLTF_FIXED
from simulator.view.export.sphere_regions import FREE, WITHIN_BUFFER, SphereRegions
from simulator.view.joint_axes import T_fixed_frame
from simulator.view.sphere import looked_up

KEPT, UNPLACED = 5, 3
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="no chromium, chromium-browser or google-chrome to open pages with"
)


@pytest.fixture(scope="module")
def page(coarse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("atlas") / "atlas.html"
    setup, cmap = coarse
    kept = {KEPT: cmap}
    write_atlas_page(lattice_table(unplaced={UNPLACED}), setup, path, title="Atlas <of> a box", map_of=kept.get)
    return path


@pytest.fixture(scope="module")
def told(page: Path) -> dict:
    found = re.search(r'id="atlas">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(found[1])


def test_targets_stand_where_they_are_in_the_patient(told: dict, coarse) -> None:
    setup, table = coarse[0], lattice_table()
    T = T_GLTF_FIXED @ T_fixed_frame(setup, "patient", {})
    expected = table[list(ISOCENTRE)].to_numpy() @ T[:3, :3].T + T[:3, 3]
    (volume,) = told["volumes"]
    order = np.argsort(volume["rows"])
    assert np.reshape(volume["places"], (-1, 3))[order] == pytest.approx(expected, abs=2e-5)


def test_what_a_click_tells_is_the_row(told: dict) -> None:
    first, missing = told["rows"][0], told["rows"][UNPLACED]
    assert "proven" in first["said"] and first["pairs"] == ["head – top: blocks 20.0 %"]
    assert missing["said"].endswith("not placed: table_vertical: is out of reach") and not missing["pairs"]
    assert [index for index, row in enumerate(told["rows"]) if "sphere" in row] == [KEPT]


def test_spheres_say_what_the_map_says(told: dict, coarse) -> None:
    _, cmap = coarse
    shape = told["sphere"]["rows"], told["sphere"]["columns"]
    region = np.frombuffer(base64.b64decode(told["rows"][KEPT]["sphere"]), dtype=np.uint8).reshape(shape)
    status, culprit = looked_up(cmap, 180 / shape[0])
    assert np.array_equal(region == FREE, status == Status.FREE)
    is_within = (region > WITHIN_BUFFER) & (region < 2 * WITHIN_BUFFER)
    assert np.array_equal(is_within, status == Status.WITHIN_BUFFER)
    for number, pair in enumerate(cmap.pairs):
        for found in set(region[(culprit == number) & (status == Status.COLLIDING)].tolist()):
            assert told["sphere"]["legend"][str(found)]["label"] in (pair, "other pairs")


def test_a_study_without_maps_has_no_spheres() -> None:
    assert SphereRegions.of({}).told()["rows"] == 0


def test_no_lattice_no_atlas(coarse, tmp_path: Path) -> None:
    with pytest.raises(sim.SimulatorError, match="isocentres on a lattice"):
        write_atlas_page(lattice_table()[:1], coarse[0], tmp_path / "atlas.html", title="Atlas")
    assert not list(tmp_path.iterdir())


@needs_browser
def test_a_browser_needs_no_network_and_shows_a_target(page: Path, tmp_path: Path) -> None:
    with Browser(tmp_path / "profile") as browser:
        browser.open(f"{page.as_uri()}#case={KEPT}")
        browser.until("typeof ball === 'object' && controls")
        assert browser.errors == []
        assert {address.partition(":")[0] for address in browser.requests} <= {"about", "file", "data", "blob"}
        text = browser.run("document.getElementById('panel').innerText")
        assert "Atlas <of> a box" in text and DISCLAIMER in text and "proven bounds" in text and "mm: " in text
        assert browser.run("ball.visible && !document.getElementById('directions').hidden")
        # A click in the middle of a target that is not hidden by others chooses it.
        browser.run("at('shown').value = 'sagittal'; choosePlane()")
        browser.run("ball.visible = false; choose([...volume.rows.keys()].find((target) => isShown(target)))")
        shown = browser.run("[...volume.rows.keys()].filter((target) => isShown(target)).length")
        assert 0 < shown < browser.run("volume.rows.length")
        place = """(() => { const target = [...volume.rows.keys()].find((each) => isShown(each));
            const seen = new THREE.Vector3().fromArray(volume.places, 3 * target).project(camera);
            const found = under({ clientX: (seen.x + 1) * innerWidth / 2, clientY: (1 - seen.y) * innerHeight / 2 });
            return found !== null && isShown(found); })()"""
        assert browser.run(place)
        picture = browser.picture(tmp_path / "page.png")
    assert len(np.unique((picture[:, 330:] * 15).astype(int).reshape(-1, 3), axis=0)) > 20
