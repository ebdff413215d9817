"""The thread behind a live map: the newest wish wins, nobody waits, nothing is left."""

from __future__ import annotations

import threading

import pytest
from support.live_room import live_room

import simulator as sim
from simulator.maps.live import live_map
from simulator.maps.live.live_map import LiveMap
from simulator.maps.live.moving_map import LiveBounds, OutOfReach

PATIENCE_S = 60.0
HERE, THERE, FAR = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (2.0, 0.0, 0.0)


class Scripted:
    """Answers that are given when a test says so; it tells what was asked."""

    def __init__(self, setup, sweep=None, **_):
        self.setup, self.sweep, self.chart = setup, sweep, None
        self.asked, self.ended = [], []
        self.begun = threading.Semaphore(0)
        self.may_answer = threading.Semaphore(0)

    def answers(self, isocentre_mm, stopping):
        self.asked.append(isocentre_mm)
        self.begun.release()
        try:
            if isocentre_mm == FAR:
                raise RuntimeError("planted")
            for is_final in (False, True):
                while not self.may_answer.acquire(timeout=0.01):
                    stopping(is_final)
                yield LiveBounds(self.setup, isocentre_mm, self.sweep, 0.1, not is_final, is_final, None, None)
        finally:
            self.ended.append(isocentre_mm)


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setattr(live_map, "MovingMap", Scripted)
    with LiveMap(sim.Setup.__new__(sim.Setup)) as opened:
        yield opened


def script(live):
    return live._map


def begun(live):
    assert script(live).begun.acquire(timeout=PATIENCE_S)


def test_a_wish_has_a_coarse_answer_and_then_a_final_one(live):
    live.move_to(HERE)
    script(live).may_answer.release()
    coarse = live.wait(PATIENCE_S)
    assert (coarse.isocentre_mm, coarse.is_final, live.is_idle) == (HERE, False, False)
    script(live).may_answer.release()
    final = live.wait(PATIENCE_S)
    assert (final.isocentre_mm, final.is_final, live.is_idle) == (HERE, True, True)
    assert live.wait(PATIENCE_S) is None  # there is none to come


def test_asking_never_waits(live):
    """The proofs stand still here: whoever waited for them would wait for ever."""
    live.move_to(HERE)
    begun(live)
    for place in (THERE, HERE, THERE):
        live.move_to(place)
        assert live.newest() is None
    assert not live.settled(0.0)


def test_the_newest_wish_wins(live):
    """Of those that come while one is begun, only the last is asked; the one that was begun has its coarse answer."""
    live.move_to(HERE)
    begun(live)
    for k in range(5, 10):
        live.move_to((float(k), 0.0, 0.0))
    script(live).may_answer.release()
    assert live.wait(PATIENCE_S).isocentre_mm == HERE
    begun(live)
    script(live).may_answer.release(2)
    assert live.final(PATIENCE_S).isocentre_mm == (9.0, 0.0, 0.0)
    assert script(live).asked == [HERE, (9.0, 0.0, 0.0)]


def test_a_coarse_answer_is_seen_however_fast_wishes_come(live):
    """It is there after newer wishes, too; a finer one of an older wish is not."""
    live.move_to(HERE)
    script(live).may_answer.release()
    begun(live)
    with live._changed:
        live._changed.wait_for(lambda: live._newest is not None, PATIENCE_S)
    live.move_to(THERE)
    live.move_to(HERE)
    assert live.newest().is_coarse
    script(live).may_answer.release(2)
    assert live.settled(PATIENCE_S)
    live.move_to(THERE)
    assert live.newest() is None


def test_a_newer_wish_ends_what_is_only_finer(live):
    live.move_to(HERE)
    script(live).may_answer.release()
    assert not live.wait(PATIENCE_S).is_final
    live.move_to(THERE)  # the final answer of the first is never allowed
    begun(live), begun(live)
    assert script(live).ended == [HERE]
    script(live).may_answer.release(2)
    assert live.final(PATIENCE_S).isocentre_mm == THERE


def test_closing_ends_the_thread_whatever_it_does(live):
    live.move_to(HERE)
    begun(live)
    live.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "live map"]
    assert script(live).ended == [HERE]
    with pytest.raises(sim.SimulatorError, match="closed"):
        live.move_to(THERE)
    live.close()  # again is nothing


def test_a_failure_reaches_whoever_asks(live):
    live.move_to(FAR)
    assert live.settled(PATIENCE_S)
    with pytest.raises(RuntimeError, match="planted"):
        live.newest()
    with pytest.raises(RuntimeError, match="planted"):
        live.wait(PATIENCE_S)


def test_the_table_is_moved_and_the_isocentre_follows():
    with LiveMap(live_room(pitch_deg=2.0), tolerances=(0.9,), workers=1) as moved:
        lateral, longitudinal, vertical = moved.setup.table_position_mm
        moved.move_table(lateral_mm=lateral + 10.0)
        moved.move_table(vertical_mm=vertical - 20.0)
        answer = moved.final(PATIENCE_S)
        assert answer.table_position_mm == pytest.approx((lateral + 10.0, longitudinal, vertical - 20.0))
        assert answer.setup.table_position_mm == pytest.approx(answer.table_position_mm)
        _, high = moved.table_limits_mm["table_vertical"]
        moved.move_table(vertical_mm=high + 1.0)
        refused = moved.final(PATIENCE_S)
        assert isinstance(refused, OutOfReach) and "vertical" in refused.reason
