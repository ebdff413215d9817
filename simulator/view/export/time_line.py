"""The time line of a delivery as inline SVG: a lane for the beam, one for each joint, one for pauses."""

from __future__ import annotations

import html
from collections.abc import Iterator

from simulator.delivery.orders.delivered import Delivery, Event

WIDTH, LABELS, LANE, GAP, FOOT = 1000.0, 70.0, 22.0, 6.0, 24.0
"""In the units of the drawing; a page shows it as wide as it is."""
BEAM_COLOUR, MOVE_COLOUR, PAUSE_COLOUR = "#f2b705", "#0072b2", "#bdbdbd"
STEPS_S = (5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
MOST_TICKS = 12
NUMBER_WIDTH = 9.0
"""A beam so wide holds a digit of its number."""


def time_line(delivery: Delivery) -> str:
    """Return an SVG element: what happens from the first pose to the last, each bar with a title that says it."""
    joints = list(delivery.events[0].start) if delivery.events else []
    lanes = ["beam", *joints, *(["pause"] if delivery.waiting_s else [])]
    height = len(lanes) * (LANE + GAP) + FOOT
    scale = (WIDTH - LABELS - 10.0) / max(delivery.total_s, 1e-9)
    parts = [
        *_axis(delivery.total_s, scale, height),
        *(_text(0.0, _top(at) + 0.7 * LANE, lane) for at, lane in enumerate(lanes)),
        *(bar for event in delivery.events for bar in _bars(delivery, event, lanes, scale)),
    ]
    return (
        f'<svg role="img" aria-label="time line" viewBox="0 0 {WIDTH:g} {height:g}" width="100%" '
        f'xmlns="http://www.w3.org/2000/svg" font-size="12" fill="currentColor">\n' + "\n".join(parts) + "\n</svg>"
    )


def _bars(delivery: Delivery, event: Event, lanes: list[str], scale: float) -> Iterator[str]:
    """Yield a bar in each lane that something happens in; a beam's has its number where that fits."""
    moving = [joint for joint, value in event.start.items() if event.stop[joint] != value]
    left, width = LABELS + scale * event.start_s, scale * (event.stop_s - event.start_s)
    colour = {"beam": BEAM_COLOUR, "move": MOVE_COLOUR, "pause": PAUSE_COLOUR}[event.kind]
    title = html.escape(f"{event.start_s:.1f} to {event.stop_s:.1f} s: {_what(delivery, event)}")
    for lane in [*moving, *([] if event.kind == "move" else [event.kind])]:
        top = _top(lanes.index(lane))
        yield (
            f'<rect class="{event.kind}" x="{left:.2f}" y="{top:g}" width="{max(width, 0.5):.2f}" height="{LANE:g}" '
            f'fill="{colour}" stroke="#ffffff" stroke-width="0.5"><title>{title}</title></rect>'
        )
        number = "" if event.beam is None else str(event.beam + 1)
        if lane == "beam" and width >= NUMBER_WIDTH * len(number):
            yield _text(left + width / 2, top + 0.7 * LANE, number, "middle")


def called(delivery: Delivery, beam: int) -> str:
    """Return the number of a beam in the order of delivery, and its name in the list, if that is another."""
    number, name = str(beam + 1), delivery.beams[beam].name
    return number if name == number else f"{number} ({name})"


def _what(delivery: Delivery, event: Event) -> str:
    if event.beam is None:
        return "move to the last pose"
    name = called(delivery, event.beam)
    return {"beam": f"beam {name}", "move": f"move to beam {name}", "pause": f"pause before beam {name}"}[event.kind]


def _axis(total_s: float, scale: float, height: float) -> Iterator[str]:
    """Yield lines across all lanes at whole times, with the seconds below."""
    step = next((step for step in STEPS_S if total_s / step <= MOST_TICKS), STEPS_S[-1])
    for number in range(int(total_s // step) + 1):
        x = LABELS + scale * step * number
        yield f'<line x1="{x:.2f}" y1="0" x2="{x:.2f}" y2="{height - FOOT:g}" stroke="#dfe4ea"/>'
        yield _text(x, height - 0.3 * FOOT, f"{step * number} s", "middle")


def _top(lane: int) -> float:
    return lane * (LANE + GAP)


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}">{html.escape(text)}</text>'
