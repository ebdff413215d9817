"""What a page of the site loads must be beside it; that a build finds what is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import ROOT, extension

EXTENSIONS = ROOT / "docs" / "extensions"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<script async src="https://example.org/a.js"></script>', ["https://example.org/a.js"]),
        ("<link rel='stylesheet' href='//example.org/a.css'>", ["//example.org/a.css"]),
        ('<img alt="a > b" src=http://example.org/a.png>', ["http://example.org/a.png"]),
        ('@import "https://example.org/a.css"; a { b: url(//example.org/f.woff) }', ["//example.org/f.woff"]),
        ('<a href="https://example.org">read on</a> <img src="_static/a.png"> <svg xmlns="http://www.w3.org">', []),
        ("a { b: url(data:image/svg+xml;charset=utf-8,//) } <script src='a.js'></script>", []),
    ],
)
def test_what_a_page_loads_from_elsewhere_is_found(text: str, found: list[str]) -> None:
    offline = extension("offline")
    assert set(offline.foreign(text)) >= set(found) and bool(offline.foreign(text)) == bool(found)


def test_a_build_fails_if_a_page_loads_something_from_elsewhere(tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(EXTENSIONS)!r})\nextensions = ['offline']\n", encoding="utf-8"
    )
    page = tmp_path / "index.rst"
    codes = {}
    for picture in ("", ".. raw:: html\n\n   <img src='https://example.org/a.png'>\n"):
        page.write_text(f"Title\n=====\n\n{picture}", encoding="utf-8")
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(tmp_path), "out"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        codes[bool(picture)] = done.returncode
    assert codes == {False: 0, True: 1}, done.stderr
    assert "index.html loads https://example.org/a.png" in done.stderr
