"""A thread that follows the newest wish for an isocentre, and never keeps anybody waiting."""

from __future__ import annotations

from threading import Condition, Thread

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.maps.helpers import worker_count
from simulator.maps.live.moving_map import TOLERANCES, LiveBounds, MovingMap, OutOfReach, Vector
from simulator.scenario.sweep import Sweep
from simulator.setup.moving import isocentre_at, table_position_at
from simulator.setup.placing import TABLE_POSITION
from simulator.setup.setup import Setup

Answer = LiveBounds | OutOfReach
REST_S = 0.1
"""So long an isocentre stays before it has finer bounds: while it is dragged, what draws has the processor."""


class _Overtaken(Exception):  # noqa: N818 - nothing went wrong
    """There is a newer wish, or nobody waits any more."""


class LiveMap:
    """Bounds of a set-up's solid angle that follow its isocentre.

    A thread of its own works on the newest wish; older ones that it has not begun are dropped. The coarse answer of a
    wish that it has begun is finished, so that something is seen however fast wishes come; finer ones end at once
    when there is a newer wish. Proofs run without the interpreter's lock.

    Parameters
    ----------
    setup : Setup
        Whose isocentre moves, or whose table.
    sweep : Sweep, optional
        Two joints that aim; the set-up's own if not given.
    tolerances : sequence of float
        Asked distances of the bounds as shares of 4π, the coarse one first.
    workers : int, optional
        Number of threads that prove, all cores if not given. The answers do not depend on it.

    Attributes
    ----------
    setup : Setup
        As given.
    sweep : Sweep
        Of the two joints that aim.
    chart : TwoAxisChart
        How they aim.

    Raises
    ------
    SimulatorError
        If the sweep has no solid angle of two joints, or the machine has an arm.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("box")
    >>> with sim.LiveMap(setup, tolerances=(0.2, 0.1)) as live:
    ...     live.move_to((0.0, -100.0, -80.0))
    ...     bounds = live.final()
    >>> bounds.isocentre_mm, bounds.is_final, bounds.solid_angle.is_proven
    ((0.0, -100.0, -80.0), True, True)
    """

    @checked
    def __init__(
        self,
        setup: Setup,
        sweep: Sweep | None = None,
        *,
        tolerances: tuple[float, ...] = TOLERANCES,
        workers: int | None = None,
    ) -> None:
        self._map = MovingMap(setup, sweep, tolerances=tolerances, workers=worker_count(workers))
        self.setup, self.sweep, self.chart = setup, self._map.sweep, self._map.chart
        self._changed = Condition()
        self._wish: Vector | None = None
        self._wished, self._answered = 0, 0
        self._newest: Answer | None = None
        self._failure: BaseException | None = None
        self._is_closed = False
        self._thread = Thread(target=self._follow, name="live map", daemon=True)
        self._thread.start()

    def __enter__(self) -> LiveMap:
        """Return the map; its thread ends in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @checked
    def move_to(self, isocentre_mm: Vector) -> None:
        """Wish for the bounds at an isocentre, in the patient's DICOM axes; the table follows. Returns at once.

        A coarse answer for an earlier wish that nobody has taken may still come first: each says what it is for.

        Parameters
        ----------
        isocentre_mm : tuple of float
            DICOM patient axes.

        Raises
        ------
        SimulatorError
            If the map is closed.
        """
        x, y, z = map(float, isocentre_mm)
        with self._changed:
            if self._is_closed:
                raise SimulatorError("a live map: must be open to be moved, was closed")
            self._wish, self._wished = (x, y, z), self._wished + 1
            if _is_finer(self._newest):  # a coarse one is still to be seen, however fast wishes come
                self._newest = None
            self._changed.notify_all()

    @checked
    def move_table(
        self,
        *,
        lateral_mm: float | None = None,
        longitudinal_mm: float | None = None,
        vertical_mm: float | None = None,
    ) -> None:
        """Wish for the bounds with the table elsewhere; the isocentre follows. Returns at once.

        What is not given stays where the last wish has it.

        Parameters
        ----------
        lateral_mm, longitudinal_mm, vertical_mm : float, optional
            Position of the table top, IEC 61217.

        Raises
        ------
        SimulatorError
            If the map is closed.
        """
        last = self.setup.table_position_mm if self._wish is None else table_position_at(self.setup, self._wish)
        lateral, longitudinal, vertical = (
            old if new is None else float(new)
            for old, new in zip(last, (lateral_mm, longitudinal_mm, vertical_mm), strict=True)
        )
        self.move_to(isocentre_at(self.setup, (lateral, longitudinal, vertical)))

    @property
    def table_limits_mm(self) -> dict[str, tuple[float, float] | None]:
        """Least and greatest value of each joint of the table's position; None where it has no limits."""
        return {joint: self.setup.scene.tree[joint].limits for joint in TABLE_POSITION}

    def newest(self) -> Answer | None:
        """Return the newest answer, once, and without waiting; None if there is none that was not yet returned.

        Returns
        -------
        LiveBounds, OutOfReach or None
            Each says for which isocentre it is.

        Raises
        ------
        BaseException
            What ended the thread: a contradiction of a proof and FCL, say.
        """
        with self._changed:
            return self._taken()

    @checked
    def wait(self, timeout_s: float | None = None) -> Answer | None:
        """Return the next answer as soon as it is there; None if none is after some seconds, or if none will come.

        Parameters
        ----------
        timeout_s : float, optional
            How long to wait at most, s; as long as it takes if not given.

        Returns
        -------
        LiveBounds, OutOfReach or None
            As for `newest`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self.is_idle, timeout_s)
            return self._taken()

    @checked
    def final(self, timeout_s: float | None = None) -> Answer | None:
        """Return the final answer for the newest wish, waiting for it; None if it is not there after some seconds.

        Parameters
        ----------
        timeout_s : float, optional
            How long to wait at most, s; as long as it takes if not given.

        Returns
        -------
        LiveBounds, OutOfReach or None
            As for `newest`.
        """
        return self.newest() if self.settled(timeout_s) else None

    @checked
    def settled(self, timeout_s: float | None = None) -> bool:
        """Wait until the newest wish has its final answer, and take none; False if that lasts longer.

        Parameters
        ----------
        timeout_s : float, optional
            How long to wait at most, s; as long as it takes if not given.

        Returns
        -------
        bool
            Whether the answer is there.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self.is_idle, timeout_s)

    def close(self) -> None:
        """End the thread, whatever it is doing, and wait until it has ended."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()

    @property
    def is_idle(self) -> bool:
        """Whether the newest wish has its final answer, or none will come."""
        return self._is_closed or self._failure is not None or self._answered == self._wished

    def _taken(self) -> Answer | None:
        if self._failure is not None:
            raise self._failure
        answer, self._newest = self._newest, None
        return answer

    def _follow(self) -> None:
        """Answer wishes, the newest first and others never, until the map is closed."""
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._is_closed or self._answered != self._wished)
                    if self._is_closed:
                        return
                    wish, number = self._wish, self._wished
                assert wish is not None
                self._answer(wish, number)
        except BaseException as failure:  # whoever asks next is told
            with self._changed:
                self._failure = failure
                self._changed.notify_all()

    def _is_overtaken(self, number: int) -> bool:
        return self._is_closed or number != self._wished

    def _answer(self, wish: Vector, number: int) -> None:
        def stopping(has_answer: bool) -> None:
            if self._is_overtaken(number) if has_answer else self._is_closed:
                raise _Overtaken

        try:
            for answer in self._map.answers(wish, stopping):
                with self._changed:
                    is_last = isinstance(answer, OutOfReach) or answer.is_final
                    if is_last and number == self._wished:
                        self._answered = number
                    if number == self._wished or not _is_finer(answer):
                        self._newest = answer
                    self._changed.notify_all()
                    if self._changed.wait_for(lambda: self._is_overtaken(number), 0.0 if is_last else REST_S):
                        return
        except _Overtaken:
            pass


def _is_finer(answer: Answer | None) -> bool:
    return isinstance(answer, LiveBounds) and not answer.is_coarse
