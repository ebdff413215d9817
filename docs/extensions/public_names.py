"""Links to names: wherever a docstring names a public thing by its home or as ``sim.…``, it leads to its one entry.

A reference to a function of ours that is not public, which docstrings make for developers, stays code without a link;
one to something that is nowhere is a warning.
"""

from __future__ import annotations

import sys
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import simulator


def _is_ours(target: str) -> bool:
    """Return whether a name is there in the package: from ``simulator`` on, or from any of its modules on."""
    parts = target.split(".")
    for length in range(len(parts)):
        home = "." + ".".join(parts[:length]) if length else ""
        for name, module in list(sys.modules.items()):
            if name.startswith("simulator") and f".{name}".endswith(home) and _has(module, parts[length:]):
                return True
    return False


def _has(found: Any, names: list[str]) -> bool:
    for name in names:
        found = getattr(found, name, None)
    return found is not None


def _resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Element) -> nodes.Node | None:
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].removeprefix("sim.").split(".")
    for start, name in enumerate(target):
        if name in simulator.__all__:
            there = ".".join(["simulator", *target[start:]])
            return env.domains["py"].resolve_xref(
                env, node["refdoc"], app.builder, node["reftype"], there, node, shown
            )
    if len(target) == 1:  # a class of results, by its own name
        homes = [name for name, *_ in env.domains["py"].get_objects() if name.endswith(f".{target[0]}")]
        if len(homes) == 1:
            return env.domains["py"].resolve_xref(
                env, node["refdoc"], app.builder, node["reftype"], homes[0], node, shown
            )
    return shown if _is_ours(".".join(target)) else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at references that lead nowhere."""
    app.connect("missing-reference", _resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
