"""The isocentre dragged in the patient, the table moved by sliders; map, sphere and solid angle follow.

While the isocentre is dragged, the room stands and the marker moves; once it is let go, the table brings it to the
machine's isocentre. The table's sliders move the room at once. A thread proves (`maps.live.live_map`), and between
events the window looks whether there is an answer: nothing here waits for one.
"""

from __future__ import annotations

from textwrap import fill
from time import sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.maps.live.live_map import Answer, LiveMap
from simulator.maps.live.moving_map import OutOfReach
from simulator.setup.contents import PATIENT_FRAME
from simulator.view.joint_axes import T_fixed_frame
from simulator.view.live_picture import LivePicture
from simulator.view.plots.live import LETTERS, LivePlot, stated
from simulator.view.window.marker import Marker
from simulator.view.window.window import SLIDER, Window

PAUSE_S = 0.01
"""In which a thread that waits for the interpreter's lock has it."""
TRAVEL_MM = 500.0
"""Of a slider whose joint has no limits, to either side."""
HINT = "drag the red ball in the patient, or the table's sliders"
NOTHING_NEW = "map and sphere are still those of the isocentre before"
TEXT_COLOUR, REFUSED_COLOUR = "black", "#d02020"


class LiveControls:
    """What moves the isocentre in a window, and shows what is proven there.

    Parameters
    ----------
    window : Window
        Of the map's set-up, with a map that has a solid angle.
    live : LiveMap
        Who proves. It is closed by whoever opened it.

    Attributes
    ----------
    marker : Marker
        The isocentre.
    sliders : dict of str to vtkSliderWidget
        One for each joint of the table's position.
    answer : LiveBounds or OutOfReach, optional
        What is shown.

    Raises
    ------
    SimulatorError
        If the window has no map with a sphere of directions.
    """

    def __init__(self, window: Window, live: LiveMap) -> None:
        if window.panel is None or not window.room.sphere:
            raise SimulatorError("live: needs a window with a map that has a solid angle")
        self._window, self._live, self._panel = window, live, window.panel
        self._picture = LivePicture(live.sweep, live.chart)
        self._plot = LivePlot(self._picture, live.chart, window.setup.title or window.setup.name, window.panel.size)
        self._moves_room = False
        self.answer: Answer | None = None
        self._text = self._panel.add_text()
        self.marker = Marker(window.plotter, self.drag)
        self.sliders: dict[str, Any] = {}
        self._add_sliders()
        live.move_to(window.setup.isocentre_patient_mm)

    @property
    def text(self) -> str:
        """What is written above the map."""
        return str(self._text.input)

    def look(self) -> None:
        """Show the newest answer, if there is one; never wait for it."""
        try:
            answer = self._live.newest()
        except Exception as failure:  # the toolkit would swallow it
            self._tell(fill(f"{type(failure).__name__}: {failure}", LETTERS), REFUSED_COLOUR)
            self._window.plotter.render()
            return
        if answer is not None:
            self._show(answer)

    def follow(self) -> None:
        """Pass on events and show answers until the window is closed.

        The toolkit's own loop keeps the interpreter's lock while it waits, so that no other thread would prove.
        """
        iren = self._window.plotter.iren
        while not iren.interactor.GetDone():
            iren.process_events()
            self.look()
            sleep(PAUSE_S)

    def drag(self, place_mm: NDArray[np.float64], is_let_go: bool) -> None:
        """Wish for the bounds with the isocentre at a place (3,) in the room that is shown; the marker is there."""
        setup = self._window.setup
        R_fixed_patient = T_fixed_frame(setup, PATIENT_FRAME, self._window.check.pose)[:3, :3]
        x, y, z = (np.asarray(setup.isocentre_patient_mm) + R_fixed_patient.T @ place_mm).tolist()
        self._moves_room = is_let_go
        self._live.move_to((x, y, z))
        self.look()
        self._window.plotter.render()

    def _slide(self, joint: str, value: float) -> None:
        """Wish for the bounds with the table where the sliders are."""
        if abs(value - self._window.setup.scene.rest[joint]) < 0.05 and not self._moves_room:
            return
        self._moves_room = True
        self._live.move_table(**{f"{joint.removeprefix('table_')}_mm": value})
        self.look()

    def _show(self, answer: Answer) -> None:
        self.answer = answer
        if isinstance(answer, OutOfReach):
            self._tell(f"{stated(answer)}\n{NOTHING_NEW}", REFUSED_COLOUR)
            if self._moves_room and self._live.is_idle:
                self._stand()
            self._window.plotter.render()
            return
        status = self._picture.status(answer.cells)
        self._panel.show(self._plot.drawn(status), self._plot.axes)
        self._window.room.colour_sphere(self._picture.sphere(status))
        self._tell(f"{stated(answer)}\n{HINT}", TEXT_COLOUR)
        if self._moves_room:
            self._window.show_setup(answer.setup)
            self._stand()
        self._window.plotter.render()

    def _stand(self) -> None:
        """Put marker and sliders where the room that is shown has the isocentre and the table."""
        if not self.marker.is_held:
            self.marker.put(np.zeros(3))
        for joint, slider in self.sliders.items():
            slider.GetRepresentation().SetValue(self._window.setup.scene.rest[joint])

    def _tell(self, text: str, colour: str) -> None:
        self._text.input, self._text.prop.color = text, colour

    def _add_sliders(self) -> None:
        """Add a slider for each joint of the table's position, above those of the pose."""
        setup, width = self._window.setup, 0.86 / 3
        for at, (joint, limits) in enumerate(self._live.table_limits_mm.items()):
            value = setup.scene.rest[joint]
            left = 0.1 + at * width
            self.sliders[joint] = self._window.plotter.add_slider_widget(
                lambda value, joint=joint: self._slide(joint, value),
                limits or (value - TRAVEL_MM, value + TRAVEL_MM),
                value=value,
                title=f"{joint.replace('_', ' ')} / mm",
                pointa=(left, 0.29),
                pointb=(left + 0.82 * width, 0.29),
                **SLIDER,
            )
