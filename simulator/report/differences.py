"""What changes between maps, as text, for JSON and as CSV: two set-ups compared, and variants of a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from simulator.errors import warned
from simulator.maps.collision_map import CollisionMap
from simulator.maps.comparison import Comparison
from simulator.maps.extent_comparison import ExtentComparison
from simulator.maps.free_extent import ExtentDifference, FreeExtent, measured
from simulator.maps.provenance import DISCLAIMER
from simulator.maps.solid_angle import Difference, SolidAngle, stated
from simulator.report.extents import change_text, cost_text, extent, extent_text
from simulator.report.reach import reach_phrase, reached
from simulator.scenario.axis import SYMBOLS, split_field
from simulator.scenario.sweep import Sweep

if TYPE_CHECKING:
    import pandas as pd

SHOWN_PAIRS = 12
OTHER_RANGES = (
    "The maps go over different angles. A solid angle over more angles is larger for that alone: what follows is "
    "about the angles of both, and nothing is said about the others."
)
Found = dict[str, Any]


def comparison(change: Comparison | ExtentComparison, first: CollisionMap, second: CollisionMap) -> Found:
    """Return what changes from the first map to the second, in a form that fits into JSON; the same every time."""
    return {
        "first": _side(first),
        "second": _side(second),
        "compared": {
            "has_same_range": change.has_same_range,
            **{
                f"{axis.joint}_{axis.unit}": {
                    "start": axis.start,
                    "stop": axis.stop,
                    "values": len(axis.values),
                    "has_same_values": axis.has_same_values,
                }
                for axis in change.axes
            },
            "poses": int(change.free_before.size),
        },
        "before": _answer(change.before),
        "after": _answer(change.after),
        "difference": {**_answer(change.difference), "is_certain": change.difference.is_certain},
        "gained": {**_answer(change.gained), "poses": change.gained_poses},
        "lost": {**_answer(change.lost), "poses": change.lost_poses},
        "reachable_difference": _reachable_difference(first, second),
        "culprits": change.culprits.to_dict(orient="records"),
        "disclaimer": DISCLAIMER,
    }


def comparison_text(found: Found) -> str:
    """Return a comparison as lines of plain text."""
    compared, difference = found["compared"], found["difference"]
    lines = [f"  {letter}  {_title(found[side])}" for letter, side in (("A", "first"), ("B", "second"))]
    lines += ["", *_grid_lines(found), ""]
    lines += [f"  {letter:<12}{_portion(found[side])}" for letter, side in (("A", "before"), ("B", "after"))]
    verdict = "larger than the bounds leave open" if difference["is_certain"] else "within what the bounds leave open"
    lines += [
        f"  {'B - A':<12}{_changed(difference)}: {verdict}",
        f"  {'gained':<12}{_portion(found['gained'])}",
        f"  {'lost':<12}{_portion(found['lost'])}",
        f"  {'poses':<12}{found['gained']['poses']:,} gained, {found['lost']['poses']:,} lost, of "
        f"{compared['poses']:,} that both have",
        *_reach_lines(found),
    ]
    if found["culprits"]:
        lines += ["", f"  {'was in the way of gained, is in the way of lost':<50}{'gained':>9}{'lost':>9}"]
        unit = difference.get("unit", "sr")
        for culprit in found["culprits"][:SHOWN_PAIRS]:
            gained, lost = (cost_text(culprit[f"{kind}_{unit}"], unit) for kind in ("gained", "lost"))
            lines.append(f"  {culprit['pair']:<50}{gained}{lost}")
        if len(found["culprits"]) > SHOWN_PAIRS:
            lines.append(f"  and {len(found['culprits']) - SHOWN_PAIRS} other pairs")
    warnings = [
        f"  {letter}: {line}"
        for letter, side in (("A", "first"), ("B", "second"))
        for line in warned(found[side]["provenance"]["warnings"])
    ]
    return "\n".join([*lines, "", *warnings, f"  {DISCLAIMER}"])


def variants(table: pd.DataFrame, maps: Sequence[CollisionMap]) -> list[Found]:
    """Return the rows of a table of variants, each with what made its map, in a form that fits into JSON."""
    import pandas as pd

    return [
        {**{name: None if pd.isna(value) else value for name, value in row.items()}, "provenance": cmap.provenance}
        for row, cmap in zip(table.to_dict(orient="records"), maps, strict=True)
    ]


def variants_text(rows: list[Found]) -> str:
    """Return variants as a table of plain text, the scenario itself first."""
    width = max(len("variant"), *(len(row["variant"]) for row in rows)) + 2
    if "unit" in rows[0]:
        return "\n".join([*_extents_of_variants(rows, width), *_notes_on_variants(rows)])
    head = (
        f"  {'variant':<{width}}{'sr':>7}{'% of 4π':>9}  {rows[0]['bounds'] + ' between':<16}{'reachable':>10}"
        f"{'difference':>12}"
    )
    lines = [f"{head}  costliest"]
    for row in rows:
        difference = "" if row is rows[0] else f"{row['difference_sr']:+.3f} sr"
        doubt = " " if row is rows[0] or row["difference_is_certain"] else "?"
        lines.append(
            f"  {row['variant']:<{width}}{row['solid_angle_sr']:>7.3f}{100 * row['fraction_of_4pi']:>9.1f}  "
            f"{row['lower_sr']:>6.3f} to {row['upper_sr']:<6.3f}"
            f"{_reachable(row):>10}{difference:>12}{doubt} {row['costliest_pair']}"
        )
    return "\n".join([*lines, *_notes_on_variants(rows)])


def _extents_of_variants(rows: list[Found], width: int) -> Iterator[str]:
    """Yield the lines of a table of free extents."""
    yield f"  {'variant':<{width}}{'free':>14}{'share':>9}{'difference':>16}   costliest"
    for row in rows:
        free, unit = measured(row["free"], row["unit"]), row["unit"]
        difference = "" if row is rows[0] else change_text(row["difference"], unit)
        doubt = " " if row is rows[0] or row["difference_is_certain"] else "?"
        share = f"{100 * row['fraction']:.1f} %"
        yield f"  {row['variant']:<{width}}{free:>14}{share:>9}{difference:>16}{doubt}  {row['costliest_pair']}"


def _notes_on_variants(rows: list[Found]) -> Iterator[str]:
    """Yield what is to be known of a table of variants."""
    if any(not row["difference_is_certain"] for row in rows[1:]):
        yield "  ?  no larger than the bounds leave open"
    if any(row["provenance"]["grid"] != rows[0]["provenance"]["grid"] for row in rows):
        yield "  Variants with another grid are each over their own angles."
    for row in rows[1:]:
        for line in row.get("around", {}).get("stated", ()):
            yield f"  {row['variant']}: {line}"
    known = rows[0]["provenance"]["warnings"]
    for row in rows[1:]:
        for line in warned(text for text in row["provenance"]["warnings"] if text not in known):
            yield f"  {row['variant']}: {line}"


def _reachable_difference(first: CollisionMap, second: CollisionMap) -> Found | None:
    """Return by how much more of the second whole map can be reached; None where that is not told of both."""
    before, after = first.reachable().solid_angle, second.reachable().solid_angle
    if before is None or after is None:
        return None
    difference = Difference(before, after)
    return {**_answer(difference), "is_certain": difference.is_certain}


def _reach_lines(found: Found) -> Iterator[str]:
    """Yield what can be reached from the home pose, of the whole maps."""
    sides = [found[side]["reachable"] for side in ("first", "second")]
    yield ""
    for letter, side in zip("AB", sides, strict=True):
        yield f"  {'reach. ' + letter:<12}{reach_phrase(side)}"
        islands = side["islands"]
        if islands:
            more = f", and {len(islands) - 1} other island{'s' * (len(islands) > 2)}" if len(islands) > 1 else ""
            yield f"  {'':<12}island {islands[0]['stated']}{more}"
    notes = list(dict.fromkeys(side["note"] for side in sides if side["solid_angle_sr"] is not None))
    difference = found["reachable_difference"]
    if difference is not None:
        yield f"  {'B - A':<12}{_changed(difference)}, of the whole maps"
    for note in notes:
        yield f"  {'':<12}{note}"


def _reachable(row: Found) -> str:
    return "not told" if row["reachable_sr"] is None else f"{row['reachable_sr']:.3f}"


def _side(cmap: CollisionMap) -> Found:
    made_by = cmap.provenance
    return {
        "scenario": made_by["scenario"],
        "title": cmap.title,
        "whole_map": _answer(cmap.achievable()),
        "reachable": reached(cmap),
        "provenance": made_by,
    }


def _answer(answer: SolidAngle | Difference | FreeExtent | ExtentDifference) -> Found:
    """Return a solid angle, or a free extent with its unit, for JSON."""
    kind = {"bounds": "proven" if answer.is_proven else "sampled"}
    if isinstance(answer, SolidAngle | Difference):
        return {"sr": answer.sr, "lower_sr": answer.lower_sr, "upper_sr": answer.upper_sr, **kind}
    if isinstance(answer, FreeExtent):
        return extent(answer)
    return {"value": answer.value, "lower": answer.lower, "upper": answer.upper, "unit": answer.unit, **kind}


def _title(side: Found) -> str:
    return f"{side['title']} ({side['scenario']})"


def _portion(angle: Found) -> str:
    if "unit" in angle:
        return extent_text(angle)
    return stated(angle["sr"], angle["lower_sr"], angle["upper_sr"], is_proven=angle["bounds"] == "proven")


def _changed(difference: Found) -> str:
    """Return a difference with its bounds."""
    unit = difference.get("unit", "sr")
    names = ("sr", "lower_sr", "upper_sr") if unit == "sr" else ("value", "lower", "upper")
    value, lower, upper = (change_text(difference[name], unit) for name in names)
    return f"{value}, between {lower.removesuffix(' sr')} and {upper} ({difference['bounds']})"


def _grid_lines(found: Found) -> Iterator[str]:
    """Yield what was compared, and what of the maps was not."""
    compared = found["compared"]
    axes = {field: one for field, one in compared.items() if isinstance(one, dict)}
    ranges = ", ".join(_common(field, one) for field, one in axes.items())
    if compared["has_same_range"] and all(axis["has_same_values"] for axis in axes.values()):
        yield f"  {'grid':<12}{ranges}, that of both maps"
        return
    for letter, side in (("A", "first"), ("B", "second")):
        whole = "" if compared["has_same_range"] else f"; in all {_portion(found[side]['whole_map'])}"
        yield f"  {'grid of ' + letter:<12}{', '.join(map(str, Sweep.of(found[side]['provenance']['grid'])))}{whole}"
    yield f"  {'in common':<12}{ranges}"
    if not compared["has_same_range"]:
        yield f"  {OTHER_RANGES}"


def _common(field: str, axis: Found) -> str:
    joint, unit = split_field(field)
    return f"{joint} {axis['start']:g} to {axis['stop']:g}{SYMBOLS[unit]} ({axis['values']} values)"
