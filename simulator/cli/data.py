"""``simulator data``: what others published and the project compares with, listed and fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import cyclopts

from simulator.errors import SimulatorError

app = cyclopts.App(
    name="data",
    help="Public data that tests and published comparisons use: what there is, and fetching it.\n\n"
    "They lie in the folder named in SIMULATOR_REFERENCE, else among the user's own data.",
)


@app.default
def show() -> None:
    """List the sets: what each is for, its home, licence, size and checksums, and whether it is here."""
    print("\n".join(_listing()))


@app.command
def fetch(
    *names: Annotated[str, cyclopts.Parameter(help="Sets, as simulator data lists them.")],
    every: Annotated[
        bool,
        cyclopts.Parameter(name="--all", help="Fetch all that can be, and say of the rest what to do.", negative=()),
    ] = False,
    source: Annotated[
        Path | None,
        cyclopts.Parameter(name="--from", help="Take the files from a folder instead, if they are the right ones."),
    ] = None,
) -> None:
    """Fetch sets from their public homes; a file whose checksum is not the expected one is refused and removed."""
    from simulator.public_data.catalogue import data_folder, data_set, data_sets
    from simulator.public_data.fetching import fetch as fetched
    from simulator.public_data.fetching import how_by_hand, take

    if bool(names) == every:
        raise SimulatorError(
            f"simulator data fetch: must be given names of sets or --all; available: {', '.join(data_sets())}"
        )
    root = data_folder()
    for wanted in data_sets().values() if every else [data_set(name) for name in names]:
        if source is not None:
            lines: Iterator[str] = take(wanted, source, root)
        elif wanted.is_present(root):
            lines = iter([f"{wanted.name}: present in {root / wanted.folder}"])
        elif every and wanted.address is None:
            lines = iter([f"{wanted.name}: not here, and cannot be fetched; {how_by_hand(wanted)}"])
        else:
            lines = fetched(wanted, root)
        for line in lines:
            print(line, flush=True)


def _listing() -> Iterator[str]:
    from simulator.public_data.catalogue import data_folder, data_sets

    root = data_folder()
    yield f"public data, in {root}"
    for each in data_sets().values():
        states = {file: file.state(root / each.folder) for file in each.files}
        there = sum(state == "present" for state in states.values())
        how = "simulator data fetch " + each.name if each.address else "by hand"
        yield ""
        yield f"{each.name}: {each.title}"
        yield f"  here      {there} of {len(states)} files" + ("" if there == len(states) else f"; to get it: {how}")
        yield f"  for       {each.used_for}"
        yield f"  home      {each.home}"
        yield f"  licence   {each.licence}"
        yield f"  files     {each.bytes / 1000:,.0f} kB in {root / each.folder}"
        for file, state in states.items():
            yield f"    {state:<12}  {file.bytes:>9,} bytes  sha256 {file.sha256}  {file.name}"
        if there < len(states) and not each.address:
            yield f"  by hand   {each.by_hand}"
