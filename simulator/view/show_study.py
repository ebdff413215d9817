"""The atlas of a study in a window, or as a picture of it."""

from __future__ import annotations

import os

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.studies.result import StudyResult
from simulator.studies.rows import INDEX
from simulator.view import renderer
from simulator.view.study_setup import StudySetups
from simulator.view.window.atlas import AtlasWindow
from simulator.view.window.atlas_controls import AtlasControls
from simulator.whole_files import file_path, written_whole


@checked
def show_study(
    result: StudyResult, *, case: int | None = None, screenshot: str | os.PathLike[str] | None = None
) -> None:
    """Open a window on the atlas of a study; or write a picture of it.

    The patient is seen through, and targets are coloured by their solid angle, all of them or those of a slice. A
    click on one shows its map, and its sphere around it: as the study kept them, else with coarse bounds, made then.

    Parameters
    ----------
    result : StudyResult
        Of a study over a lattice of isocentres.
    case : int, optional
        The target whose map is shown first, by the index of its case.
    screenshot : str or path, optional
        Write this PNG file and open no window; works without a screen.

    Raises
    ------
    SimulatorError
        If the study has no lattice or no such case, the file cannot be written, or there is no screen, or nothing to
        draw with.

    Examples
    --------
    >>> import simulator as sim
    >>> study = sim.Study.of("box", {"lattice": {"spacing_mm": 175, "part": "box phantom"}},
    ...                      tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> sim.show_study(sim.run_study(study, workers=1), screenshot="atlas.png")
    """
    file = None if screenshot is None else file_path(screenshot, ".png")
    with AtlasWindow(StudySetups.of(result), off_screen=file is not None) as window:
        if case is not None:
            window.choose(_target(window, result, case))
        if file is None:
            AtlasControls(window)
            renderer.require_screen()
            window.plotter.show(title=result.title)
            return
        picture = window.picture()
    from PIL import Image

    with written_whole(file) as unfinished:
        Image.fromarray(picture).save(unfinished)


def _target(window: AtlasWindow, result: StudyResult, case: int) -> int:
    """Return which of the window's targets a case is."""
    indices: list[int] = result.table[INDEX].iloc[window.rows].tolist()
    if case not in indices:
        raise SimulatorError(f"case: must be a target of the atlas, {min(indices)} to {max(indices)}, was {case}")
    return indices.index(case)
