"""A delivery as text that can be pasted into an e-mail."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.delivery.orders.delivered import Delivery
from simulator.delivery.orders.wording import span, totals, verdict
from simulator.errors import warned
from simulator.maps.provenance import DISCLAIMER

SHOWN_BEAMS = 30


def delivery_summary(delivery: Delivery) -> str:
    """Return a delivery as lines of plain text: the verdict first, the disclaimer last."""
    parts = [
        [verdict(delivery)],
        [f"  {name:<24}{seconds:>9}  {remark}".rstrip() for name, seconds, remark in totals(delivery)],
        list(_order(delivery)),
        list(_left_out(delivery)),
        [f"  assumed: {text}" for text in delivery.assumptions],
        [*(f"  {line}" for line in warned(delivery.warnings)), f"  {DISCLAIMER}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _order(delivery: Delivery) -> Iterator[str]:
    """Yield the beams in their order, each with the time at which it goes on."""
    begins = {event.beam: event.start_s for event in reversed(delivery.events) if event.kind == "beam"}
    for at, beam in enumerate(delivery.beams[:SHOWN_BEAMS]):
        if at == 0:
            yield "  order"
        turned = ", backwards" if delivery.is_reversed[at] else ""
        begin = f"{begins[at]:.1f} s" if at in begins else ""
        yield f"  {at + 1:>5} {begin:>9}  {beam.name}: {span(beam.start, beam.stop)}{turned}"
    if len(delivery.beams) > SHOWN_BEAMS:
        yield f"  and {len(delivery.beams) - SHOWN_BEAMS} other beams"


def _left_out(delivery: Delivery) -> Iterator[str]:
    for each in delivery.unreachable:
        yield f"  LEFT OUT {each.beam.name}: {span(each.beam.start, each.beam.stop)}: {each.reason}"
