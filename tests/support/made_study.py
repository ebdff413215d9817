"""Tables of studies that nobody ran: answers that are known, in the columns of a study."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.studies.rows import MAPPED, NOT_PLACED, columns_of


def table_of(values: list[dict], shares: list[float], *, gap=0.01, places_mm=None, unplaced=()) -> pd.DataFrame:
    """Cases with their values and answers (shares of 4π), those of some indices without one."""
    rows = []
    for index, (case, share) in enumerate(zip(values, shares, strict=True)):
        place = (0.0, -100.0, -85.0) if places_mm is None else places_mm[index]
        row = {"index": index, **case, **dict(zip(("isocentre_x_mm", "isocentre_y_mm", "isocentre_z_mm"), place))}
        if index in unplaced:
            row |= {"status": NOT_PLACED, "reason": "table_vertical: is out of reach"}
        else:
            bounds = {"fraction_lower": share - gap / 2, "fraction": share, "fraction_upper": share + gap / 2}
            row |= {"status": MAPPED, "unit": "sr", **bounds, "pair_1": "head – top", "cost_1": 0.2, "warnings": ""}
        rows.append(row)
    return pd.DataFrame(rows, columns=columns_of(tuple(values[0]) if values else ()))


def share_at(place_mm) -> float:
    """An answer that tells all three coordinates from each other."""
    x, y, z = place_mm
    return 0.5 + x / 1000 + y / 3000 + z / 10_000


def lattice_table(*, spacing_mm=20.0, unplaced=(), **how) -> pd.DataFrame:
    """Isocentres on a lattice in a box of the box phantom's size, without one corner."""
    across, along = spacing_mm * np.arange(-1, 3), spacing_mm * np.arange(-2, 1)
    places = [(x, y, z) for x in across for y in along for z in across[:2] if (x, y) != (across[0], along[0])]
    return table_of(
        [{}] * len(places), [share_at(each) for each in places], places_mm=places, unplaced=unplaced, **how
    )


def one_at_a_time_table() -> pd.DataFrame:
    """A base and single changes: mass moves the answer most, then the couch, then the height, on one side only."""
    base = {"patient.height_cm": 176.0, "patient.mass_kg": 73.0, "couch.model": "igrt"}
    changes = [
        {},
        {"patient.mass_kg": 130.0},
        {"patient.mass_kg": 45.0},
        {"couch.model": "rails"},
        {"couch.model": "wide"},
    ]
    changes += [{"patient.height_cm": 200.0}]
    return table_of([base | change for change in changes], [0.6, 0.5, 0.65, 0.57, 0.61, 0.602])


def sample_table(count=32) -> pd.DataFrame:
    """Two sites, patients at random: the brain loses with mass, the liver gains with height."""
    rng = np.random.default_rng(1)
    values, shares = [], []
    for height, mass in zip(rng.uniform(150, 200, count), rng.uniform(45, 130, count), strict=True):
        for site, share in (("brain", 0.7 - mass / 1000), ("liver", 0.1 + height / 1000)):
            values.append({"patient.height_cm": height, "patient.mass_kg": mass, "site": site})
            shares.append(share)
    return table_of(values, shares)
