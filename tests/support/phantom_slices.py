"""Contours of the adult phantom, cut out of its meshes by manifold3d."""

import numpy as np
from manifold3d import CrossSection, FillRule
from support.shapes import to_solid

import simulator as sim
from simulator.models.structures.contours import Slices


def body_solid(patient=None, *, without=()):
    """The union of the parts of a patient, in DICOM patient axes."""
    patient = patient or sim.Patient.load("adult")
    solids = [to_solid(part.mesh) for part in patient.parts if part.name not in without]
    whole = solids[0]
    for solid in solids[1:]:
        whole = whole + solid
    return whole


def sliced(solid, z_mm, within=None, name="BODY"):
    """The slices of a solid at heights, those that are empty left out, within a polygon if one is given."""
    offsets, polygons = [], []
    for z in z_mm:
        section = solid.slice(float(z))
        if within is not None:
            section = section ^ CrossSection([np.asarray(within, dtype=float)], FillRule.Positive)
        # manifold's slices are in x and y
        outlines = tuple(np.asarray(polygon, dtype=float) for polygon in section.to_polygons())
        if outlines:
            offsets.append(float(z))
            polygons.append(outlines)
    return Slices(name, np.eye(3), np.array(offsets), tuple(polygons))


def disc(radius, centre=(0.0, 0.0), corners=720):
    """A polygon in a circle."""
    turn = 2 * np.pi * np.arange(corners) / corners
    return np.column_stack([np.cos(turn), np.sin(turn)]) * radius + np.asarray(centre)
