"""Every page does what it says: its snippets and commands run as they stand there, its files are written and read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from support.page_runs import PageRun, same
from support.pages import blocks, commands, indented, name_of, pages

from simulator.view.renderer import missing

DRAWS = ("--screenshot", "--movie", "sim.show(", "write_movie(", "write_delivery_movie(")


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_page_runs_as_it_stands(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = [block for block in blocks(page) if block.language in ("python", "console")]
    if any(word in block.text for block in run for word in DRAWS) and (reason := missing()):
        pytest.skip(reason)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    PageRun(page, tmp_path).run()


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_what_a_page_shows_can_be_checked(page: Path) -> None:
    """Indented code would be in no language, and a console block without a command shows nothing that was run."""
    assert indented(page) == [], "indented code: put it into a fenced block"
    for block in blocks(page):
        assert block.language, f"line {block.line}: a block needs a language, at least text"
        if block.language == "console":
            assert commands(block), f"line {block.line}: no line begins with $"
        if block.language == "toml":
            tomllib.loads(block.text)


def test_what_is_shown_must_have_been_printed() -> None:
    same(["free, clearance", "…", "couch top"], "free, clearance 12.5 mm\n  head cover – couch  top\n")
    with pytest.raises(AssertionError, match="but printed was"):
        same(["free, clearance 12.6 mm"], "free, clearance 12.5 mm\n")


def write(folder: Path, text: str) -> Path:
    """Write a page inside the tree that pages stand in."""
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    return page


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", "begins at line 5"),
        ("```console\n$ simulator pose no_such_room\n```\n", "exit code 2"),
        ("```console\n$ rm page.md\n```\n", "rm is no program"),
        ("<!-- same output -->\n```console\n$ cat a.toml\nb = 2\n```\n", "No such file"),
        ("```toml\n# a.toml\nb = 1\n```\n<!-- same output -->\n```console\n$ cat a.toml\nb = 2\n```\n", "b = 1"),
        ('```python\nprint("one")\n```\n<!-- same output -->\n```text\ntwo\n```\n', "one"),
        ("```bash\nls\n```\n", "no language"),
    ],
)
def test_a_page_that_is_wrong_is_found(text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("support.page_runs.ROOT", tmp_path)
    with pytest.raises(AssertionError) as error:
        PageRun(write(tmp_path, text), tmp_path).run()
    assert told in "\n".join((str(error.value), *error.value.__notes__))


def test_a_page_may_say_what_is_not_run_and_how_a_command_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "<!-- not run: needs a scheduler -->\n```python\nraise SystemExit\n```\n\n```sh\nsbatch\n```\n\n"
        "```console\n$ simulator pose no_such_room   # exit code 2\nsimulator: …\n$ ls \\\n    page.md\n```\n"
    )
    PageRun(write(tmp_path, text), tmp_path).run()
