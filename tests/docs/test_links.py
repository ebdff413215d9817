"""Links lead somewhere: files and headings are there; what leads out of the repository is at least well formed."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from support.pages import ROOT, anchors, links, name_of, pages, slug

PAGES = [*pages(), ROOT / "ARCHITECTURE.md"]
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}")
DOI = re.compile(r"/10\.\d{4,9}/\S+")


def faults(page: Path) -> list[str]:
    """Return what is wrong with the links of a page."""
    return [f"line {line}: {target}: {told}" for line, target in links(page) if (told := fault(page, target))]


def fault(page: Path, target: str) -> str | None:
    """Return what is wrong with a link of a page, if anything is."""
    parts = urlsplit(target)
    if parts.scheme:
        if parts.scheme == "mailto":
            return None
        if parts.scheme != "https" or not HOST.fullmatch(parts.netloc):
            return "must be https and name a host"
        return "is no DOI" if parts.netloc == "doi.org" and not DOI.fullmatch(unquote(parts.path)) else None
    there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not there.is_relative_to(ROOT) or not there.exists():
        return "no such file"
    if parts.fragment and there.suffix == ".md" and unquote(parts.fragment) not in anchors(there):
        return f"no such heading; there are {', '.join(sorted(anchors(there)))}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    found = faults(page)
    assert not found, "\n".join(found)


def test_a_broken_link_is_found() -> None:
    page = ROOT / "README.md"
    assert fault(page, "LICENSE") is None and fault(page, "docs/index.md#where-can-a-treatment-machine-aim") is None
    assert fault(page, "https://doi.org/10.4103/jmp.JMP_2_19") is None
    assert fault(page, "docs/reference/command_line.md#simulator-run") is None
    assert fault(page, "docs/reference/api/rooms.md#what-these-return") is None
    for target in ("LICENCE", "../elsewhere", "#no-such", "http://example.org", "https://", "https://doi.org/1"):
        assert fault(page, target), target


def test_headings_have_the_anchors_that_code_hosts_give_them() -> None:
    assert slug("How much of 4π can a C-arm linac reach?") == "how-much-of-4π-can-a-c-arm-linac-reach"
    assert slug("1. What is `uncertain`") == "1-what-is-uncertain"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_has_one_title(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1
