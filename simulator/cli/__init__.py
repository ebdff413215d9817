"""The command line: one module a command.

Exit codes: 0; 2 for bad input, with one message and no traceback; 1 for anything else.
"""

from __future__ import annotations

import sys

import cyclopts

from simulator.cli.app import app
from simulator.cli.baseline import baseline
from simulator.cli.compare import compare
from simulator.cli.listing import list_models
from simulator.cli.pose import pose
from simulator.cli.run import run
from simulator.cli.view import view
from simulator.errors import SimulatorError

__all__ = ["app", "main"]

app.command(run)
app.command(pose)
app.command(view)
app.command(baseline)
app.command(compare)
app.command(list_models, name="list")


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app(sys.argv[1:], exit_on_error=False, print_error=False, result_action="return_value")
    except (SimulatorError, cyclopts.CycloptsError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("simulator: stopped; nothing was written", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
