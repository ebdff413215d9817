"""Meshes that are named by package, as in ROS."""

import pytest

from simulator.errors import SimulatorError
from simulator.models.urdf.packages import mesh_file

NAME = "package://arm_support/meshes/base.stl"


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMULATOR_MODELS", str(tmp_path / "models"))


@pytest.mark.parametrize(
    ("description", "package"),
    [
        ("arm_support", "arm_support"),  # the folder itself
        ("arm_support/urdf", "arm_support"),  # one above it
        ("mine", "mine/arm_support"),  # one in it
        ("mine", "models/arm_support"),  # of the user's models
    ],
)
def test_a_package_is_found(tmp_path, description, package):
    (tmp_path / description).mkdir(parents=True)
    file = tmp_path / package / "meshes" / "base.stl"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    assert mesh_file(tmp_path / description, NAME).resolve() == file.resolve()


def test_a_folder_of_models_may_be_the_package_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMULATOR_MODELS", str(tmp_path / "arm_support"))
    file = tmp_path / "arm_support" / "meshes" / "base.stl"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    assert mesh_file(tmp_path / "mine", NAME) == file


def test_the_nearest_package_counts(tmp_path):
    for folder in ("mine/arm_support", "models/arm_support"):
        (tmp_path / folder / "meshes").mkdir(parents=True)
        (tmp_path / folder / "meshes" / "base.stl").write_bytes(b"")
    assert mesh_file(tmp_path / "mine", NAME).is_relative_to(tmp_path / "mine")


def test_other_paths_start_at_the_folder(tmp_path):
    assert mesh_file(tmp_path, "meshes/base.stl") == tmp_path / "meshes" / "base.stl"


@pytest.mark.parametrize("name", ["file:///base.stl", "model://arm/base.stl", "package://", "package://arm"])
def test_other_names_are_refused(tmp_path, name):
    with pytest.raises(SimulatorError, match="mesh must be a path or package://NAME/PATH, was"):
        mesh_file(tmp_path, name)


def test_a_package_that_is_not_there_is_told_where_it_was_looked_for(tmp_path):
    with pytest.raises(SimulatorError) as error:
        mesh_file(tmp_path, NAME)
    assert str(tmp_path / "arm_support") in str(error.value)
    assert str(tmp_path / "models" / "arm_support") in str(error.value)
