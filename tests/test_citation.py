"""CITATION.cff says of the project what pyproject.toml says, and has what the format asks for.

The whole schema is that of cffconvert, which brings an own command line, web client and YAML library: for one file of
twenty lines, what the schema requires is said here.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
CITATION = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), yaml.BaseLoader)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
KNOWN = {"cff-version", "message", "type", "title", "abstract", "authors", "version", "license", "keywords"}


def test_the_citation_has_what_version_1_2_of_the_format_asks_for() -> None:
    assert CITATION.keys() == KNOWN
    assert CITATION["cff-version"] == "1.2.0" and CITATION["type"] == "software"
    assert CITATION["message"] and CITATION["title"] and CITATION["authors"]
    assert all(author.keys() == {"name"} and author["name"] for author in CITATION["authors"])  # entities
    assert len(set(CITATION["keywords"])) == len(CITATION["keywords"])


def test_the_citation_is_of_this_version_under_this_licence() -> None:
    assert CITATION["title"] == PROJECT["name"]
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["keywords"] == PROJECT["keywords"]
    assert "no result is a clinical clearance" in CITATION["abstract"]
