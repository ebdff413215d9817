"""Beams through the cut ends of a scanned patient: a block whose upper end, or both, the scan cut off."""

from dataclasses import replace

import numpy as np
import pytest
from support import shapes

import simulator as sim
from simulator.models.scan import Scan

LOW, HIGH = (-150.0, -100.0, -300.0), (150.0, 100.0, 200.0)
BODY = shapes.cuboid(LOW, HIGH)
PATIENT = ["patient_x", "patient_y", "patient_z"]


def scanned(ends, tight=BODY, position="HFS"):
    sweep = sim.Sweep(gantry=(-180.0, 180.0, 10.0), couch=(-90.0, 90.0, 10.0))
    setup = shapes.room(patient_parts=[("body", BODY)], sweep=sweep, position=position)
    return replace(setup, patient=replace(setup.patient, scan=Scan(position, cut_ends=ends, tight=tight)))


def through(vectors, height_mm):
    """Which directions (n, 3) leave a plane of constant z, as seen from 0, within the body's outline."""
    z = vectors[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = vectors[:, :2] * (height_mm / z)[:, None]
    return (z * height_mm > 0.0) & (abs(at[:, 0]) <= HIGH[0]) & (abs(at[:, 1]) <= HIGH[1])


@pytest.mark.parametrize("position", ["HFS", "FFP", "HFDR"])
@pytest.mark.parametrize("ends", [("head",), ("feet",), ("feet", "head"), ()])
def test_beams_that_enter_at_a_cut_are_left_out_and_no_others(ends, position):
    setup = scanned(ends, position=position)
    cmap = sim.collision_map(setup, method="sampled", workers=1)
    every = cmap.beams()
    vectors = every[PATIENT].to_numpy()
    cut = np.zeros(len(every), dtype=bool)
    for end, height in (("head", HIGH[2]), ("feet", LOW[2])):
        cut |= through(vectors, height) & (end in ends)
    beams = cmap.beams(spacing_deg=2, not_through_cut_ends=True, setup=setup)  # all poses but twins
    assert beams["weight_sr"].sum() == pytest.approx(every["weight_sr"][~cut].sum(), rel=1e-9)
    heights = {"head": HIGH[2], "feet": LOW[2]}
    assert not any(through(beams[PATIENT].to_numpy(), heights[end]).any() for end in ends)
    assert cut.any() == bool(ends)


def test_a_body_without_a_surface_cannot_be_asked():
    setup = scanned(("head",), tight=None)
    cmap = sim.collision_map(setup, method="sampled", workers=1)
    with pytest.raises(sim.SimulatorError, match="not_through_cut_ends needs a body with a surface"):
        cmap.beams(count=5, not_through_cut_ends=True, setup=setup)
