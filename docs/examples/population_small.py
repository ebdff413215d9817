"""A small study: four patients by height and mass; how much of the sphere each can be treated from.

Writes population_small/ (tables, and a journal from which a study that was stopped goes on) and population_small.png.
Research software: models are representative and not vendor-validated; no result is a clinical clearance.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib.pyplot as plt

import simulator as sim

Path("population_small.toml").write_text("""
title = "Liver: who loses how much?"

[scenario]
title = "Liver, arms up"
patient = { model = "adult", options = { arms = "up" }, site = "liver" }

[[vary]]
name = "patients"
sample = { "patient.height_cm" = [150, 200], "patient.mass_kg" = [45, 130] }
count = 4
seed = 1

[measure]
tolerance = 0.05                        # coarse, to be quick: scenarios/studies has studies that are not
step_deg = 30
clearance_step_deg = 90
""")
with ThreadPoolExecutor(2) as threads:  # a few cases: starting processes would take longer
    result = sim.run_study("population_small.toml", folder="population_small", executor=threads)
shown = ["patient.height_cm", "patient.mass_kg", "fraction", "fraction_lower", "fraction_upper", "pair_1"]
print(result.table[shown].round(3).to_string(index=False))

_, axes = plt.subplots(figsize=(7, 4), layout="constrained")
sim.plot_population(result.table, axes, "patient.mass_kg").set_ylabel("free, in % of 4π, with proven bounds")
plt.savefig("population_small.png", dpi=100)
