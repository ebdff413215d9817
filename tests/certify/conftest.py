"""What the tests of kept code share."""

import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The cache of a test; it does not exist yet."""
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "new" / "cache"))
    return tmp_path / "new" / "cache"
