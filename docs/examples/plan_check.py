"""A DICOM plan of an arc and two fixed beams, checked all the way, with what would be free instead.

The plan is made here for the shipped adult, so that no patient is needed. Yours is read the same way, and its patient
with sim.Patient.from_dicom("structures.dcm", complete="adult"). Writes plan.dcm.
Research software: models are representative and not vendor-validated; no result is a clinical clearance.
"""

import pandas as pd

import simulator as sim

setup = sim.load_setup("brain")
beams = pd.DataFrame(
    {
        "name": ["vertex", "left", "wrong side"],
        "gantry_deg": [30.0, 20.0, 85.0],
        "gantry_stop_deg": [None, 140.0, None],  # None: a fixed beam
        "couch_deg": [-90.0, -45.0, 45.0],
    }
)
sim.write_beams(sim.BeamList.of(setup, beams), "plan.dcm", "rtplan", setup)

check = sim.check_plan(sim.Plan.read("plan.dcm"), setup)
print(check.verdict)
for beam in check.beams:
    print(f"beam {beam.beam.number}: {beam.worst.told}")
    for suggestion in beam.suggestions:
        print(f"    instead: {suggestion}")
for move in check.moves:
    print(f"move: {move}")
