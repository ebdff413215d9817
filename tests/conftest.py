"""Every property is tried with the same values in every run, on every machine, however long it takes there.

Hypothesis also draws from the constants of whichever of our modules happen to be loaded. With several workers that
depends on which tests a worker ran before, so a derandomised test would still draw other values from run to run.
Values that matter are examples of their tests instead.
"""

import gc
import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

settings.register_profile(
    "same everywhere", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same everywhere")

if hasattr(providers, "_get_local_constants"):  # since 6.131
    providers._get_local_constants = providers.Constants

if "PYTEST_XDIST_WORKER" in os.environ:
    # There are at least as many workers as cores, and each helper of one of them loads everything again. Tests of
    # helpers and threads ask for two.
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")


def pytest_collection_finish() -> None:
    """Let Python not look through all tests and modules again and again: they stay as long as their worker."""
    gc.collect()
    gc.freeze()
