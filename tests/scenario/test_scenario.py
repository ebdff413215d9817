"""Scenario files as values: ranges of angles, grids, buffers, choices; what is refused is in bad_input/."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.models.library import scenarios
from simulator.scenario.scenario import Buffers, CouchChoice, PatientChoice, Scenario
from simulator.scenario.sweep import Grid, Range

PATIENT = PatientChoice(model="point", site="point")


class TestRange:
    def test_a_full_turn_is_not_closed_twice(self):
        turn = Range(start=-180, stop=180, step=1)
        assert turn.is_full_turn
        assert np.array_equal(turn.values_deg(), np.arange(-180.0, 180.0))
        assert np.array_equal(turn.edges_deg(), np.arange(-180.5, 180.0))

    def test_part_of_a_turn_has_both_ends_and_is_cut_there(self):
        part = Range(start=-90, stop=90, step=45)
        assert not part.is_full_turn
        assert part.values_deg().tolist() == [-90, -45, 0, 45, 90]
        assert part.edges_deg().tolist() == [-90, -67.5, -22.5, 22.5, 67.5, 90]

    def test_almost_a_full_turn_has_both_ends(self):
        assert len(Range(start=-180, stop=179, step=1).values_deg()) == 360
        assert not Range(start=-180, stop=179, step=1).is_full_turn

    @pytest.mark.parametrize(("start", "stop"), [(-180, 180), (0, 360), (-175, 185), (90, 450)])
    def test_every_full_turn_holds_the_same_angles(self, start, stop):
        turn = Range(start=start, stop=stop, step=5)
        assert sorted(turn.values_deg() % 360) == list(range(0, 360, 5))
        assert np.ptp(turn.edges_deg()) == 360

    @pytest.mark.parametrize(
        ("stop", "step", "count"), [(360, 0.1, 3600), (7, 0.7, 11), (90, 0.3, 301), (1, 0.01, 101)]
    )
    def test_steps_that_are_no_binary_fractions(self, stop, step, count):
        values = Range(start=0, stop=stop, step=step).values_deg()
        assert len(values) == count
        assert values.tolist() == [round(k * step, 9) for k in range(count)]  # as they would be typed

    def test_a_step_with_rounded_digits_ends_at_the_end(self):
        values = Range(start=0, stop=1, step=0.3333333333).values_deg()
        assert values.tolist() == [0, 0.333333333, 0.666666667, 1]

    def test_one_angle(self):
        single = Range(start=30, stop=30, step=1)
        assert single.values_deg().tolist() == [30] and single.edges_deg().tolist() == [30, 30]
        turn = Range(start=-180, stop=180, step=360)
        assert turn.values_deg().tolist() == [-180] and turn.edges_deg().tolist() == [-360, 0]

    @settings(derandomize=True, deadline=None, max_examples=200)
    @given(start=st.integers(-3600, 3600), steps=st.integers(0, 300), tenths=st.integers(1, 100))
    def test_cells_are_in_order_and_hold_their_angles(self, start, steps, tenths):
        steps = min(steps, 3600 // tenths)
        angles = Range(start=start / 10, stop=(start + steps * tenths) / 10, step=tenths / 10)
        values, edges = angles.values_deg(), angles.edges_deg()
        assert len(edges) == len(values) + 1 and values[0] == start / 10
        assert (np.diff(values) > 0).all() and (np.diff(edges) >= 0).all()
        assert (edges[:-1] <= values).all() and (values <= edges[1:]).all()
        assert np.ptp(edges) == pytest.approx(steps * tenths / 10)
        assert not np.signbit(values[values == 0]).any()  # no -0.0
        if not angles.is_full_turn:
            assert values[-1] == angles.stop and edges[0] == angles.start and edges[-1] == angles.stop

    @pytest.mark.parametrize(
        ("start", "stop", "step", "message"),
        [
            (0, 10, 3, "whole number of steps"),
            (0, 1, 0.3333, "whole number of steps"),
            (10, 0, 1, "from start to start"),
            (0, 360.5, 0.5, "from start to start"),
            (0, 10, 0, "greater than or equal to 0.01"),
        ],
    )
    def test_what_is_no_range(self, start, stop, step, message):
        with pytest.raises(ValueError, match=message):
            Range(start=start, stop=stop, step=step)


class TestGrid:
    def test_the_default_is_the_whole_sphere(self):
        grid = Grid()
        assert grid.shape == (360, 91)
        assert (grid.couch_deg.start, grid.couch_deg.stop) == (-90, 90)

    def test_its_size_has_a_limit(self):
        allowed = Range(start=0, stop=199.9, step=0.1)
        assert Grid(gantry_deg=allowed, couch_deg=allowed).shape == (2000, 2000)
        with pytest.raises(ValueError, match="at most 4,000,000 poses, has 4,002,000: take larger steps"):
            Grid(gantry_deg=allowed, couch_deg=Range(start=0, stop=200, step=0.1))

    def test_other_steps(self):
        grid = Grid().with_steps(gantry_deg=10.0)
        assert grid.shape == (36, 91) and Grid().with_steps(couch_deg=90.0).shape == (360, 3)
        assert grid.with_steps() == grid
        with pytest.raises(SimulatorError, match=r"^grid with other steps: couch_deg: .* whole number of steps"):
            grid.with_steps(couch_deg=7.0)
        with pytest.raises(SimulatorError, match="at most 4,000,000 poses"):
            grid.with_steps(0.01, 0.01)

    def test_it_cannot_be_changed_behind_our_back(self):
        with pytest.raises(ValueError, match="frozen"):
            Grid().gantry_deg = Range(start=0, stop=1, step=1)  # type: ignore[misc]


def test_buffers_have_defaults_and_may_be_nothing():
    assert (Buffers().patient_mm, Buffers().couch_mm) == (30, 20)
    assert (Buffers(patient_mm=0, couch_mm=0).patient_mm, Buffers(patient_mm=0).couch_mm) == (0, 20)


def test_a_scenario_in_python_has_the_defaults_of_the_file():
    scenario = Scenario(title="Mine", patient=PATIENT)
    assert (scenario.machine.model, scenario.couch.model, scenario.patient.position) == ("c_arm", "igrt", "HFS")
    assert (scenario.name, scenario.path, scenario.folder) == ("Mine", None, None)


def test_a_file_is_named_after_itself_and_paths_start_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mine.toml").write_text('title = "T"\n[patient]\nmodel = "point"\nsite = "point"\n')
    monkeypatch.chdir(tmp_path)
    scenario = Scenario.read(Path("mine.toml"))
    assert (scenario.name, scenario.path, scenario.folder) == ("mine", Path("mine.toml"), tmp_path.resolve())
    assert scenario.patient == PATIENT and scenario.grid == Grid() and scenario.buffers == Buffers()


def test_lengths_are_whole_numbers_or_not():
    assert PatientChoice(model="a", isocentre_mm=(1, 2.5, -3)).isocentre_mm == (1, 2.5, -3)


@pytest.mark.parametrize("units", ["mm", "cm", "m", "in"])
def test_a_mesh_has_a_unit(units: str):
    assert CouchChoice(mesh="top.stl", units=units, surface_z_mm=0.0).units == units  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a mesh must have units: mm, cm, m or in"):
        CouchChoice(mesh="top.stl")


@pytest.mark.parametrize("path", scenarios().values(), ids=scenarios())
def test_shipped_scenarios_fit_the_schema(path: Path):
    scenario = Scenario.read(path)
    assert scenario.name == path.stem and scenario.grid.shape == (360, 91)
