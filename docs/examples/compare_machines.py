"""Three machines, one head: what each reaches of the sphere by its joints, and with couch and patient in the way.

Writes compare_machines.csv and compare_machines.png.
Research software: models are representative, most of their dimensions unconfirmed, and not vendor-validated; no
result is a clinical clearance.
"""

import math

import matplotlib.pyplot as plt
import pandas as pd

import simulator as sim

ROOMS = {
    "C-arm": ("c_arm", "igrt"),
    "C-arm, slimmer head": ("c_arm_elekta", "igrt_1240"),
    "O-ring": ("o_ring", "o_ring_couch"),
}
rows = []
_, spheres = plt.subplots(len(ROOMS), 1, figsize=(7, 10), layout="constrained")
for (name, (machine, couch)), axes in zip(ROOMS.items(), spheres, strict=True):
    setup = sim.Setup(
        machine=sim.Machine.load(machine),
        couch=sim.Couch.load(couch),
        patient=sim.Patient.load("adult"),
        site="brain",
    )
    coarse = setup.sweep.with_steps(**dict.fromkeys(setup.sweep.joints, 10.0))  # to be quick; joints by their names
    cmap = sim.collision_map(setup, sweep=coarse, tolerance=0.03)
    found = cmap.solid_angle()
    rows.append(
        {
            "machine": name,
            "joints_percent": 100 * sim.kinematic_solid_angle(setup).fraction_of_4pi,
            "free_percent": 100 * found.fraction_of_4pi,
            "at_least_percent": 100 * found.lower_sr / (4 * math.pi),
            "at_most_percent": 100 * found.upper_sr / (4 * math.pi),
        }
    )
    sim.plot_map(cmap, axes).set_title(
        f"{name}: {100 * found.fraction_of_4pi:.1f} % of 4π; white is free", fontsize=9
    )
table = pd.DataFrame(rows).round(1)
table.to_csv("compare_machines.csv", index=False)
print(table.to_string(index=False))
plt.savefig("compare_machines.png", dpi=100)
