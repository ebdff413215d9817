"""Where models and scenarios are found, and in which order."""

import pytest

from simulator.errors import SimulatorError
from simulator.models.description import read_description
from simulator.models.library import find_model, find_scenario, models, scenarios, shipped

SITE = '[[sites]]\nname = "origin"\nposition_mm = [0, 0, 0]\n'


def test_a_folder_beside_comes_first_then_the_users_then_what_ships(tmp_path, monkeypatch, write_model):
    monkeypatch.chdir(tmp_path)
    assert find_model("adult", "patient") == shipped("meshes") / "adult"
    places = [write_model("patient", SITE, name="adult", within=folder) for folder in ("beside", "mine", "yours")]
    monkeypatch.setenv("SIMULATOR_MODELS", f"{tmp_path / 'mine'}:{tmp_path / 'yours'}")
    assert find_model("adult", "patient") == places[1]
    assert find_model("adult", "patient", tmp_path / "beside") == places[0]
    monkeypatch.setenv("SIMULATOR_MODELS", f"{tmp_path / 'yours'}:{tmp_path / 'mine'}")
    assert find_model("adult", "patient") == places[2]
    assert find_model("beside/adult", "patient") == tmp_path / "beside" / "adult"
    assert find_model(str(places[1]), "patient") == places[1]


def test_a_model_of_the_user_is_listed_once_and_hides_the_shipped_one(tmp_path, monkeypatch, write_model):
    mine = write_model("patient", SITE, name="adult")
    other = write_model("patient", SITE, name="zebra")
    monkeypatch.setenv("SIMULATOR_MODELS", f"{tmp_path / 'nowhere'}:{tmp_path / 'models'}:")
    found = dict(models("patient"))
    assert found["adult"] == mine and found["zebra"] == other
    assert [name for name, _ in models("patient")].count("adult") == 1
    assert "c_arm" not in found and "igrt" not in found


@pytest.mark.parametrize(
    ("kind", "name", "some"),
    [
        ("machine", "linac", {"c_arm", "o_ring", "proton_gantry"}),
        ("couch", "bed", {"igrt", "igrt_head_board", "igrt_rails", "no_couch"}),
        ("patient", "child", {"adult", "box_phantom", "head_phantom", "point", "water_cylinder"}),
    ],
)
def test_an_unknown_name_is_answered_with_those_of_its_kind(monkeypatch, kind, name, some):
    monkeypatch.delenv("SIMULATOR_MODELS", raising=False)
    with pytest.raises(SimulatorError, match=f"^{kind}.model: unknown name '{name}'; available: ") as told:
        find_model(name, kind)
    listed = str(told.value).partition("available: ")[2].split(", ")
    assert some <= set(listed) and listed == sorted(listed)
    assert {read_description(shipped("meshes") / model).kind for model in listed} == {kind}


def test_a_machine_set_is_found_in_the_users_folders_and_its_absence_explained(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMULATOR_MODELS", str(tmp_path))
    with pytest.raises(
        SimulatorError, match=r"^couch\.model: there is no file 'own\.json' beside .* come with SlicerRT"
    ):
        find_model("own.json", "couch")
    (tmp_path / "own.json").touch()
    assert find_model("own.json", "couch") == tmp_path / "own.json"


def test_scenarios_by_name_and_by_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert {"brain", "liver", "open_space"} <= scenarios().keys()
    assert find_scenario("brain") == shipped("scenarios") / "brain.toml"
    (tmp_path / "brain").mkdir()  # a folder of results is no scenario
    assert find_scenario("brain") == shipped("scenarios") / "brain.toml"
    (tmp_path / "own.txt").touch()
    assert find_scenario("own.txt").samefile(tmp_path / "own.txt")
    assert find_scenario(tmp_path / "missing.toml") == tmp_path / "missing.toml"
    with pytest.raises(SimulatorError, match="scenario: unknown name 'brian'; available: box, brain, "):
        find_scenario("brian")
