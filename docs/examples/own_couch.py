"""A couch top of your own, drawn in ten lines of trimesh, against the shipped one.

Writes my_couch_top.stl and own_couch.png, and prints what the new top gains and loses, with proven bounds.
Research software: models are representative and not vendor-validated; no result is a clinical clearance.
"""

import matplotlib.pyplot as plt
import trimesh

import simulator as sim

# IEC table-top axes, in mm: x to the right for who faces the gantry, y towards it, z up. The patient lies on z = 0,
# and the end for the head is at y = 0. This top is 600 mm wide, with a rail below each side.
plate = trimesh.creation.box(bounds=[(-300, -2000, -50), (300, 0, 0)])
left = trimesh.creation.box(bounds=[(-300, -1800, -120), (-260, -200, -40)])
right = trimesh.creation.box(bounds=[(260, -1800, -120), (300, -200, -40)])
trimesh.boolean.union([plate, left, right], engine="manifold").export("my_couch_top.stl")

machine, patient = sim.Machine.load("c_arm"), sim.Patient.load("adult", arms="up")
couches = {
    "shipped": sim.Couch.load("igrt"),
    "mine": sim.Couch.from_mesh("my_couch_top.stl", units="mm", support="igrt", surface_z_mm=0),
}
sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))  # coarse, to be quick
maps = {
    name: sim.collision_map(
        sim.Setup(machine=machine, couch=couch, patient=patient, site="liver"), sweep=sweep, tolerance=0.02
    )
    for name, couch in couches.items()
}
for name, cmap in maps.items():
    print(f"{name}: {cmap.solid_angle()}")
difference = maps["shipped"].compare(maps["mine"])
print(f"mine less shipped: {difference.difference}")
print(difference.culprits.round(3).to_string(index=False))

_, both = plt.subplots(2, 1, figsize=(7, 8), layout="constrained")
for axes, (name, cmap) in zip(both, maps.items(), strict=True):
    sim.plot_map(cmap, axes).set_title(f"{name}: {cmap.solid_angle()}; white is free", fontsize=7)
plt.savefig("own_couch.png", dpi=100)
