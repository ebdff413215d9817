"""One field, or one table, of a file that people write, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scenario.hints import full_name

TITLES = {
    "scenario": "Scenario",
    "model": "Model (model.toml)",
    "study": "Study",
    "survey": "Survey",
    "commissioning": "Commissioning",
    "beams": "Table beams.csv",
    "omega": "Table omega.csv",
    "table": "Table table.csv of a study",
}
"""What each kind of file is called."""


@dataclass(frozen=True)
class Entry:
    """What is said of a field.

    Attributes
    ----------
    file : str
        Kind of the file: ``"scenario"``, ``"model"`` and so on.
    steps : tuple of str
        Names from the file down to the field; what stands in capitals is a name that the file chooses. None for the
        file itself.
    table : str
        The heading under which it stands in the file, ``"[patient]"``; "" at the top of a file.
    unit, type, default, limits : str
        As the schema has them; "" where there is none. The default is ``"required"`` if there must be one.
    paragraphs : tuple of str
        What it means, and what it excludes.
    example : str
        Lines of a file that has it.
    fields : tuple of str
        Full names of the fields of a table, in their order.
    """

    file: str
    steps: tuple[str, ...]
    table: str = ""
    unit: str = ""
    type: str = ""
    default: str = ""
    limits: str = ""
    paragraphs: tuple[str, ...] = ()
    example: str = ""
    fields: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its full name, as messages have it."""
        return full_name(self.file, self.steps)

    @property
    def first_sentence(self) -> str:
        """What stands beside it in a list."""
        text = self.paragraphs[0] if self.paragraphs else ""
        return text.split(". ")[0].removesuffix(".").removesuffix(":")
