"""A room for isocentres: a head that turns with the gantry, a floor, and a body on a top that ends beside it."""

from __future__ import annotations

from dataclasses import replace

from support import shapes

import simulator as sim

HEAD = ("head", shapes.cuboid((-150.0, -150.0, 350.0), (150.0, 150.0, 500.0)), "gantry")
FLOOR = ("floor", shapes.cuboid((-900.0, -900.0, -700.0), (900.0, 900.0, -650.0)), "fixed")
TOP = ("top", shapes.cuboid((-250.0, -900.0, -60.0), (250.0, 450.0, 0.0)), "table_roll")
BODY = ("body", shapes.sphere(150.0, segments=12))


def atlas_room(isocentre_mm=(0.0, 0.0, 0.0), **options) -> sim.Setup:
    """Return the room with an isocentre in the body, which is a ball about the origin of its axes."""
    options = {
        "buffers": sim.Buffers(patient_mm=20.0, couch_mm=10.0),
        "sweep": sim.Sweep(gantry=(-180.0, 180.0, 15.0), couch=(-90.0, 90.0, 15.0)),
        **options,
    }
    setup = shapes.room([HEAD, FLOOR], [TOP], [BODY], **options)
    return replace(setup, isocentre_mm=tuple(map(float, isocentre_mm)))
