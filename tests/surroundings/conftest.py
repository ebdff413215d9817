"""A program in its surroundings has two cores, and a helper: whatever a worker of a run of tests is told."""

import pytest


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")
