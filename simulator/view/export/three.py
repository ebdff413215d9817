"""three.js, which draws in pages: out of a copy that is installed anyway."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

from simulator.errors import SimulatorError

THREE_JS = re.compile(r"<script>(.*?const e=\"140\".*?THREE\.GLTFLoader=GLTFLoader;\}\)\(\);)", re.DOTALL)
"""In trimesh's page: three.js r140 with its reader of glTF files. Other versions have other lights and colours."""


def three_js() -> str:
    """Return three.js with what it reads glTF files and turns the view by.

    It is taken out of the page that trimesh ships for a viewer of its own, the one copy that is installed anyway;
    nothing else of that page is used.

    Raises
    ------
    SimulatorError
        If the installed trimesh has another three.js.
    """
    import trimesh

    with ZipFile(BytesIO(trimesh.resources.get_bytes("templates/viewer.zip"))) as files:
        found = THREE_JS.search(files.read("viewer.html.template").decode())
    if found is None:
        raise SimulatorError(
            f"web page: trimesh must be of a version that has three.js r140, such as 4.8.3 to 5.2; "
            f"was {trimesh.__version__}"
        )
    return found[1]
