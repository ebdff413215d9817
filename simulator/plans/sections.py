"""What holds of a plan, in tables of words: the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.errors import warned
from simulator.plans.checked import BeamCheck, PlanCheck
from simulator.plans.ways import MoveCheck
from simulator.plans.wording import (
    beam_line,
    beam_verdict,
    clearance_line,
    holds_line,
    import_line,
    move_verdict,
    place_suggestion_line,
    short_line,
    stretch_line,
    suggestion_line,
    unknown_line,
    way_line,
)

SCANNED = ("beam", "as scanned", "completed")


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes
    ----------
    cells : tuple of str
        As many as the table has heads.
    is_free : bool, optional
        Whether what it tells is proven free; None if it tells no verdict.
    notes : tuple of str
        Lines below it.
    """

    cells: tuple[str, ...]
    is_free: bool | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A table with a title, and a head for each column; never without rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def sections(check: PlanCheck, *, identify: bool = False) -> tuple[Section, ...]:
    """Return all that is to be told of a plan but for the verdict, in the order of reading.

    Parameters
    ----------
    check : PlanCheck
        What was found.
    identify : bool
        Whether beams have their names, which may be those of patients.
    """
    order = [f"beams are delivered in the order {', '.join(map(str, check.order))}"] if check.has_order else []
    assumed = dict.fromkeys((*order, *check.setup.assumptions, *check.assumptions))
    told = (
        Section("What was assumed", ("",), _lines(assumed)),
        Section("Import", ("beam", "the plan against the room"), tuple(_imports(check.beams))),
        Section(
            "Beams", ("beam", "way", "verdict", "least clearance"), tuple(_beams(check.beams, identify=identify))
        ),
        Section("With and without what is assumed of the body", SCANNED, tuple(_as_scanned(check.beams))),
        Section("Moves between beams", ("beams", "axes", "verdict", "least clearance"), tuple(_moves(check.moves))),
        Section("What would be free instead", ("beam", "change"), tuple(_suggestions(check.beams))),
        Section("Where the patient could lie on the table top", ("",), tuple(_places(check))),
        Section("Margins of free beams", ("beam", "stays proven free for"), tuple(_margins(check.beams))),
        Section("Warnings", ("",), _lines(warned(warnings_of(check)))),
    )
    return tuple(section for section in told if section.rows)


def warnings_of(check: PlanCheck) -> list[str]:
    """Return all warnings: of the plan, the models, the import; each once."""
    return list(dict.fromkeys((*check.plan.remarks, *check.setup.warnings, *check.warnings)))


def _lines(texts: Iterable[str]) -> tuple[Row, ...]:
    return tuple(Row((text,)) for text in texts)


def _imports(beams: Iterable[BeamCheck]) -> Iterator[Row]:
    for beam in beams:
        line = import_line(beam.self_check)
        if line:
            yield Row((str(beam.beam.number), line))


def _beams(beams: Iterable[BeamCheck], *, identify: bool) -> Iterator[Row]:
    for beam in beams:
        unknown = (unknown_line(beam.unknown_accessories),) if beam.unknown_accessories else ()
        for at, way in enumerate(beam.ways):
            title, verdict = (beam_line(beam, identify=identify) if at == 0 else ""), way.state
            if len(beam.ways) == 1:
                verdict = beam_verdict(beam)
            notes = (
                *(f"not free: {stretch_line(stretch)}" for stretch in way.blocked),
                *(unknown if at == 0 else ()),
            )
            yield Row((title, way_line(way), verdict, clearance_line(way)), way.is_free and not unknown, notes)


def _as_scanned(beams: Iterable[BeamCheck]) -> Iterator[Row]:
    for beam in beams:
        scanned, worst = beam.as_scanned, beam.worst
        if scanned is not None:
            yield Row((str(beam.beam.number), short_line(scanned), short_line(worst)))


def _moves(moves: Iterable[MoveCheck]) -> Iterator[Row]:
    for move in moves:
        axes = ", ".join(axis.replace("_", " ") for axis in move.moving)
        is_one = len(move.orders) == 1
        least = move.unknown or (clearance_line(move.orders[0]) if is_one else "")
        notes = tuple(f"{'' if is_one else f'{each.order}: '}{holds_line(each)}" for each in move.orders)
        notes = () if is_one and move.is_free else notes
        yield Row((f"{move.before} to {move.after}", axes, move_verdict(move), least), move.is_free, notes)


def _suggestions(beams: Iterable[BeamCheck]) -> Iterator[Row]:
    for beam in beams:
        for suggestion in beam.suggestions:
            yield Row((str(beam.beam.number), suggestion_line(suggestion)))


def _places(check: PlanCheck) -> Iterator[Row]:
    for suggestion in check.plan_suggestions:
        yield Row((place_suggestion_line(suggestion),))


def _margins(beams: Iterable[BeamCheck]) -> Iterator[Row]:
    for beam in beams:
        if beam.margin is not None:
            yield Row((str(beam.beam.number), beam.margin.told))
