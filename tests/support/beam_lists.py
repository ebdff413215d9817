"""Set-ups without anything to hit, lists of beams for them, and what each tool would make of its file.

The formulas of the tools stand here by themselves, from their documentation: none is the simulator's.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pydicom
from scipy.io import loadmat

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList, ListedBeam

POSITIONS = ("HFS", "HFP", "FFS", "FFP", "HFDL", "HFDR", "FFDL", "FFDR")
HEAD_AND_FRONT = {
    # In axes of the room with all joints at 0 (x right, y to the gantry, z up): where the head points, and the face.
    "HFS": ((0, 1, 0), (0, 0, 1)),
    "HFP": ((0, 1, 0), (0, 0, -1)),
    "FFS": ((0, -1, 0), (0, 0, 1)),
    "FFP": ((0, -1, 0), (0, 0, -1)),
    "HFDL": ((0, 1, 0), (1, 0, 0)),
    "HFDR": ((0, 1, 0), (-1, 0, 0)),
    "FFDL": ((0, -1, 0), (-1, 0, 0)),
    "FFDR": ((0, -1, 0), (1, 0, 0)),
}


@cache
def empty_room(position: str = "HFS", **fields: float) -> sim.Setup:
    """Return a C-arm without a couch, and a patient who is a point."""
    setup = sim.load_setup("open_space")
    return replace(setup, position=position, site=None, isocentre_mm=(12.5, -40.25, 7.0), **fields)


def static_list(setup: sim.Setup, poses: list[tuple[float, float]]) -> BeamList:
    """Return beams from gantry and couch angles on the joints' scales."""
    beams = tuple(ListedBeam(str(at), {"gantry": g, "couch": c}) for at, (g, c) in enumerate(poses, start=1))
    return BeamList(beams, setup.position, setup.isocentre_patient_mm)


def true_directions(position: str, poses: list[tuple[float, float]]) -> np.ndarray:
    """Return where beams come from, in DICOM patient axes (left, back, head), from what the position's name says."""
    head, front = (np.array(vector, dtype=float) for vector in HEAD_AND_FRONT[position])
    back = -front
    left = np.cross(back, head)
    found = []
    for gantry, couch in np.radians(poses):
        source = np.array([np.sin(gantry), 0.0, np.cos(gantry)])  # in the room; the gantry turns about y, clockwise
        turn = np.array([[np.cos(couch), -np.sin(couch), 0.0], [np.sin(couch), np.cos(couch), 0.0], [0.0, 0.0, 1.0]])
        found.append([turn @ axis @ source for axis in (left, back, head)])  # the couch turns the patient's axes
    return np.array(found)


def matrad_directions(path: Path) -> np.ndarray:
    """Return source points as matRad's rotations have them: about z by the gantry, then about y by the couch."""
    stf = loadmat(path, squeeze_me=True, struct_as_record=False)["pln"].propStf
    return _rotated(np.atleast_1d(stf.gantryAngles), np.atleast_1d(stf.couchAngles))


def pyradplan_directions(path: Path) -> np.ndarray:
    """Return source points as pyRadPlan, whose rotations are matRad's."""
    stf = json.loads(path.read_text())["prop_stf"]
    return _rotated(stf["gantry_angles"], stf["couch_angles"])


def opentps_proton_directions(path: Path) -> np.ndarray:
    """Return directions as OpenTPS places spots: IEC 61217, head first supine."""
    design = json.loads(path.read_text())
    return _rotated(design["gantryAngles"], design["couchAngles"])


def opentps_photon_directions(path: Path) -> np.ndarray:
    """Return directions as measured from OpenTPS's dose: both angles turn the other way round."""
    design = json.loads(path.read_text())
    return _rotated(-np.array(design["gantryAngles"]), -np.array(design["couchAngles"]))


def beamlist_directions(path: Path) -> np.ndarray:
    """Return directions of Varian's IEC scale, head first supine: the couch turns the other way round."""
    gantry, couch, _ = np.loadtxt(path, ndmin=2).T
    return _rotated(gantry, -couch)


def truebeam_directions(path: Path) -> np.ndarray:
    """Return directions of the standard scale, 180° - IEC, for the position that the file says."""
    text = path.read_text()
    points = [point for point in ElementTree.fromstring(text).iter("Cp") if point.find("SubBeam") is not None]
    poses = [(180.0 - float(p.findtext("GantryRtn")), 180.0 - float(p.findtext("CouchRtn"))) for p in points]
    return true_directions(re.search(r"position: (\w+);", text)[1], poses)


def rtplan_directions(path: Path) -> np.ndarray:
    """Return directions of a plan, IEC 61217, for the position that it says."""
    plan = pydicom.dcmread(path)
    points = [beam.ControlPointSequence[0] for beam in plan.BeamSequence]
    poses = [(float(point.GantryAngle), float(point.PatientSupportAngle)) for point in points]
    return true_directions(plan.PatientSetupSequence[0].PatientPosition, poses)


def csv_directions(path: Path) -> np.ndarray:
    """Return directions of the angles, for the position that the file says."""
    lines = [line.split(",") for line in path.read_text().splitlines()]
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    return true_directions(rows[0]["position"], [(float(r["gantry_deg"]), float(r["couch_deg"])) for r in rows])


ORACLES = {
    "csv": csv_directions,
    "matrad": matrad_directions,
    "pyradplan": pyradplan_directions,
    "opentps_photons": opentps_photon_directions,
    "opentps_protons": opentps_proton_directions,
    "beamlist": beamlist_directions,
    "truebeam_xml": truebeam_directions,
    "rtplan": rtplan_directions,
}
"""What each form's tool takes a file to mean, in DICOM patient axes."""


def _rotated(gantry_deg: object, couch_deg: object) -> np.ndarray:
    """Return R_couch R_gantry (0, -1, 0) in patient axes, as matRad's getRotationMatrix builds them."""
    found = []
    for g, c in np.radians(np.stack([np.asarray(gantry_deg), np.asarray(couch_deg)], axis=1)):
        R_gantry = np.array([[np.cos(g), -np.sin(g), 0], [np.sin(g), np.cos(g), 0], [0, 0, 1]])
        R_couch = np.array([[np.cos(c), 0, np.sin(c)], [0, 1, 0], [-np.sin(c), 0, np.cos(c)]])
        found.append(R_couch @ R_gantry @ (0, -1, 0))
    return np.array(found)
