"""A machine that is only meshes: offsets and padding are what its readings tell."""

import numpy as np
import pytest
from support.cylinder_head import measured
from support.reference_data import REFERENCE

from simulator.commission.commissioning import Commissioning
from simulator.commission.fit import fit_readings
from simulator.commission.planning import plan_measurement
from simulator.commission.room import Rooms

TRUEBEAM = REFERENCE / "slicerrt_truebeam_stx" / "VarianTrueBeamSTx.json"
FILE = """
title = "A machine set"
scenario = "box.toml"
[[positions]]
name = "to the right"
set = { "patient.shift_mm" = [120, 0, 0], "patient.isocentre_mm" = [-60, -100, 80] }
[[positions]]
name = "low"
set = { "patient.isocentre_mm" = [60, -130, -60] }
[[unknowns]]
part = "Collimator"
padding = true
[[unknowns]]
part = "Table top"
offset = "z"
[candidates]
couch_deg = [-60, -20, 0, 40, 80]
count = 20
"""


@pytest.mark.skipif(not TRUEBEAM.is_file(), reason="SlicerRT's machine set is not here")
@pytest.mark.filterwarnings("ignore:.*no surface_z_mm is given")
def test_offset_and_padding_of_a_machine_set_are_found(tmp_path):
    model = f'model = "{TRUEBEAM}"'
    (tmp_path / "box.toml").write_text(
        f'title = "Box"\n[machine]\n{model}\n[couch]\n{model}\n[patient]\nmodel = "box_phantom"\nsite = "centre"\n'
    )
    (tmp_path / "set.toml").write_text(FILE)
    file = Commissioning.read(tmp_path / "set.toml")
    rooms, truth = Rooms.of(file), np.array([6.0, -4.0])
    assert [each.name for each in rooms.unknowns] == ["Collimator padding", "Table top z"]
    found = fit_readings(rooms, measured(rooms, plan_measurement(file).rows, truth))
    assert found.has_converged
    assert found.unknowable == ()
    assert np.abs(found.values_mm - truth).max() < 1.5
