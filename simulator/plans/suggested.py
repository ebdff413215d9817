"""What would be free instead, as values: for one beam, and for a plan or a list as a whole. All of it was proven."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Suggestion:
    """Something else for a beam that is blocked; it was checked, and is free.

    Attributes
    ----------
    beam : int
        Number of the beam.
    kind : {"twin pose", "other way", "couch angle", "nearest direction", "table shift", "other choice"}
        What is changed: to the same direction by the other pair of gantry and couch; to the way round the other side;
        to the nearest couch angle at which the same gantry way is free; to the nearest direction that is free, gantry
        and couch as they need (an arc is turned as a whole); the table, and the patient with it; or a choice of an
        option of machine, couch or fixation, which takes a part out of the way.
    change : dict of str to float or str
        The axes that change and their values as a plan writes them, or for a shift by how many mm; for another choice
        the option (such as ``"machine mv_panel"``) and what is chosen.
    text : str
        In words.
    clearance_mm : float
        Proven all the way.
    off_deg : float, optional
        Of another direction: how far it is from the beam's; of an arc, where that is farthest.
    within_deg : float, optional
        Of the nearest direction of a beam that stands: no pose of gantry and couch that aims nearer is free, which
        is proven. It is at most ``off_deg``; between the two it is not known.
    lost_sr : float, optional
        At least so much around the beam's direction has no free pose: the cap ``2π (1 − cos within_deg)``. So much of
        the sphere there is lost by what is in the way; at most ``2π (1 − cos off_deg)`` is as near as the suggestion.
    """

    beam: int
    kind: str
    change: dict[str, float | str]
    text: str
    clearance_mm: float
    off_deg: float | None = None
    within_deg: float | None = None
    lost_sr: float | None = None

    def __repr__(self) -> str:
        return f"Suggestion(beam {self.beam}: {self.text}; free, least clearance {self.clearance_mm:.1f} mm)"


@dataclass(frozen=True, repr=False)
class PlanSuggestion:
    """Another place of the patient on the table top, with which more beams are free; each of them was proven.

    The isocentre stays where it is in the patient, so the table goes the other way: a `Suggestion` that shifts the
    table takes the patient along, and the isocentre to elsewhere in it. Moves between beams are not part of it.

    Attributes
    ----------
    change : dict of str to float
        By how many mm the patient lies elsewhere, in table-top axes: ``lateral`` (x), ``longitudinal`` (y, towards
        the gantry), ``vertical`` (z, up).
    text : str
        In words.
    frees : tuple of int
        Beams that are not free as planned, and are then.
    blocks : tuple of int
        Beams that are free as planned, and are not, or not proven to be, then.
    clearance_mm : float
        The least of the beams that it frees, proven.
    """

    change: dict[str, float]
    text: str
    frees: tuple[int, ...]
    blocks: tuple[int, ...]
    clearance_mm: float

    def __repr__(self) -> str:
        return f"PlanSuggestion({self.text}; least clearance {self.clearance_mm:.1f} mm)"
