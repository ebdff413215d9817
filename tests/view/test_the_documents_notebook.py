"""The notebook of the documents, from a scenario to a delivery with its film, runs as it stands there."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

import simulator as sim

NOTEBOOK = Path(__file__).parents[2] / "docs" / "examples" / "delivery" / "delivery.ipynb"
FORMS = {
    "candidates.mat": "matrad",
    "candidates.json": "pyradplan",
    "beamlist.txt": "beamlist",
    "candidates.csv": "csv",
}


@pytest.mark.usefixtures("renderer")
def test_the_notebook_of_the_documents(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("seconds=8", "seconds=1")  # of film: all that is not as it stands there
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute()
    printed = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert "1 island" in printed and "there is no free way" in printed and "all proven free: 12 beams" in printed
    setup = sim.load_setup("lung")
    assert {len(sim.read_beams(tmp_path / name, setup, form).beams) for name, form in FORMS.items()} == {400}
    with Image.open(tmp_path / "delivery.gif") as film:
        assert film.n_frames > 10
    assert "All 12 beams delivered" in (tmp_path / "delivery.html").read_text(encoding="utf-8")
