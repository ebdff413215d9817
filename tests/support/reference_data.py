"""Where data from elsewhere are, which the project does not ship: a test that needs them skips where they are not.

They are looked for in the folder named in ``SIMULATOR_REFERENCE``, or where ``simulator data fetch`` puts them, and
then in ``shared/reference`` beside the checkout.
"""

from __future__ import annotations

from pathlib import Path

from simulator.public_data.catalogue import data_folder


class Reference:
    """Folders that may hold the data; ``/`` leads to the first that has what is asked for."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    def __truediv__(self, name: str) -> Path:
        places = [folder / name for folder in self.folders]
        return next((place for place in places if place.exists()), places[0])


REFERENCE = Reference(data_folder(), Path(__file__).resolve().parents[3] / "shared" / "reference")
