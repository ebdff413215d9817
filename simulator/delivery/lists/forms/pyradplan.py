"""pyRadPlan: the fields of its ``PhotonPlan``, as a dict and as JSON.

    plan = pyRadPlan.PhotonPlan(**simulator.delivery.lists.forms.pyradplan.plan_fields(beams, setup))
    plan = pyRadPlan.PhotonPlan(**json.load(open("beams.json")))

Angles are IEC 61217 for a patient who lies head first supine, whatever the CT's position: measured on version 0.5,
whose source points are those of `simulator.geometry.equivalent_angles`. The isocentre is in DICOM patient axes, mm.
``bixel_width`` is pyRadPlan's own default.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms.form import Form
from simulator.delivery.lists.forms.head_first_supine import beams_of_angles, equivalent_angles
from simulator.delivery.lists.forms.json_files import angle_pairs, one_point, read_object, written_json
from simulator.errors import SimulatorError, shown
from simulator.setup.setup import Setup

BIXEL_MM = 5.0
FIELDS = {"gantry_angles": "gantryAngles", "couch_angles": "couchAngles", "iso_center": "isoCenter"}
"""It takes both spellings."""
STF = ("prop_stf", "propStf")


def plan_fields(beams: BeamList, setup: Setup) -> dict[str, Any]:
    """Return the fields of a ``PhotonPlan``."""
    gantry, couch = equivalent_angles(beams, setup)
    stf = {
        "gantry_angles": gantry.tolist(),
        "couch_angles": couch.tolist(),
        "iso_center": list(beams.isocentre_mm),
        "bixel_width": BIXEL_MM,
    }
    return {"radiation_mode": "photons", "machine": "Generic", "prop_stf": stf}


def encode(beams: BeamList, setup: Setup) -> bytes:
    """Return the file."""
    return written_json(plan_fields(beams, setup))


def decode(path: Path, setup: Setup) -> BeamList:
    """Return the list of a file."""
    plan = read_object(path)
    name = next((name for name in STF if name in plan), STF[0])
    stf = plan.get(name)
    if not isinstance(stf, dict):
        raise SimulatorError(f"{path}: {name}: must be an object with {', '.join(FIELDS)}, was {shown(stf)}")
    gantry, couch, place = (stf.get(field, stf.get(other)) for field, other in FIELDS.items())
    names = (f"{name}.gantry_angles", f"{name}.couch_angles")
    return beams_of_angles(
        path,
        setup,
        angle_pairs(gantry, couch, path, names),
        where=lambda at: f"{path}: {name}: beam {at}",
        isocentre_mm=one_point(place, f"{path}: {name}.iso_center"),
    )


def is_plan(fields: dict[str, Any]) -> bool:
    """Return whether JSON is of this form."""
    return any(name in fields for name in STF)


FORM = Form("pyradplan", "pyRadPlan's PhotonPlan as JSON: IEC 61217, head first supine", ".json", encode, decode)
