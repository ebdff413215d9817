"""Whether messages of bad input end with the command that explains the field that they name."""

from __future__ import annotations

import re

from simulator.models.description import Description
from simulator.reference.reference import explained
from simulator.scenario.scenario import Scenario

HINT = re.compile(r" \(simulator explain (\S+)\)$")
NAMED = re.compile(r"(?:simulator: )?case\.toml: (?:variant '.*?': )?(?P<model>\S*model\.toml: )?(?P<name>[\w.]+): ")


def require_hints(answer: str) -> None:
    """Assert that each line that begins with a field ends with its hint, and that every hint is explained."""
    for line in answer.splitlines():
        hint, named = HINT.search(line), NAMED.match(line)
        if hint is not None:
            assert explained(hint[1]), line
        if named is not None:
            table = Description if named["model"] else Scenario
            steps = [step for step in named["name"].split(".") if not step.isdigit()]
            if steps[0] in table.model_fields:
                assert hint is not None, f"no hint: {line}"
                said = hint[1].removeprefix("model.").split(".")
                assert (
                    said == steps[: len(said)] or said[: len(steps)] == steps or hint[1].split(".")[0] == "model"
                ), line
