"""Rows of a lattice as volumes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.made_study import lattice_table, sample_table, share_at, table_of

from simulator.view.lattice import NO_CASE, volumes_of


def test_each_answer_stands_at_its_place() -> None:
    table = lattice_table(unplaced={3})
    (volume,) = volumes_of(table)
    assert volume.row.shape == (4, 3, 2) and volume.spacing_mm == pytest.approx(20.0)
    assert (volume.row == NO_CASE).sum() == 2
    for row, cell in ((volume.row[tuple(cell)], cell) for cell in np.argwhere(volume.row != NO_CASE)):
        place = [axis[at] for axis, at in zip(volume.axes_mm, cell, strict=True)]
        assert place == pytest.approx(table.loc[row, ["isocentre_x_mm", "isocentre_y_mm", "isocentre_z_mm"]].tolist())
        expected = np.nan if row == 3 else 100 * share_at(place)
        assert volume.shares.middle[tuple(cell)] == pytest.approx(expected, nan_ok=True)
    assert np.isnan(volume.shares.middle[volume.row == NO_CASE]).all()


@settings(max_examples=30)
@given(order=st.permutations(range(22)), offset=st.tuples(*[st.floats(-500, 500)] * 3))
def test_order_and_origin_make_no_difference(order: list[int], offset: tuple[float, float, float]) -> None:
    table = lattice_table()
    assert len(table) == 22
    (expected,) = volumes_of(table)
    moved = table.iloc[order].reset_index(drop=True)
    for column, by in zip(("isocentre_x_mm", "isocentre_y_mm", "isocentre_z_mm"), offset, strict=True):
        moved[column] += by
    (found,) = volumes_of(moved)
    assert np.array_equal(found.shares.middle, expected.shares.middle, equal_nan=True)


def test_each_choice_of_what_else_varies_has_its_lattice() -> None:
    parts = [lattice_table() for _ in range(2)]
    for part, couch in zip(parts, ("narrow", "wide"), strict=True):
        part.insert(1, "couch", couch)
    table = pd.concat(parts, ignore_index=True)
    found = volumes_of(table)
    assert [volume.label for volume in found] == ["couch narrow", "couch wide"]
    assert [table.loc[volume.row.max(), "couch"] for volume in found] == ["narrow", "wide"]


def test_what_is_no_lattice_is_none() -> None:
    crooked = lattice_table()
    crooked.loc[5, "isocentre_x_mm"] += 3.3
    on_a_line = table_of([{}] * 3, [0.5] * 3, places_mm=[(0.0, 0.0, z) for z in (0.0, 1.0, 2.0)])
    assert [volumes_of(table) for table in (crooked, on_a_line, sample_table())] == [[], [], []]


def test_the_middle_plane_is_where_the_points_are() -> None:
    (volume,) = volumes_of(lattice_table())
    assert volume.axes_mm[0][volume.plane(0, None)] in (0.0, 20.0)
    assert volume.axes_mm[0][volume.plane(0, 39.0)] == pytest.approx(40.0)
    assert volume.edges_mm(1) == pytest.approx([-50.0, -30.0, -10.0, 10.0])
