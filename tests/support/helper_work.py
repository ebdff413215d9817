"""Functions that a helper process can import."""

import os

from simulator.errors import SimulatorError


def ends_other_processes(here):
    """Return "here" in one process, and end any other."""
    if os.getpid() != here:
        os._exit(1)
    return "here"


def refuses():
    raise SimulatorError("it must not")
