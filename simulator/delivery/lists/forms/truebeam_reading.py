"""The control points of ``VarianResearchBeam`` XML, with what each takes over from the one before."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from simulator.errors import SimulatorError, shown
from simulator.scenario.schema import read_text

ROOT, SET_BEAM, SUB_BEAM, POINT = "VarianResearchBeam", "SetBeam", "SubBeam", "Cp"
SCALE = "Scale"
STANDARD = ("", "Varian", "Varian Standard", "VarianStandard", "Standard")
"""What ``Scale`` may say; what words the machine takes is not confirmed, and any other is refused."""
MOST_POINTS = 100_000
DEEPEST = 20


@dataclass
class ResearchBeam:
    """A beam of a file.

    Attributes
    ----------
    name : str
        Of its ``SubBeam``.
    where : str
        For messages.
    points : list of dict
        Numbers of all axes by tag, at each control point.
    """

    name: str
    where: str
    points: list[dict[str, float]]


@dataclass
class _Reader:
    """What is open while a file is read."""

    path: Path
    comments: list[str] = field(default_factory=list)
    beams: list[ResearchBeam] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _text: str = ""
    _values: dict[str, float] = field(default_factory=dict)
    _is_new: bool = True
    _name: str | None = None
    _count: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open and tag != ROOT:
            raise SimulatorError(f"{self.path}: must be XML with the element {ROOT} around all, has {tag[:80]}")
        self._open.append(tag)
        if len(self._open) > DEEPEST:
            raise SimulatorError(f"{self.path}: must have at most {DEEPEST} elements in each other, has more")
        self._require_scale(attributes.get(SCALE, ""))
        self._text = ""
        if tag == SET_BEAM:
            self._values, self._is_new = {}, True
        if tag == SUB_BEAM:
            self._is_new = True

    def text(self, text: str) -> None:
        self._text += text

    def end(self, tag: str) -> None:
        self._open.pop()
        within = self._open[-1] if self._open else ""
        if tag == SCALE:
            self._require_scale(self._text.strip())
        elif within == SUB_BEAM and tag == "Name":
            self._name = self._text.strip()
        elif within == POINT and tag not in (SUB_BEAM, "Energy", "Mlc") and self._text.strip():
            self._values[tag] = self._number(tag)
        elif tag == POINT:
            self._add_point()
        self._text = ""

    def _add_point(self) -> None:
        self._count += 1
        if self._count > MOST_POINTS:
            raise SimulatorError(f"{self.path}: must have at most {MOST_POINTS:,} control points, has more")
        if self._is_new:
            number = len(self.beams) + 1
            self.beams.append(ResearchBeam(self._name or str(number), f"beam {number}", []))
        self._is_new, self._name = False, None
        self.beams[-1].points.append(dict(self._values))

    def _number(self, tag: str) -> float:
        try:
            found = float(self._text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            must = f"control point {self._count + 1} of the file: {tag}: must be a number"
            raise SimulatorError(f"{self.path}: {must}, was {shown(self._text.strip())}")
        return found

    def _require_scale(self, scale: str) -> None:
        if scale not in STANDARD:
            must = "must be Varian's standard scale (gantry 180 where IEC has 0), as without it"
            raise SimulatorError(f"{self.path}: {SCALE}: {must}, was {shown(scale)}")


def read_research_beams(path: Path) -> tuple[list[str], list[ResearchBeam]]:
    """Return the comments and the beams of a file.

    Raises
    ------
    SimulatorError
        If it cannot be read or is no such XML, has a document type (and with it entities), or no control point.
    """
    text = read_text(path, "XML")
    reader = _Reader(path)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.CommentHandler = reader.text, reader.comments.append

    def refuse_doctype(*_: object) -> None:
        raise SimulatorError(f"{path}: must have no document type (<!DOCTYPE): entities are not read")

    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, ValueError) as error:
        raise SimulatorError(f"{path}: must be XML: {error}") from None
    if not reader.beams:
        raise SimulatorError(f"{path}: must have a control point ({POINT}) for each beam, has none")
    return reader.comments, reader.beams
