"""OpenTPS: the angles of its plan designs as JSON, one form for photons and one for protons.

    design = PhotonPlanDesign()                                 # or ProtonPlanDesign()
    for name in ("beamNames", "gantryAngles", "couchAngles"):
        setattr(design, name, fields[name])                     # fields = json.load(open("beams.json"))

OpenTPS knows no patient position, so angles are equivalent ones, head first supine. Protons: IEC 61217 (g, c), as it
places spots; its transform to DICOM axes has the other couch sign, so what it draws or exports may be another
direction. Photons: (360 - g, -c), measured from the dose of version 3.0; IEC 61217 angles arrive 83 to 180° off.
OpenTPS takes its isocentre from the target; ``isocenterPosition_mm`` says which one the angles are for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms.form import Form
from simulator.delivery.lists.forms.head_first_supine import beams_of_angles, equivalent_angles
from simulator.delivery.lists.forms.json_files import angle_pairs, one_point, read_object, written_json
from simulator.errors import SimulatorError, shown, unknown
from simulator.geometry.angles import FloatArray, wrap_360
from simulator.setup.setup import Setup

DESIGN, NAMES, GANTRY, COUCH = "design", "beamNames", "gantryAngles", "couchAngles"
ISOCENTRE = "isocenterPosition_mm"
Angles = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class _Design:
    """A class of OpenTPS, and its angles; the way there is the way back."""

    name: str
    turned: Callable[[FloatArray, FloatArray], Angles]

    def encode(self, beams: BeamList, setup: Setup) -> bytes:
        """Return the file."""
        gantry, couch = self.turned(*equivalent_angles(beams, setup))
        fields = {
            DESIGN: self.name,
            NAMES: [beam.name for beam in beams.beams],
            GANTRY: gantry.tolist(),
            COUCH: couch.tolist(),
            ISOCENTRE: list(beams.isocentre_mm),
        }
        return written_json(fields)

    def decode(self, path: Path, setup: Setup) -> BeamList:
        """Return the list of a file."""
        fields = read_object(path)
        if fields.get(DESIGN) != self.name:
            raise unknown(f"{path}: {DESIGN}", fields.get(DESIGN), [self.name])
        pairs = angle_pairs(fields.get(GANTRY), fields.get(COUCH), path, (GANTRY, COUCH))
        return beams_of_angles(
            path,
            setup,
            self._iec(pairs, path),
            where=lambda at: f"{path}: beam {at}",
            names=_names(fields.get(NAMES), len(pairs), path),
            isocentre_mm=one_point(fields.get(ISOCENTRE), f"{path}: {ISOCENTRE}"),
        )

    def _iec(self, pairs: list[tuple[object, object]], path: Path) -> list[tuple[object, object]]:
        try:
            gantry, couch = np.array(pairs, dtype=float).T
            turned = self.turned(gantry, couch)
        except (TypeError, ValueError, OverflowError, SimulatorError):
            must = f"{path}: {GANTRY}, {COUCH}: must be finite numbers of degrees"
            raise SimulatorError(f"{must}, was {shown(pairs)}") from None
        return list(zip(*(values.tolist() for values in turned), strict=True))


def is_design(fields: dict[str, Any], form: str) -> bool:
    """Return whether JSON is of a form."""
    return fields.get(DESIGN) == _DESIGNS[form].name


def _as_they_are(gantry: FloatArray, couch: FloatArray) -> Angles:
    return gantry, couch


def _other_way_round(gantry: FloatArray, couch: FloatArray) -> Angles:
    return wrap_360(-gantry), -couch + 0.0


def _names(found: object, count: int, path: Path) -> list[str]:
    if found is None:
        return []
    if not isinstance(found, list) or len(found) != count or not all(isinstance(name, str) for name in found):
        raise SimulatorError(f"{path}: {NAMES}: must be {count} names, one a beam, was {shown(found)}")
    return found


_DESIGNS = {
    "opentps_photons": _Design("PhotonPlanDesign", _other_way_round),
    "opentps_protons": _Design("ProtonPlanDesign", _as_they_are),
}
FORMS = tuple(
    Form(name, f"OpenTPS's {design.name} as JSON, head first supine", ".json", design.encode, design.decode)
    for name, design in _DESIGNS.items()
)
