"""How long a campaign is: few cases by default, SIMULATOR_CAMPAIGN times as many where that is set."""

import os


def times(count):
    """The number of cases of a campaign."""
    return count * int(os.environ.get("SIMULATOR_CAMPAIGN", "1"))


def more(*cases):
    """Cases that only a campaign adds, because another one by default says almost the same."""
    return cases if times(1) > 1 else ()
