"""The lock file: what a developer's environment of one day was, to be had again, and what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXT = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
LINES = [line for line in TEXT.replace("\\\n", "").splitlines() if line and not line.startswith("#")]
LOCKED = {Requirement(line.partition(" --hash=")[0]): re.findall(r"--hash=(\S+)", line) for line in LINES}
PLACES = [
    {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": system}
    for version in ("3.11", "3.14")
    for system in ("linux", "darwin", "win32")
]


def asked(texts: list[str]) -> Iterator[Requirement]:
    """Yield requirements; those of this project's own extras stand for what the extras list."""
    for text in texts:
        requirement = Requirement(text)
        if requirement.name == PROJECT["name"]:
            for extra in sorted(requirement.extras):
                yield from asked(PROJECT["optional-dependencies"][extra])
        else:
            yield requirement


def is_sha256(checksum: str) -> bool:
    return re.fullmatch(r"sha256:[0-9a-f]{64}", checksum) is not None


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def holds(requirement: Requirement, place: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**place, "extra": ""})


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['python_version']} {place['sys_platform']}")
def test_the_lock_gives_what_is_asked_for(place: dict[str, str]) -> None:
    there = {plain(each.name): next(iter(each.specifier)).version for each in LOCKED if holds(each, place)}
    wanted = [
        each
        for each in asked([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]])
        if holds(each, place)
    ]
    assert len(wanted) > 30
    not_met = [str(each) for each in wanted if there.get(plain(each.name), "none") not in each.specifier]
    assert not_met == [], "renew requirements-dev.txt: the command stands in its first lines"


def test_every_package_is_pinned_and_has_checksums() -> None:
    assert len(LOCKED) > 100
    assert [str(each) for each in LOCKED if [part.operator for part in each.specifier] != ["=="]] == []
    assert [str(each) for each, hashes in LOCKED.items() if not all(map(is_sha256, hashes)) or not hashes] == []


def test_the_lock_names_no_place_that_others_do_not_have() -> None:
    """Neither a folder of somebody's computer nor an index: pip takes the one that its user has."""
    options = [line for line in TEXT.splitlines() if line.startswith("-")]
    assert options == []
    assert re.findall(r"\w+://\S+| @ \S+|(?<!\w)/\w+", TEXT) == []
