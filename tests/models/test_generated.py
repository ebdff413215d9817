"""Meshes follow the dimensions of a description, and a dimension that no mesh follows is refused."""

import shutil

import numpy as np
import pytest
import trimesh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.models.couch import Couch
from simulator.models.description import read_description, values
from simulator.models.library import shipped
from simulator.models.machine import Machine
from simulator.models.patient import Patient
from simulator.models.solids.generate import generator

IGRT = read_description(shipped("meshes") / "igrt")
FILES = {part.name: part.mesh.removesuffix(".ply") for part in IGRT.parts}


def changed(**dimensions):
    return "[dimensions]\n" + "".join(
        f'{name} = {{ value = {value!r}, source = "M: ours" }}\n' for name, value in dimensions.items()
    )


def meshes(model):
    return {part.name: part.mesh for part in model.parts}


def child(write_model, lines, *, base="igrt", kind="couch", name="child"):
    return str(write_model(kind, f'extends = "{base}"\n' + lines, name=name))


class TestAChild:
    def test_a_changed_dimension_makes_the_meshes_anew_and_leaves_the_others(self, write_model):
        wide, plain = (meshes(Couch.load(name)) for name in (child(write_model, changed(top_width_mm=600.0)), "igrt"))
        assert np.ptp(wide["couch top"].bounds_mm, axis=0)[0] == 600
        assert wide["couch top"].is_closed
        assert {name for name in plain if plain[name].sha256 != wide[name].sha256} == {"couch top"}

    def test_through_another_child_with_a_generator_of_its_own(self, write_model):
        path = child(write_model, changed(top_width_mm=600.0, board_length_mm=400.0), base="igrt_head_board")
        found = meshes(Couch.load(path))
        assert np.ptp(found["couch top"].bounds_mm, axis=0)[0] == 600
        assert np.ptp(found["head board"].bounds_mm, axis=0)[1] == 400

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(name=st.sampled_from(sorted(IGRT.dimensions)), factor=st.floats(0.9, 1.1))
    def test_any_dimension_of_the_couch(self, write_model, tmp_path_factory, name, factor):
        """The meshes are those that the generator makes of the child's numbers, whichever was changed."""
        value = round(factor * IGRT.dimensions[name].value, 3)
        if value == IGRT.dimensions[name].value:
            return
        folder = f"child_{name}_{factor.hex()}"
        shutil.rmtree(tmp_path_factory.getbasetemp() / folder, ignore_errors=True)
        path = child(write_model, changed(**{name: value}), name=str(tmp_path_factory.getbasetemp() / folder))
        solids = generator("couches.igrt")({**values(IGRT), name: value})
        for part, mesh in meshes(Couch.load(path)).items():
            bounds = np.reshape(solids[FILES[part]].bounding_box(), (2, 3))
            assert np.allclose(mesh.bounds_mm, bounds, atol=0.02), part

    def test_a_dimension_that_only_a_replaced_part_followed_is_refused(self, write_model):
        own = '[[parts]]\nname = "couch top"\nmesh = "box.ply"\nunits = "mm"\njoint = "table_roll"\ngroup = "couch"\n'
        path = child(write_model, changed(top_width_mm=600.0, column_width_mm=400.0) + own)
        with pytest.raises(SimulatorError, match=r"model\.toml: dimensions: nothing depends on top_width_mm: "):
            Couch.load(path)

    @pytest.mark.parametrize(
        ("lines", "message"),
        [
            (changed(top_breadth_mm=600.0), "nothing depends on top_breadth_mm: igrt has no such dimension"),
            (changed(turntable_thickness_mm=0.0), r"generator 'couches\.igrt' makes no sound solids"),
        ],
    )
    def test_what_cannot_be_made_is_refused(self, write_model, lines, message):
        path = child(write_model, lines)
        with pytest.raises(SimulatorError, match=f"dimensions: {message}"):
            Couch.load(path)

    def test_the_same_value_again_changes_nothing(self, write_model):
        path = child(write_model, changed(top_width_mm=IGRT.dimensions["top_width_mm"].value))
        assert {name: mesh.sha256 for name, mesh in meshes(Couch.load(path)).items()} == {
            name: mesh.sha256 for name, mesh in meshes(Couch.load("igrt")).items()
        }

    def test_a_base_without_a_generator_has_nothing_that_depends_on_its_dimensions(self, write_model):
        site = '[[sites]]\nname = "point"\nposition_mm = [0, 0, 0]\n'
        part = '[[parts]]\nname = "body"\nmesh = "box.ply"\nunits = "mm"\ngroup = "patient"\n'
        base = write_model("patient", changed(length_mm=300.0) + part + site, name="base")
        assert len(Patient.load(str(base)).parts) == 1
        path = child(write_model, changed(length_mm=310.0), base="../base", kind="patient")
        with pytest.raises(SimulatorError, match="nothing depends on length_mm: no mesh that is used is made anew"):
            Patient.load(path)


class TestACopy:
    @pytest.fixture
    def copy(self, tmp_path):
        return shutil.copytree(shipped("meshes") / "igrt", tmp_path / "mine")

    def edit(self, folder, old, new):
        text = (folder / "model.toml").read_text()
        assert old in text
        (folder / "model.toml").write_text(text.replace(old, new, 1))

    def test_an_edited_dimension_is_not_answered_with_the_old_mesh(self, copy):
        self.edit(copy, "top_width_mm = { value = 530", "top_width_mm = { value = 600")
        couch = Couch.load(str(copy))
        assert np.ptp(meshes(couch)["couch top"].bounds_mm, axis=0)[0] == 600
        assert couch.warnings == ()
        reports = {part.name: part.report.source for part in couch.parts}
        assert reports["couch top"] == f"{copy / 'top.ply'} (made anew)"

    def test_a_dimension_that_its_generator_does_not_read_is_refused(self, copy):
        self.edit(copy, "[dimensions]", '[dimensions]\ntop_height_mm = { value = 1, source = "G" }')
        with pytest.raises(SimulatorError, match=r"nothing depends on top_height_mm: generator .* does not read it"):
            Couch.load(str(copy))

    def test_a_mesh_of_ones_own_is_taken_as_it_is(self, copy):
        """Nobody but the generator stamps its files: another program's file is not overwritten by a shape."""
        trimesh.creation.box((500, 1900, 40)).apply_translation((0, -950, -20)).export(copy / "top.ply")
        assert np.ptp(meshes(Couch.load(str(copy)))["couch top"].bounds_mm, axis=0).tolist() == [500, 1900, 40]
        self.edit(copy, "column_width_mm = { value = 426", "column_width_mm = { value = 400")
        found = meshes(Couch.load(str(copy)))
        assert np.ptp(found["couch top"].bounds_mm, axis=0).tolist() == [500, 1900, 40]
        assert np.ptp(found["couch column"].bounds_mm, axis=0)[0] == 400

    def test_an_unknown_generator_is_named_when_it_is_needed(self, copy):
        self.edit(copy, 'generator = "couches.igrt"', 'generator = "couches.sofa"')
        assert len(Couch.load(str(copy)).parts) == 5
        self.edit(copy, "top_width_mm = { value = 530", "top_width_mm = { value = 600")
        with pytest.raises(SimulatorError, match=r"mine/model\.toml: generator: there is none .* 'couches\.sofa'"):
            Couch.load(str(copy))


def test_a_change_of_the_machine_reaches_the_room(write_model):
    """The face of the treatment head comes 15 mm nearer: the cover's mesh and that of the plate with it."""
    path = child(write_model, changed(isocentre_to_face_mm=400.0), base="c_arm", kind="machine")
    near, plain = meshes(Machine.load(path)), meshes(Machine.load("c_arm"))
    assert plain["interface plate"].bounds_mm[0, 2] == 415 and near["interface plate"].bounds_mm[0, 2] == 400
    assert near["stand"].sha256 == plain["stand"].sha256
