"""By what name the reference has a field of a file, and the hint at the end of a message that names one.

A field of a scenario has its dotted name, ``patient.height_cm``; one of another file has the file's kind before it,
``model.joints.limits``. Tables of a list have no numbers there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from simulator.errors import SimulatorError

COMMAND = "simulator explain"
SCENARIO = "scenario"
FILES: dict[str, type[BaseModel]] = {}
"""The schema of each kind of file, by the kind; filled as the schemas are defined."""

_DOTTED = re.compile(r"(\w+(?:\.\w+)*)(?: (?:must|and|\(of) .*)?")
_ONE_OF = re.compile(r"(joint|part|position|unknown) '.*'|(option) \w+ \(follows .*")
"""One table of a list, by its own name: ``joint 'gantry'``."""
_JOINT = re.compile(r"\w+_(deg|mm)")
_COLUMN = re.compile(r"(?:line \d+, )?column (?:\d+ \((\w+)\)|(\w+))")
_OTHER_FILE = re.compile(r".*\.(?!toml$|csv$)[a-z0-9]{2,5}")
"""What follows such a name is of a file that has a language of its own."""
_FIRST_WORDS = 6
"""Of a line, parted by colons: behind these it does not name its field any more."""
_WITHIN = {"study": "vary"}
"""The list whose tables messages about a file speak of without its name."""


def hint(file: str, steps: Iterable[str]) -> str:
    """Return what stands at the end of a message about a field: the command that explains it."""
    return f" ({COMMAND} {full_name(file, steps)})"


def full_name(file: str, steps: Iterable[str]) -> str:
    """Return the name of a field or table; of a whole file without any steps, its kind."""
    names = [*steps]
    return ".".join(names if names and file == SCENARIO else [file, *names])


def hint_of(table: type[BaseModel], called: str, place: tuple[object, ...], text: str) -> str:
    """Return the hint for the field at a place in a table; "" if the table is of no file that people write.

    Where the whole file is at fault, the ``text`` of the message may name a field.
    """
    file = _file_of(table)
    if file and not place and (named := _hint_in(text, (file,))):
        return named
    if file:
        return hint(*reached(table, file, place))
    if (found := _named(called, (SCENARIO,))) is not None:  # an axis knows which field of a scenario it is
        return hint(SCENARIO, [*found[1], *reached(table, "", place)[1]])
    for kind, root in FILES.items():
        for steps in _places(root, table):
            return hint(*reached(root, kind, [*steps, *place]))
    return ""


@contextmanager
def hint_to(file: str, *steps: str) -> Iterator[None]:
    """Give the lines of a refusal that have no hint yet that to a field."""
    try:
        yield
    except SimulatorError as error:
        error.args = ("\n".join(_with(line, hint(file, steps)) for line in str(error).splitlines()),)
        raise


@contextmanager
def hints(*files: str) -> Iterator[None]:
    """Give the lines of a refusal that name a field of one of these kinds of files their hint."""
    try:
        yield
    except SimulatorError as error:
        error.args = (hinted(str(error), *files),)
        raise


def hinted(text: str, *files: str) -> str:
    """Return a message with a hint at the end of each line that names a field of one of these kinds of files."""
    return "\n".join(_with(line, _hint_in(line, files)) for line in text.splitlines())


def _with(line: str, found: str) -> str:
    return line if f"({COMMAND} " in line else line + found


def _hint_in(line: str, files: tuple[str, ...]) -> str:
    """Return the hint for the first field that a line names; a model's own before the table that has the model."""
    words = line.split(": ")[:_FIRST_WORDS]
    for at, one in enumerate(words):
        found = _named(one, files)
        if found is not None:
            file, steps = found
            deeper = _named(".".join([*steps, words[at + 1]]), (file,)) if at + 1 < len(words) else None
            if file == SCENARIO and len(steps) == 1 and "model" in files:
                deeper = next((own for other in words[at + 1 :] if (own := _named(other, ("model",)))), deeper)
            return hint(*(deeper or found))
        if _OTHER_FILE.fullmatch(one):
            break
    return ""


def _named(words: str, files: Iterable[str]) -> tuple[str, list[str]] | None:
    """Return the field that words name, if one of these files has it."""
    if one := _ONE_OF.fullmatch(words):
        name = f"{one[1] or one[2]}s"
    elif column := _COLUMN.fullmatch(words):
        name = column[1] or column[2]
    else:
        dotted = _DOTTED.fullmatch(words)
        name = dotted[1] if dotted else ""
    for file in files:
        steps = name.split(".")
        if (root := FILES.get(file)) is None:
            continue
        if steps[0] not in root.model_fields and file in _WITHIN:
            steps = [_WITHIN[file], *steps]
        found, there = reached(root, file, steps)
        if there and len(there) == len([step for step in steps if not step.isdigit()]):
            return found, there
    return None


def reached(table: type[BaseModel], file: str, place: Iterable[object]) -> tuple[str, list[str]]:
    """Return the kind of file and the steps that lead to a place, as far as they are fields; no numbers of lists."""
    steps: list[str] = []
    current: type[BaseModel] | None = table
    keyed: type[BaseModel] | None = None
    for step in map(str, place):
        if step.isdigit():
            continue
        if keyed is not None:  # a name that the file chose
            current, keyed = keyed, None
            if not step.isidentifier():
                break
            steps.append(step)
            continue
        if current is None:
            break
        field = current.model_fields.get(step)
        if field is None:
            if current.model_config.get("extra") != "allow" or not _JOINT.fullmatch(step):
                break
            steps.append(step)
            current = table_in(extra_of(current))
            continue
        nested = table_in(field.annotation)
        if nested is not None and _file_of(nested):  # a file within a file
            current, file, steps = nested, _file_of(nested), []
            continue
        steps.append(step)
        current, keyed = (None, nested) if is_keyed(field.annotation) else (nested, None)
    return file, steps


def _places(root: type[BaseModel], table: type[BaseModel]) -> Iterator[list[str]]:
    """Yield the steps that lead to a table, or to one that it is made from, in a file."""
    for name, field in root.model_fields.items():
        nested = table_in(field.annotation)
        if nested is None or _file_of(nested):
            continue
        steps = [name, *(["name"] if is_keyed(field.annotation) else [])]
        if issubclass(table, nested):
            yield steps
        for deeper in _places(nested, table):
            yield [*steps, *deeper]


def _file_of(table: type[BaseModel]) -> str:
    return next((kind for kind, root in FILES.items() if root is table), "")


def extra_of(table: type[BaseModel]) -> Any:
    """Return the annotation of the fields whose names the file chooses."""
    name = "__pydantic_extra__"
    home = next((base for base in table.__mro__ if name in vars(base).get("__annotations__", {})), None)
    if home is None or home.__module__.startswith("pydantic"):
        return None
    # This one alone: documentation tools give tables annotations of pydantic's that no module can evaluate.
    alone = type("Alone", (), {"__annotations__": {name: home.__annotations__[name]}, "__module__": home.__module__})
    return get_type_hints(alone, include_extras=True)[name]


def is_keyed(annotation: object) -> bool:
    """Return whether a field holds values by names that the file chooses."""
    return get_origin(annotation) is dict or any(map(is_keyed, get_args(annotation)))


def table_in(annotation: object) -> type[BaseModel] | None:
    """Return the first schema class in an annotation such as ``tuple[Part, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := table_in(inner)) is not None), None)
