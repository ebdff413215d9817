"""The shipped meshes: made from their descriptions, sound, as large as they say, and never smaller than the truth."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
import trimesh
from support.built_solids import built, corners, described, dimensions, is_inside

from simulator.errors import SimulatorError
from simulator.models.description import read_description
from simulator.models.library import shipped
from simulator.models.solids import primitives
from simulator.models.solids.generate import generated_files, generator, rounded_mesh, values

FOLDERS = sorted(path.parent for path in shipped("meshes").glob("*/model.toml"))
GENERATED = [folder for folder in FOLDERS if read_description(folder).generator is not None]
ROUND = {"igrt/turntable": 609, "c_arm/interface_plate": 235, "c_arm/head_cover": 422, "water_cylinder/cylinder": 100}

MAKES_ALL = """
import hashlib, pathlib, sys
from simulator.models.solids.generate import generated_files
for folder in map(pathlib.Path, sys.argv[1:]):
    for name, content in generated_files(folder).items():
        print(folder / name, hashlib.sha256(content).hexdigest())
"""


def by_name(folders):
    return pytest.mark.parametrize("folder", folders, ids=lambda folder: folder.name)


def site(name):
    sites = described("adult").sites
    return next(site.position_mm for site in sites if site.name == name)


@pytest.fixture(scope="module")
def adult():
    return built("adult")


class Recorded(dict):
    """A dictionary that remembers which of its values were read."""

    def __init__(self, numbers):
        super().__init__(numbers)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.read |= {name} & self.keys()
        return super().get(name, default)


class TestEveryModel:
    @by_name(GENERATED)
    def test_made_again_it_is_the_same_to_the_byte(self, folder):
        for name, content in generated_files(folder).items():
            assert (folder / name).read_bytes() == content, f"{folder / name}: run the generator and commit"

    @pytest.mark.parametrize("processor", ["Prescott", "Nehalem"])  # whose instructions all that numpy runs on have
    def test_other_processors_make_the_same_bytes(self, processor):
        """OpenBLAS sums as on another one, and numpy uses no instructions beyond its least."""
        asked = "import numpy as np; print(*np.show_config(mode='dicts')['SIMD Extensions'].get('found', []))"
        found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
        environment = {"OPENBLAS_CORETYPE": processor, "NPY_DISABLE_CPU_FEATURES": found.strip()}
        told = subprocess.run(
            [sys.executable, "-c", MAKES_ALL, *map(str, GENERATED)],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        made = dict(line.rsplit(" ", 1) for line in told.splitlines())
        files = [path for folder in GENERATED for path in sorted(folder.glob("*.ply"))]
        assert made == {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    @by_name(FOLDERS)
    def test_has_no_other_meshes(self, folder):
        named = {part.mesh for part in read_description(folder).parts}
        assert {path.name for path in folder.glob("*.ply")} == named

    @by_name(GENERATED)
    def test_is_watertight_and_turned_outwards(self, folder):
        for path in folder.glob("*.ply"):
            mesh = trimesh.load_mesh(path)
            assert mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 0, path

    @by_name(GENERATED)
    def test_vertices_lie_on_the_grid_and_are_used_once(self, folder):
        for path in folder.glob("*.ply"):
            mesh = trimesh.load_mesh(path, process=False)
            steps = np.asarray(mesh.vertices) * 256  # per mm
            assert np.array_equal(steps, np.round(steps))
            assert len(np.unique(steps, axis=0)) == len(steps)

    @pytest.mark.parametrize(("file", "radius"), ROUND.items())
    def test_round_things_contain_the_true_circle(self, file, radius):
        vertices = trimesh.load_mesh(shipped("meshes") / f"{file}.ply").vertices[:, :2]
        rim = np.unique(vertices[np.hypot(*vertices.T) > radius], axis=0)
        rim = rim[np.argsort(np.arctan2(*rim.T))]
        following = np.roll(rim, -1, axis=0)
        (x, y), (u, v) = rim.T, (following - rim).T
        to_side = np.abs(x * v - y * u) / np.hypot(u, v)
        assert len(rim) == 64 and to_side.min() > radius - 0.01

    @by_name(GENERATED)
    def test_uses_every_dimension(self, folder):
        description = read_description(folder)
        recorded = Recorded(values(description))
        generator(description.generator)(recorded)
        assert recorded.read == set(description.dimensions)

    @by_name(FOLDERS)
    def test_every_dimension_and_fact_has_a_source(self, folder):
        description = read_description(folder)
        sourced = [*description.dimensions.items(), *((site.name, site) for site in description.sites)]
        if description.generator is not None and description.extends is None:
            sourced += [(joint.name, joint) for joint in description.joints]
        for table in ("beam", "table_top", "reference_size"):
            if getattr(description, table) is not None:
                sourced.append((table, getattr(description, table)))
        for name, item in sourced:
            tags = item.source.partition(":")[0].split(", ") if item.source else []
            assert tags and set(tags) <= set("RMDGF"), f"{folder.name}: {name}: source {item.source!r}"

    @by_name(FOLDERS)
    def test_says_what_it_is_not(self, folder):
        assert "no clinical clearance" in read_description(folder).note

    @pytest.mark.parametrize(("name", "most"), [("c_arm", 6000), ("adult", 6000), ("igrt", 500)])
    def test_is_economical(self, name, most):
        files = (shipped("meshes") / name).glob("*.ply")
        assert sum(len(trimesh.load_mesh(path).faces) for path in files) < most


class TestDerivatives:
    """Meshes of dimensions that differ by a few mm have as many vertices: what is fitted may move, and no more."""

    @pytest.mark.parametrize(
        ("model", "part", "prefixes"),
        [
            ("c_arm", "gantry_arm", ("arm_",)),
            ("c_arm", "head_cover", ("cover_", "isocentre_to_face", "plate_diameter")),
            ("igrt", "column", ("column_",)),
            ("igrt", "carriage", ("carriage_", "slide_", "lift_plate_")),
            ("igrt", "pedestal", ("base_top", "pedestal_", "column_y", "column_width")),
            ("igrt", "top", ("top_",)),
        ],
    )
    def test_topology_stays(self, model, part, prefixes):
        plain = dimensions(model)
        make = generator(described(model).generator)
        count = [len(array) for array in rounded_mesh(make(plain)[part])]
        moved = [name for name in plain if name.startswith(prefixes)]
        assert moved
        for name in moved[:: 1 + len(moved) // 12]:
            for by in (-1.5, 1.5):
                other = make({**plain, name: plain[name] + by})[part]
                assert [len(array) for array in rounded_mesh(other)] == count, (name, by)


class TestFiles:
    def test_refuses_what_is_no_solid(self):
        with pytest.raises(ValueError, match="not a solid"):
            rounded_mesh(primitives.Solid())

    def test_refuses_detail_finer_than_the_grid(self):
        with pytest.raises(ValueError, match="fall together"):
            rounded_mesh(primitives.box((0, 1), (0, 1), (0, 1)) + primitives.box((1.001, 2), (0, 1), (0, 1)))

    def test_refuses_a_model_without_generator(self):
        with pytest.raises(SimulatorError, match="generator is needed"):
            generated_files(shipped("meshes") / "point")

    def test_refuses_parts_that_the_generator_does_not_make(self, tmp_path):
        text = (shipped("meshes") / "box_phantom" / "model.toml").read_text()
        (tmp_path / "model.toml").write_text(text.replace("box.ply", "cube.ply"))
        with pytest.raises(SimulatorError, match=r"makes \(box\.ply\), were cube\.ply"):
            generated_files(tmp_path)


class TestCouches:
    def test_top_is_as_wide_long_and_thick_as_said(self):
        top = built("igrt")["top"]
        assert top.bounding_box() == pytest.approx((-265, -2000, -75, 265, 0, 0))
        end = top ^ primitives.box((-300, 300), (-0.01, 0), (-100, 100))
        assert end.bounding_box()[2] == pytest.approx(-50, abs=0.01)

    def test_column_joins_pedestal_and_carriage_at_every_height(self):
        couch = built("igrt")
        joints = {joint.name: joint for joint in described("igrt").joints}
        low, high = joints["table_vertical"].limits
        column, pedestal = couch["column"].bounding_box(), couch["pedestal"].bounding_box()
        assert column[5] == couch["carriage"].bounding_box()[2]
        assert column[2] + high < pedestal[5]
        assert couch["carriage"].bounding_box()[2] + low > pedestal[5]

    def test_head_board_ends_where_the_table_top_says(self):
        board = built("igrt_head_board")["head_board"].bounding_box()
        description = described("igrt_head_board")
        assert board[1] == 0 and board[4] == description.table_top.head_end_y_mm
        assert board[5] == description.table_top.surface_z_mm

    def test_swing_is_less_than_the_vendor_asks_for(self):
        # Site-planning revision list: 2743 mm around the vertical axis through the isocentre.
        description = described("igrt")
        nearest = next(joint.limits[0] for joint in description.joints if joint.name == "table_longitudinal")
        x, y, _ = corners(built("igrt")["top"]).T
        assert 2300 < np.hypot(x, y + nearest).max() < 2743

    def test_no_couch_moves_like_the_couch(self):
        moving = [
            [(joint.name, joint.type, joint.parent, joint.axis) for joint in described(name).joints]
            for name in ("igrt", "no_couch")
        ]
        assert moving[0] == moving[1]


class TestAdult:
    def body(self, adult, arms):
        return primitives.union(adult[name] for name in ("head", "trunk", "legs", f"arms_{arms}"))

    def test_weighs_what_it_should(self, adult):
        litres = self.body(adult, "down").volume() / 1e6
        assert 66 < litres < 76  # 73 kg at 1.0 to 1.1 g/cc

    def test_is_as_tall_as_it_should_be_and_lies_on_its_back(self, adult):
        bounds = self.body(adult, "down").bounding_box()
        assert bounds[5] == pytest.approx(0) and bounds[2] == pytest.approx(-1760)
        for name in ("head", "trunk", "legs"):
            assert adult[name].bounding_box()[4] == pytest.approx(0)
        for arms in ("arms_down", "arms_up"):
            assert -30 < adult[arms].bounding_box()[4] <= 0

    def test_has_the_breadths_of_an_average_man(self, adult):
        def breadth(solid, z):
            slab = solid ^ primitives.box((-500, 500), (-500, 100), (z - 1, z + 1))
            return slab.bounding_box()[3] - slab.bounding_box()[0]

        d = dimensions("adult")
        down = self.body(adult, "down")
        assert breadth(down, d["arms_down_deltoid_z_mm"]) == pytest.approx(490, abs=1)
        assert breadth(down, d["arms_down_elbow_z_mm"]) == pytest.approx(480, abs=2)
        assert -down.bounding_box()[1] == pytest.approx(250)  # of the abdomen, the highest but for the feet
        up = adult["arms_up"].bounding_box()
        assert 600 < up[3] - up[0] < 750
        assert up[5] > 150

    @pytest.mark.parametrize("arms", ["down", "up"])
    def test_is_one_body(self, adult, arms):
        assert len(self.body(adult, arms).decompose()) == 1

    def test_sites_are_inside(self, adult):
        where = dict.fromkeys(("lung", "liver", "thoracic_spine", "pelvis", "breast"), "trunk")
        where |= {"brain": "head", "foot": "legs"}
        sites = described("adult").sites
        assert {found.name for found in sites} == set(where)
        for found in sites:
            assert is_inside(adult[where[found.name]], found.position_mm), found.name
        assert site("liver")[0] < 0  # on the right

    def test_fixation_starts_at_the_brain(self):
        d = dimensions("adult")
        assert (0.0, d["brain_y_mm"], d["brain_z_mm"]) == site("brain")

    def test_mask_surrounds_the_face_without_touching_it(self, adult):
        mask = adult["mask"].translate(site("brain"))
        assert 1.5 < mask.min_gap(adult["head"], 20) < 5
        assert mask.genus() == 0
        assert mask.bounding_box()[1] < adult["head"].bounding_box()[1] - 4
        assert mask.bounding_box()[4] <= 0  # above the table

    def test_frame_holds_the_skull_by_its_pins_alone(self, adult):
        frame = adult["head_frame"].translate(site("brain"))
        held = frame ^ adult["head"]
        assert len(held.decompose()) == 4
        assert held.volume() < 4e3
        assert frame.bounding_box()[4] <= 0  # above the table
        assert all((frame ^ adult[name]).is_empty() for name in ("trunk", "arms_down", "arms_up"))


class TestPhantoms:
    def test_box_is_as_large_as_in_the_benchmark(self):
        solid = built("box_phantom")["box"]
        assert sorted(2 * np.array(solid.bounding_box()[3:])) == [300, 350, 400]
        assert solid.volume() == pytest.approx(300 * 350 * 400)

    def test_water_cylinder_has_the_volume_of_its_prism(self):
        exact = 64 * 100**2 * np.tan(np.pi / 64) * 300
        assert built("water_cylinder")["cylinder"].volume() == pytest.approx(exact)

    @pytest.mark.parametrize(
        ("model", "stem"), [("box_phantom", "box"), ("water_cylinder", "cylinder"), ("head_phantom", "head")]
    )
    def test_site_is_inside(self, model, stem):
        for found in described(model).sites:
            assert is_inside(built(model)[stem], found.position_mm)
