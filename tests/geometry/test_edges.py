import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.geometry.edges import ascending_edges, cell_of, edges_every

EDGES = np.array([-180.0, -90.0, 0.0, 0.0, 90.0, 180.0])


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-180.0, 0),
        (-90.0, 1),
        (np.nextafter(-90.0, -91.0), 0),
        (0.0, 3),  # the empty cell between equal edges holds nothing
        (-0.0, 3),
        (179.9, 4),
        (180.0, 4),  # the last edge belongs to the last cell
        (np.nextafter(180.0, 181.0), -1),
        (-180.1, -1),
        (np.nan, -1),
        (np.inf, -1),
    ],
)
def test_the_cell_of_a_value(value, cell):
    assert cell_of(value, EDGES) == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [(180.0, 0), (190.0, 0), (-180.0, 0), (540.0, 0), (-540.0, 0), (450.0, 4), (-1e-14, 1), (-180.0 - 1e-14, 0)],
)
def test_the_cell_of_an_angle_on_a_full_turn(value, cell):
    assert cell_of(value, EDGES, period=360.0) == cell


@pytest.mark.parametrize(("value", "cell"), [(90.0, 1), (-270.0, 1), (-90.0, 0), (91.0, -1), (270.0, 0), (269.9, -1)])
def test_the_cell_of_an_angle_on_half_a_turn(value, cell):
    assert cell_of(value, np.array([-90.0, 0.0, 90.0]), period=360.0) == cell


@given(seed=st.integers(0, 2**32 - 1), period=st.sampled_from([None, 360.0]))
def test_cells_by_exhaustion(seed, period):
    rng = np.random.default_rng(seed)
    edges = np.sort(rng.integers(-200, 100, rng.integers(0, 9))).astype(float)
    values = rng.integers(-400, 400, (3, 20)) / 2
    turns = [0.0] if period is None else [-720.0, -360.0, 0.0, 360.0, 720.0]
    expected = np.full(values.shape, -1)
    for turn in turns:
        for cell in range(len(edges) - 1):
            is_last = cell == len(edges) - 2
            at = values + turn
            inside = (edges[cell] <= at) & ((at < edges[cell + 1]) | (is_last & (at == edges[-1])))
            expected[inside & (expected < 0)] = cell
    assert np.array_equal(cell_of(values, edges, period), expected)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([0, 10, 5], "edges of ring must be ascending; was 10.0 before 5.0"),
        ([0, np.nan], "edges of ring must be finite"),
        ([], r"edges of ring must have shape \(n \+ 1,\), with at least one edge; was \(0,\)"),
        ([[0, 1]], "edges of ring must have shape"),
    ],
)
def test_what_are_no_edges_is_refused(bad, message):
    with pytest.raises(SimulatorError, match=message):
        ascending_edges("edges of ring", bad)


@pytest.mark.parametrize(
    ("step", "start", "stop", "origin", "edges"),
    [
        (20, 0, 50, 0, [0, 20, 40, 50]),
        (20, -5, 5, 0, [-5, 0, 5]),
        (20, 0, 40, 0, [0, 20, 40]),
        (20, 0, 40, 7, [0, 7, 27, 40]),
        (20, 0, 40, -33, [0, 7, 27, 40]),
        (20, 3, 3, 0, [3, 3]),
        (20, 0.1 + 0.2, 40, 0.3, [0.1 + 0.2, 20.3, 40]),  # 0.3 is no cell beside 0.30000000000000004
    ],
)
def test_edges_at_steps(step, start, stop, origin, edges):
    np.testing.assert_allclose(edges_every(step, start, stop, origin), edges, atol=1e-12)
