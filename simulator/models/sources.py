"""Where the numbers of a description come from: its sources begin with tags, G for what nobody has confirmed."""

from __future__ import annotations

import re

from simulator.models.description import Description
from simulator.scenario.schema import Table


def unconfirmed(description: Description) -> tuple[str, ...]:
    """Return what of a description rests on general knowledge that nobody has confirmed.

    Parameters
    ----------
    description : Description
        Of a model, with what it inherits.

    Returns
    -------
    tuple of str
        Dimensions by name, ``"joint NAME"`` and ``"motion NAME"``, and the tables ``"beam"``, ``"arm"``,
        ``"isocentre"``, ``"table_top"`` and ``"delivery"`` whose source has the tag G: alone, beside others, or
        further down for a part of what it says. In doubt a number is unconfirmed.
    """
    tables: dict[str, Table | None] = {
        **description.dimensions,
        **{f"joint {joint.name}": joint for joint in description.joints},
        **{name: getattr(description, name) for name in ("beam", "arm", "isocentre", "table_top")},
        **{f"motion {name}": table for name, table in description.motion.items()},
        "delivery": description.delivery,
    }
    sources = {name: getattr(table, "source", None) or "" for name, table in tables.items()}
    return tuple(name for name, source in sources.items() if re.search(r"\bG\b", source))
