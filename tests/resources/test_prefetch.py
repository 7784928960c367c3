from __future__ import annotations

from collections.abc import Generator
from threading import get_ident

import pytest

from scrambler.resources.prefetch import prefetched


class Pages:
    """Counts up, and remembers how far it was asked to and whether it was closed."""

    def __init__(self, total: int, fails_at: int | None = None) -> None:
        self.total = total
        self.fails_at = fails_at
        self.made = 0
        self.closed = False
        self.threads: set[int] = set()

    def __call__(self) -> Generator[int, None, None]:
        try:
            for page in range(self.total):
                self.threads.add(get_ident())
                if page == self.fails_at:
                    raise KeyError
                self.made += 1
                yield page
        finally:
            self.closed = True


def test_order_and_end() -> None:
    pages = Pages(5)
    assert list(prefetched(pages())) == [0, 1, 2, 3, 4]
    assert pages.closed
    assert get_ident() not in pages.threads


def test_nothing_starts_unasked() -> None:
    pages = Pages(5)
    prefetched(pages())
    assert pages.made == 0


def test_one_ahead_and_no_more() -> None:
    pages = Pages(100)
    reading = prefetched(pages())
    for taken in range(1, 6):
        next(reading)
        assert pages.made <= taken + 1
    reading.close()  # type: ignore[attr-defined]
    assert pages.made == 6
    assert pages.closed


def test_an_error_comes_in_its_turn() -> None:
    pages = Pages(5, fails_at=2)
    reading = prefetched(pages())
    assert [next(reading), next(reading)] == [0, 1]
    with pytest.raises(KeyError):
        next(reading)
    assert list(reading) == []
