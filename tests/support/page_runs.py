"""A page's commands and snippets, run as they stand there, in a folder of their own."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from support.commands import run
from support.pages import ROOT, Block, Command, blocks, commands

# What a page may name as if its reader stood in a copy of the repository.
SHIPPED = ("docs/examples", "scenarios", "tests/example")
RUN = ("python", "console")
NEVER_RUN = ("sh", "toml", "text", "csv", "json", "yaml", "xml", "bibtex", "")
PROGRAMS = ("simulator", "python", "cat", "ls", "cd")
CODE = re.compile(r"#\s*exit code (\d+)")


class PageRun:
    """A reader who types in what a page says, block by block, in an empty folder.

    ``simulator …`` runs in this process, other programs as processes of their own.
    """

    def __init__(self, page: Path, folder: Path) -> None:
        self.page, self.folder, self.cwd = page, folder, folder
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self._printed = ""
        told = "\n".join(block.text for block in blocks(page) if block.language in RUN)
        for path in SHIPPED:
            if re.search(rf"(?<![\w./-]){path}\b", told):
                shutil.copytree(ROOT / path, folder / path, ignore=shutil.ignore_patterns("pictures"))

    def run(self) -> None:
        """Run every block in order; what fails names the page and the line."""
        for block in blocks(self.page):
            try:
                self._run(block)
            except Exception as error:
                error.add_note(f"in the block of {self.page.relative_to(ROOT)} that begins at line {block.line}")
                raise

    def _run(self, block: Block) -> None:
        assert block.language in RUN + NEVER_RUN, f"{block.language!r} is no language of a page's block"
        if block.mark.startswith("not run"):
            return
        if block.file is not None:
            target = self.cwd / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, encoding="utf-8")
        elif block.language == "python":
            self._python(block)
        elif block.language == "console":
            for command in commands(block):
                self._command(command, is_same=block.mark == "same output")
        elif block.mark == "same output":
            same(block.text.splitlines(), self._printed)

    def _python(self, block: Block) -> None:
        # Lines are numbered as in the page, so that a traceback says where.
        code = compile("\n" * block.line + block.text, str(self.page), "exec")
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(code, self.names)
        self._printed = printed.getvalue()

    def _command(self, command: Command, *, is_same: bool) -> None:
        program, *arguments = shlex.split(command.line, comments=True)
        assert program in PROGRAMS, f"{program} is no program that a page may run: {', '.join(PROGRAMS)}"
        if program == "cd":
            self.cwd = (self.cwd / arguments[0]).resolve()
            assert self.cwd.is_relative_to(self.folder.resolve())
            os.chdir(self.cwd)
            return
        if program == "simulator":
            ended = run(self.cwd, *arguments)
            code, printed = ended.code, ended.out + ended.err
        else:
            code, printed = self._process(program, arguments)
        wanted = CODE.search(command.line)
        assert code == int(wanted[1] if wanted else 0), f"{command.line}\nexit code {code}\n{printed}"
        if is_same:
            same(list(command.output), printed)

    def _process(self, program: str, arguments: list[str]) -> tuple[int, str]:
        command = [sys.executable if program == "python" else program, *arguments]
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "agg"}
        done = subprocess.run(
            command, cwd=self.cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False,
        )  # fmt: skip
        return done.returncode, done.stdout


def same(told: list[str], printed: str) -> None:
    """Assert that what a page shows was printed: the same words, in order; ``…`` stands for anything."""
    pattern = r"\s*".join(".*?" if word in ("…", "...") else _pattern(word) for word in " ".join(told).split())
    assert re.fullmatch(rf"\s*{pattern}\s*", printed, re.DOTALL), "\n".join(
        ("the page shows", *told, "but printed was", printed)
    )


def _pattern(word: str) -> str:
    return ".*?".join(map(re.escape, re.split(r"…|\.\.\.", word)))
