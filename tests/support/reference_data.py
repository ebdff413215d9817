"""Where data from elsewhere are, which the project does not ship: a test that needs them skips where they are not."""

import os
from pathlib import Path

REFERENCE = Path(os.environ.get("SIMULATOR_REFERENCE", Path(__file__).resolve().parents[3] / "shared" / "reference"))
