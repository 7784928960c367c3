"""Items of several streams: each worked on once, and each stream finished once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Barrier, get_ident

import pytest

from scrambler.resources import shared_streams, workers
from scrambler.resources.shared_streams import each_item
from scrambler.resources.workers import Stop


@pytest.fixture(autouse=True)
def two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (shared_streams, workers):
        monkeypatch.setattr(module, "WORKERS", 2)


@pytest.mark.parametrize("sizes", [{}, {"a": 0}, {"a": 500}, {"a": 3, "b": 0, "c": 70, "d": 1}])
def test_every_item_is_worked_on_once_and_every_stream_finished_after_its_last(
    sizes: dict[str, int],
) -> None:
    done: Counter[tuple[str, int, int]] = Counter()
    finished: dict[str, int] = {}

    def begin(key: str) -> Iterator[int]:
        yield from range(1, sizes[key] + 1)

    def work(key: str, number: int, item: int) -> None:
        done[key, number, item] += 1

    def finish(key: str, stop: Stop) -> None:
        assert key not in finished
        finished[key] = sum(1 for held, _, _ in done if held == key)

    each_item(list(sizes), begin, work, finish)
    assert set(done.values()) <= {1}
    assert sorted(done) == [(k, n, n + 1) for k in sizes for n in range(sizes[k])]
    assert finished == sizes


def test_one_stream_is_worked_on_by_both_threads() -> None:
    both = Barrier(2, timeout=20)
    threads = set()

    def work(key: str, number: int, item: int) -> None:
        both.wait()
        threads.add(get_ident())

    each_item(["a"], lambda _: iter(range(8)), work, lambda key, stop: None)
    assert len(threads) == 2


def test_a_failure_stops_the_others_and_is_raised() -> None:
    finished = []

    def begin(key: str) -> Iterator[int]:
        yield 1
        if key == "b":
            raise ValueError("no more")
        yield from range(10**9)

    with pytest.raises(ValueError, match="no more"):
        each_item(["a", "b"], begin, lambda *_: None, lambda key, stop: finished.append(key))
    assert not finished
