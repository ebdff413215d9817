"""The room as one web page that needs nothing else: no server, no network, no program but a browser.

``page.html`` is the page, ``stage.js`` what draws it, ``page.js`` what moves it: pose, status and legend, and where
there is a map, sliders over its poses. ``#gantry=100&couch=60`` at the end of the address opens it at that pose.
three.js draws, and reads the room as glTF.
"""

from __future__ import annotations

import base64
import html
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.collision.answers import PoseCheck, bodies_in_the_way
from simulator.collision.contact import Status
from simulator.errors import warned
from simulator.maps.collision_map import CollisionMap
from simulator.maps.judged import judged_text
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.solid_angle import SolidAngle
from simulator.models.arm import DISTANCE, ROLL
from simulator.scenario.axis import SYMBOLS
from simulator.setup.room_around import room_around
from simulator.setup.setup import Setup
from simulator.view.cameras import ROOMS_EYE, VIEW_DEG
from simulator.view.colours import STATUS_COLOURS, Palette
from simulator.view.export.gltf import T_GLTF_FIXED, room_glb
from simulator.view.export.template import filled
from simulator.view.export.three import three_js
from simulator.view.joint_axes import shown_pose, told
from simulator.view.plots.marks import CUT_OFF, has_cut_off
from simulator.whole_files import file_path, written_whole

SCRIPT = Path(__file__).with_name("page.js")
RINGS = "repeating-linear-gradient(#404040 0 1px, #ffffff 1px 4px)"
"""What stands in the legend for the rings on the sphere where no way leads to."""


@checked
def write_html(
    setup: Setup,
    path: str | os.PathLike[str],
    cmap: CollisionMap | None = None,
    **pose: float,
) -> None:
    """Write the room at a pose as one web page: the same bytes for the same room.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    path : path
        The file, ``.html``.
    cmap : CollisionMap, optional
        A map of this set-up. If given, the sphere of beam directions stands around the isocentre, and sliders go
        through the map's poses.
    **pose : float
        What it opens with: values of joints by name, in degrees (IEC 61217) or mm; others stand where they rest.
        Parts that collide are red; if none does, those within their buffer are orange.

    Raises
    ------
    SimulatorError
        If a joint is unknown or its value outside its limits, the map is of another set-up or of another value of a
        joint that it does not sweep, or the file cannot be written.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.05)
    >>> sim.write_html(setup, "room.html", cmap, gantry=60, couch=15)
    """
    file = file_path(path, ".html", ".htm")
    check = setup.check(**shown_pose(setup, cmap, pose))
    content = _told(setup, check, cmap)
    values = {
        "TITLE": html.escape(setup.title or setup.name),
        "POSE": html.escape(told(setup.scene.tree, check.pose)),
        "LEVEL": str(int(check.status)),
        "STATUS": str(check.status),
        "WARNINGS": "".join(f"<p>{html.escape(line)}</p>" for line in warned(setup.warnings)) + _unconfirmed(setup),
        "ANGLE": "" if cmap is None else "<br>".join([_solid_angle(cmap), *_judged(cmap), *_around(setup)]),
        "DISCLAIMER": html.escape(DISCLAIMER),
        "GLB": base64.b64encode(room_glb(setup, check, cmap)).decode(),
        "THREE": three_js(),
        "SCRIPT": SCRIPT.read_text(encoding="utf-8"),
        # In a script nothing is escaped but the end of it: JSON can do without the sign that it begins with.
        "ROOM": json.dumps(content, separators=(",", ":")).replace("<", "\\u003c"),
    }
    page = filled("page.html", values)
    with written_whole(file) as unfinished:
        unfinished.write_bytes(page.encode())


def _told(setup: Setup, check: PoseCheck, cmap: CollisionMap | None) -> dict[str, Any]:
    """Return what the page is told of the room; everything fits into JSON."""
    names, tree = [body.name for body in setup.scene.bodies], setup.scene.tree
    gap = f"clearance {check.clearance_mm:.1f} mm: {check.nearest}" if check.nearest and check.clearance_mm else None
    return {
        "joints": [
            {"name": name, "unit": tree[name].unit, "symbol": SYMBOLS[tree[name].unit], "value": check.pose[name]}
            for name in _joints(setup, check, cmap)
        ],
        "follows": {name: check.pose[name] for name in _following(setup) if name in check.pose},
        "status": int(check.status),
        "statuses": [str(status) for status in Status],
        "culprits": list(check.culprits),
        "guilty": [names[index] for index in sorted(bodies_in_the_way(setup.scene, check))],
        "colours": list(STATUS_COLOURS.values()),
        "gap": gap,
        "focus": [round(float(value), 6) for value in (T_GLTF_FIXED @ (*ROOMS_EYE[1], 1.0))[:3]],
        "halfView": float(np.tan(np.deg2rad(VIEW_DEG) / 2)),
        "legend": [] if cmap is None else _legend(cmap),
        "map": None if cmap is None else _poses(setup, check, cmap),
    }


def _joints(setup: Setup, check: PoseCheck, cmap: CollisionMap | None) -> list[str]:
    """Return the joints of a pose that sliders move, those of the map first and in its order."""
    swept = [] if cmap is None else list(cmap.sweep.joints)
    others = {*swept, *(_following(setup) if cmap is not None else ())}
    return swept + [joint for joint in check.pose if joint not in others]


def _following(setup: Setup) -> tuple[str, ...]:
    """Return the joints of an arm, which stand as its beam asks for."""
    return () if setup.machine.arm is None else (*setup.machine.arm.joints, DISTANCE, ROLL)


def _poses(setup: Setup, check: PoseCheck, cmap: CollisionMap) -> dict[str, Any]:
    """Return a map's values of each joint, its pairs, and the status of its poses with the pairs in the way.

    The statuses are base64 of bytes, the last joint the fastest. For each pair, one after the other, a bit tells of
    each pose whether the pair has the pose's status, and that is not free; the first bit of a byte is its highest.
    """
    names = [body.name for body in setup.scene.bodies]
    parts = {pair.name: [names[pair.a], names[pair.b]] for pair in setup.scene.pairs}
    values = {axis.joint: axis.values() for axis in cmap.sweep}
    return {
        "axes": [np.round(values.get(name, [check.pose[name]]), 6).tolist() for name in _joints(setup, check, cmap)],
        "pairs": [{"name": name, "parts": parts.get(name, [])} for name in cmap.pairs],
        "follows": {name: _base64(stands.astype("<f4")) for name, stands in cmap.arm_joints.items()},
        "status": _base64(cmap.status.astype("u1")),
        "culprits": _base64(np.packbits((cmap.dataset["pair_status"].values == cmap.status) & ~cmap.is_free)),
    }


def _legend(cmap: CollisionMap) -> list[dict[str, str]]:
    keys = [(key.label, [str(round(255 * part)) for part in key.rgb]) for key in Palette(cmap).legend()]
    found = [{"label": label, "colour": f"rgb({', '.join(parts)})"} for label, parts in keys]
    return [*found, {"label": CUT_OFF, "colour": RINGS}] if has_cut_off(cmap) else found


def _solid_angle(cmap: CollisionMap) -> str:
    """Return what is achievable, or free of a map without an area, and what can be reached from home, as HTML."""
    if not cmap.has_area:
        note = cmap.reachable().note
        return f"free {html.escape(cmap.free_extent().stated())}<br>reachable {html.escape(note)}"
    reached = cmap.reachable()
    found = reached.note if reached.solid_angle is None else _stated(reached.solid_angle)
    return f"achievable {_stated(cmap.solid_angle())}<br>reachable {html.escape(found)}"


def _unconfirmed(setup: Setup) -> str:
    """Return which numbers of the models nobody has confirmed, to be opened, as HTML."""
    told = [
        f"<p>{html.escape(model.name)}: {html.escape(', '.join(model.unconfirmed))}</p>"
        for model in (setup.machine, setup.couch, *setup.fixation, setup.patient)
        if model.unconfirmed
    ]
    count = sum(len(model.unconfirmed) for model in (setup.machine, setup.couch, *setup.fixation, setup.patient))
    heading = f"<summary>{count} numbers of the models are general knowledge, unconfirmed</summary>"
    return f"<details>{heading}{''.join(told)}</details>" if told else ""


def _judged(cmap: CollisionMap) -> list[str]:
    """Return who judged the poses of a map, as HTML."""
    judged = cmap.provenance.get("judged")
    return [] if judged is None else [f"judged: {html.escape(judged_text(judged))}"]


def _around(setup: Setup) -> list[str]:
    """Return what is around somebody in a bore, as HTML."""
    room = room_around(setup)
    return [] if room is None else [html.escape(line) for line in room.lines()]


def _stated(omega: SolidAngle) -> str:
    bounds = f"{omega.lower_sr:.2f} to {omega.upper_sr:.2f} sr"
    return (
        f"{omega.sr:.2f} sr = {100 * omega.fraction_of_4pi:.1f} % of 4π "
        f"({'proven: ' if omega.is_proven else ''}{bounds})"
    )


def _base64(array: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
