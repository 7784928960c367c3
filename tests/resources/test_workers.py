"""Work side by side: results in order, the first failure stops the rest."""

from __future__ import annotations

from threading import Barrier, get_ident

import pytest

from scrambler.resources import workers
from scrambler.resources.workers import Stop, Stopped, each


@pytest.fixture(autouse=True)
def two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORKERS", 2)


def test_results_come_in_the_order_of_the_pieces() -> None:
    assert each(lambda piece, stop: piece * piece, [5, 3, 4]) == [25, 9, 16]


def test_nothing_to_do_is_done() -> None:
    assert each(lambda piece, stop: piece, []) == []


def test_two_pieces_are_under_way_at_once() -> None:
    # Neither gets past the barrier unless both have reached it.
    both = Barrier(2, timeout=60)

    def work(piece: int, stop: Stop) -> int:
        both.wait()
        return get_ident()

    assert len(set(each(work, [1, 2]))) == 2


def test_a_failure_stops_the_others_and_is_raised() -> None:
    both = Barrier(2, timeout=60)
    begun = []

    def work(piece: str, stop: Stop) -> None:
        begun.append(piece)
        both.wait()
        if piece == "faulty":
            raise ValueError("told")
        while True:
            stop.check()

    with pytest.raises(ValueError, match="told"):
        each(work, ["long", "faulty", "never begun"])
    assert sorted(begun) == ["faulty", "long"]


def test_the_earliest_of_several_failures_is_raised() -> None:
    both = Barrier(2, timeout=60)

    def work(piece: int, stop: Stop) -> None:
        both.wait()
        raise ValueError(str(piece))

    with pytest.raises(ValueError, match="1"):
        each(work, [1, 2])


def test_an_interrupt_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "wait", interrupted)

    def work(piece: int, stop: Stop) -> None:
        while True:
            stop.check()

    with pytest.raises(KeyboardInterrupt):
        each(work, [1, 2])


def test_stopped_work_hears_of_it_at_its_next_check() -> None:
    stop = Stop()
    stop.check()
    stop.set()
    with pytest.raises(Stopped):
        stop.check()
