"""The zip package that a 3MF file is: its parts, unpacked within bounds, and its XML without document types."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from simulator.models.importers.soup import UnreadableError

START = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
LARGEST_RATIO = 100
LEAST_LIMIT = 1_000_000
LARGEST_PACKAGE = 1_000_000_000
MOST_PARTS = 10_000
Started = Callable[[str, dict[str, str]], None]


class Package(NamedTuple):
    """Parts by their names, which begin with a slash, and the model that the package starts from."""

    parts: dict[str, bytes]
    root: str

    def with_relationships(self, models: set[str]) -> bytes:
        """Return the package as a zip file of these parts alone, in which the root is related to all its models.

        Some programs leave these relationships out, although they name the models in the root.
        """
        folder, name = posixpath.split(self.root)
        where = f"{folder}/_rels/{name}.rels"
        known = self.parts.get(where, _NO_RELATIONSHIPS)
        new = [model for model in sorted(models - {self.root}) if model not in _targets(known, self.root, where)]
        lines = "".join(
            f'<Relationship Target="{model}" Id="model{number}of{name}" Type="{START}"/>'
            for number, model in enumerate(new)
        )
        end = b"</Relationships>"
        parts = {**self.parts, where: known.replace(end, lines.encode() + end)} if new else self.parts
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w") as written:
            for part, content in parts.items():
                written.writestr(part[1:], content)
        return stream.getvalue()


_NO_RELATIONSHIPS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def package_of(content: bytes) -> Package:
    """Return the parts of a package.

    Raises
    ------
    UnreadableError
        If it is damaged, expands to far more than its own size, or does not say where it starts.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _require_sound(entries, len(content))
            parts = {f"/{entry.filename}": _unpacked(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, LookupError) as error:
        raise UnreadableError(f"its package is damaged: {str(error)[:200] or type(error).__name__}") from None
    where = "/_rels/.rels"
    if where not in parts:
        raise UnreadableError("its package must have _rels/.rels, has none")
    starts = _targets(parts[where], "/", where)
    if len(starts) != 1 or starts[0] not in parts:
        raise UnreadableError(
            f"its package must start from one model that it has, starts from {', '.join(starts) or 'none'}"
        )
    return Package(parts, starts[0])


def parse(
    xml: bytes,
    part: str,
    started: Started,
    declared: Started | None = None,
    texted: Callable[[str], None] | None = None,
) -> None:
    """Call ``started`` with the name and the attributes of each element; names are ``"namespace name"``.

    ``declared`` is called for prefixes, with the prefix and an attribute ``uri``; ``texted`` for what stands between
    tags. Document types, and with them all entities, are refused.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = started
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if declared is not None:
        parser.StartNamespaceDeclHandler = lambda prefix, uri: declared(prefix or "", {"uri": uri or ""})
    if texted is not None:
        parser.buffer_text, parser.CharacterDataHandler = True, texted
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableError(f"{part} must be XML: {error}") from None


def _refuse_doctype(*_: object) -> None:
    raise UnreadableError("its XML must have no document type (<!DOCTYPE): entities are not read")


def _require_sound(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names) or len(names) > MOST_PARTS:
        raise UnreadableError(
            f"its package must have at most {MOST_PARTS:,} parts, each with its own name, has {len(names):,}"
        )
    odd = next((name for name in names if "\\" in name or {"", ".", ".."} & set(name.split("/"))), None)
    if odd is not None:
        raise UnreadableError(f"parts of its package must have plain names, one was {odd!r}")
    total = sum(entry.file_size for entry in entries)
    limit = min(max(LEAST_LIMIT, LARGEST_RATIO * size), LARGEST_PACKAGE)
    if total > limit:
        raise UnreadableError(
            f"its package of {size:,} bytes must expand to at most {limit:,} bytes, expands to {total:,}"
        )
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise UnreadableError("parts of its package must be stored or deflated, one is packed in another way")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return a part; never more than its entry says, whatever the packed data expand to."""
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise UnreadableError(f"part {entry.filename} must have {entry.file_size:,} bytes, has {len(content):,}")
    return content


def _targets(xml: bytes, source: str, part: str) -> list[str]:
    """Return the models that relationships lead to, as names of parts."""
    found = []

    def started(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type") == START and "Target" in attributes:
            found.append(posixpath.normpath(posixpath.join(posixpath.dirname(source), attributes["Target"])))

    parse(xml, part, started)
    return found
