"""What holds of a delivery, in lines of words: the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite

from simulator.delivery.orders.delivered import Delivery
from simulator.plans.ways import told


def verdict(delivery: Delivery) -> str:
    """Return in a sentence whether every beam is delivered, and how long it takes."""
    count, left = len(delivery.beams), len(delivery.unreachable)
    takes = f"{delivery.total_s:.0f} s, every pose of every way proven free"
    if not left:
        return f"All {count} beams delivered in {takes}" if count > 1 else f"The beam is delivered in {takes}"
    if not count:
        return f"NOT delivered: no way to any of {left} beams" if left > 1 else "NOT delivered: no way to the beam"
    return f"NOT all delivered: {left} of {count + left} beams left out; the others in {takes}"


def totals(delivery: Delivery) -> Iterator[tuple[str, str, str]]:
    """Yield what takes how long, and how good the order is: a name, a time, a remark."""
    yield "in all", seconds(delivery.total_s), "from the first pose to the last"
    yield "beam", seconds(delivery.beam_s), ""
    shares = ", ".join(f"{joint} {share_s:.1f} s" for joint, share_s in delivery.travel_by_joint_s.items())
    yield "moves", seconds(delivery.travel_s), f"{delivery.moves}; by the slower joint: {shares}"
    yield "pauses", seconds(delivery.waiting_s), ""
    best = (
        "no order takes less" if delivery.is_exact else "no order of these beams takes less than that for its moves"
    )
    yield "bound of moves", seconds(delivery.lower_bound_s), best
    for name, other_s in delivery.compared.items():
        yield f"moves, {name}", seconds(other_s), against(delivery.travel_s, other_s)


def seconds(value_s: float) -> str:
    """Return a time in words."""
    return f"{value_s:.1f} s" if isfinite(value_s) else "no way"


def against(travel_s: float, other_s: float) -> str:
    """Return how much more or less than another time one is."""
    if not isfinite(other_s):
        return "a move of it has no proven way"
    if other_s == 0.0:
        return ""
    percent = round(100 * (travel_s / other_s - 1))
    return f"{percent:+d} % against it" if percent else "as long"


def span(start: Mapping[str, float], stop: Mapping[str, float] | None) -> str:
    """Return where a beam stands, or from where to where it goes."""
    return told(start) if stop is None else f"{told(start)} to {told(stop)}"
