"""The toy study, run once in one thread for all tests that hold others against it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from support.toy_study import toy_study

from simulator.studies.run import run_study


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A folder with ``study.toml``, and what it comes to in ``whole``."""
    place = tmp_path_factory.mktemp("study")
    toy_study(place)
    with ThreadPoolExecutor(1) as one:
        run_study(place / "study.toml", folder=place / "whole", executor=one)
    return place
