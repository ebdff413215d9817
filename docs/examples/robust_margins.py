"""Margins as errors: what is free for every error of the set-up, and the chance of a contact at one pose.

A buffer is one number for all that may be wrong. Here no buffer is kept, and what may be wrong is said: the table by
5 mm to the side, its pitch by 1 degree. Prints both solid angles with proven bounds, and what holds near a limit.
Research software: models are representative and not vendor-validated; no result is a clinical clearance.
"""

from dataclasses import replace

import simulator as sim

sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
setup = replace(
    sim.load_setup("brain"),
    buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
    errors=sim.Errors(lateral_mm={"bound": 5}, pitch_deg={"bound": 1}),
)
print("as planned:           ", sim.collision_map(setup, sweep=sweep, tolerance=0.05).solid_angle())
print("free for every error: ", sim.robust_solid_angle(setup, sweep=sweep, tolerance=0.05))

# Where an arc ends, the table needs to be off by little to be in the way.
(arc, *_) = setup.free_arcs(couch=20)
gantry = arc.stop - 1.0
print(f"gantry {gantry:.1f}°, couch 20°, 1° from where the arc ends:")
print("   ", setup.check(gantry=gantry, couch=20))
print("   ", setup.check_robust(gantry=gantry, couch=20))
likely = sim.Errors(lateral_mm={"standard_deviation": 2}, pitch_deg={"standard_deviation": 0.4})
print("   ", replace(setup, errors=likely).chance_of_contact(gantry=gantry, couch=20))
