"""Which directions the machines of particle therapy reach if nothing is in the way: closed forms, to 1e-9 sr.

A point patient, no couch or no parts of it, and the machine's own parts. Gantry from -d1 to 180 + d2 and couch to
phi (rad) either side: 4 phi + 2 phi ((1 - cos d1) + (1 - cos d2)), each direction once. A turntable that goes all
round with a tilt to tau either side: 8 tau.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import simulator as sim

EXACT_SR = 1e-9


def overrun(*degrees: float) -> float:
    return np.pi * (2.0 + sum(1.0 - np.cos(np.radians(each)) for each in degrees))


def widened(model, joint: str, limits: tuple[float, float]):
    joints = tuple(replace(each, limits=limits) if each.name == joint else each for each in model.joints)
    return replace(model, joints=joints)


def on_gantry(name: str, gantry: tuple[float, float, float], couch: tuple[float, float, float] = (-90, 90, 45)):
    snout = sim.Axis(joint="snout", start=110, stop=410, step=300, unit="mm", over="any")
    return sim.Setup(
        machine=sim.Machine.load(name),
        couch=sim.Couch.load("no_couch"),
        patient=sim.Patient.load("point"),
        site="point",
        sweep=sim.Sweep(snout, gantry=gantry, couch=couch),
    )


def upright(tilt_deg: float | None) -> sim.Setup:
    """Return the fixed beam and a chair of which nothing is there, tilting so far to either side, or not."""
    chair = replace(sim.Couch.load("chair"), parts=())
    sweep = {"couch": (-180.0, 180.0, 90.0)}
    if tilt_deg is not None:
        chair = widened(chair, "chair_tilt", (-tilt_deg, tilt_deg))
        sweep["chair_tilt"] = (-tilt_deg, tilt_deg, tilt_deg)
    machine = sim.Machine.load("fixed_beam")
    if tilt_deg is None:
        machine = replace(machine, sweep=sim.Sweep(**sweep))
    return sim.Setup(
        machine=machine, couch=chair, patient=sim.Patient.load("point"), site="point", sweep=sim.Sweep(**sweep)
    )


CASES = {
    "gantry of 360": (lambda: on_gantry("proton_gantry", (-180, 180, 45)), 4 * np.pi),
    "gantry of 220": (lambda: on_gantry("proton_gantry_220", (-35, 185, 55)), overrun(35, 5)),
    "gantry of 190": (lambda: on_gantry("proton_gantry_190", (-5, 185, 95)), overrun(5, 5)),
    "half gantry": (lambda: on_gantry("proton_gantry_190", (0, 180, 90)), 2 * np.pi),
    "half gantry, couch by 270": (lambda: on_gantry("proton_gantry_190", (0, 180, 90), (-90, 180, 90)), 3 * np.pi),
    "half gantry, couch by 360": (
        lambda: on_gantry("proton_gantry_190", (0, 180, 90), (-180, 180, 90)),
        4 * np.pi,
    ),
    "chair, tilt 20": (lambda: upright(20.0), 8 * np.radians(20.0)),
    "chair, tilt 90": (lambda: upright(90.0), 4 * np.pi),
}


@pytest.mark.parametrize("case", CASES)
def test_the_solid_angle_in_the_open_is_that_of_the_closed_form(case: str) -> None:
    setup, expected = CASES[case]
    omega = sim.collision_map(setup(), workers=1).solid_angle()
    assert omega.is_proven
    assert omega.lower_sr == pytest.approx(expected, abs=EXACT_SR)
    assert omega.upper_sr == pytest.approx(expected, abs=EXACT_SR)


def test_the_figures_are_those_that_are_published() -> None:
    """8 tau and the overruns as shares of 4 pi: 54.6, 50.2 and 22 %."""
    shares = [CASES[name][1] / (4 * np.pi) for name in ("gantry of 220", "gantry of 190", "chair, tilt 20")]
    assert shares == pytest.approx([0.546, 0.502, 0.222], abs=5e-4)


def test_a_turntable_alone_reaches_a_circle_which_has_no_area() -> None:
    setup = upright(None)
    assert setup.aim is None
    cmap = sim.collision_map(setup, workers=1)
    assert cmap.is_free.all()
    omega, extent = cmap.solid_angle(), cmap.free_extent()
    assert omega.is_proven and (omega.lower_sr, omega.upper_sr) == (0.0, 0.0)
    assert extent.is_proven and (extent.lower, extent.upper, extent.of) == pytest.approx((360, 360, 360))
