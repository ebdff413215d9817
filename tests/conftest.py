"""Every property is tried with the same values in every run, on every machine.

Hypothesis also draws from the constants of whichever of our modules happen to be loaded. With several workers that
depends on which tests a worker ran before, so a derandomised test would still draw other values from run to run.
Values that matter are examples of their tests instead.
"""

from hypothesis.internal.conjecture import providers

if hasattr(providers, "_get_local_constants"):  # since 6.131
    providers._get_local_constants = providers.Constants
