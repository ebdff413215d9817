"""Structure sets and plans from elsewhere, where they are; else the test skips and says what is missing."""

from pathlib import Path

import pytest
from support.reference_data import REFERENCE

FOLDER = REFERENCE / "dicom"


def reference(name: str) -> Path:
    """Return the path of a reference file, or skip."""
    path = FOLDER / f"{name}.dcm"
    if not path.is_file():
        pytest.skip(f"the reference file is not here: {path.name}")
    return path
