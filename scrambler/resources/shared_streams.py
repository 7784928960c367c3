"""Works on the items of several streams at once, on many streams or on one.

Each stream is read by one thread at a time; its items are worked on by everybody. So 49 tables keep
all cores busy, and so does one large table.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Condition
from typing import Generic, TypeVar

from scrambler.resources.limits import WORKERS
from scrambler.resources.workers import Stop, each

K = TypeVar("K")
T = TypeVar("T")

_PATIENCE_SECONDS = 0.5


@dataclass(eq=False)
class _Stream(Generic[K, T]):
    """``busy`` while a thread reads it, ``read`` to its end; ``held`` counts who has it."""

    key: K
    items: Iterator[T]
    number: int = 0
    busy: bool = False
    read: bool = False
    held: int = 0


@dataclass(frozen=True)
class _Streams(Generic[K, T]):
    waiting: deque[K]
    begin: Callable[[K], Iterator[T]]
    at_once: int
    under_way: list[_Stream[K, T]] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def next(self, own: _Stream[K, T] | None, stop: Stop) -> _Stream[K, T] | None:
        """Return a stream to read: the thread's own, one not begun, one of others; None at the end.

        It is held until ``let_go`` and read by nobody else until ``has_read``.
        """
        with self.changed:
            while True:
                stop.check()
                unread = [one for one in self.under_way if not one.read]
                free = [one for one in unread if not one.busy]
                if own is not None and own in free:
                    chosen = own
                elif self.waiting and len(unread) < self.at_once:
                    key = self.waiting.popleft()
                    chosen = _Stream(key, self.begin(key))
                    self.under_way.append(chosen)
                elif free:
                    chosen = free[0]
                elif not unread:
                    return None
                else:
                    # In short spells: what others fail at shows as a stop.
                    self.changed.wait(_PATIENCE_SECONDS)
                    continue
                chosen.busy = True
                chosen.held += 1
                return chosen

    def has_read(self, stream: _Stream[K, T], *, to_the_end: bool) -> None:
        with self.changed:
            stream.busy = False
            stream.read = stream.read or to_the_end
            stream.number += 1
            self.changed.notify_all()

    def let_go(self, stream: _Stream[K, T]) -> bool:
        """Return whether nothing more is to be done with it: true for one thread only."""
        with self.changed:
            stream.held -= 1
            return stream.read and not stream.held


def each_item(
    keys: Sequence[K],
    begin: Callable[[K], Iterator[T]],
    work: Callable[[K, int, T], None],
    finish: Callable[[K, Stop], None],
    at_once: int = WORKERS,
) -> None:
    """Call ``work(key, number, item)`` for every item of ``begin(key)``, for every key.

    Streams are begun in the order of ``keys``, at most ``at_once`` at a time (from 1): do not put a
    large one last.
    ``number`` counts the items of a stream from 0; several may be worked on at once, in any order.
    When all of a stream's are done, ``finish`` is called once. Errors as in ``workers.each``.
    """
    streams = _Streams(deque(keys), begin, at_once)

    def thread(_: int, stop: Stop) -> None:
        stream = None
        while (stream := streams.next(stream, stop)) is not None:
            number, item = stream.number, next(stream.items, None)
            streams.has_read(stream, to_the_end=item is None)
            if item is not None:
                work(stream.key, number, item)
                del item  # what is no longer needed makes room for what comes
            if streams.let_go(stream):
                finish(stream.key, stop)

    each(thread, range(WORKERS))
