"""Works on several things at once: tables while they stream, id domains while they are checked.

Polars, NumPy and hashing leave the interpreter free while they work, so threads share one memory
and still use the cores. What is worked on is never shared: each piece has its own table or domain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

from scrambler.resources.limits import WORKERS

T = TypeVar("T")
R = TypeVar("R")

_PATIENCE_SECONDS = 0.5


class Stopped(Exception):  # noqa: N818 - nothing is wrong with the one who was stopped
    """Raised inside work that was told to stop because other work failed. Never leaves here."""


class Stop:
    """Tells work that it is no longer wanted."""

    def __init__(self) -> None:
        """Start with everything wanted."""
        self._event = Event()

    def set(self) -> None:
        """Let all work stop at its next batch."""
        self._event.set()

    def check(self) -> None:
        """Raise ``Stopped`` once nothing more is wanted. To be called once a batch."""
        if self._event.is_set():
            raise Stopped


def each(work: Callable[[T, Stop], R], pieces: Sequence[T]) -> list[R]:
    """Return ``work(piece, stop)`` for every piece, in the order of ``pieces``.

    They are begun in that order, ``WORKERS`` at a time: do not put a large one last. When one
    fails, or the user interrupts, the others stop at their next ``stop.check()`` and that error is
    raised; where several fail, that of the earliest piece.
    """
    stop = Stop()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="scrambler") as pool:
        futures: list[Future[R]] = [pool.submit(work, piece, stop) for piece in pieces]
        try:
            waiting = set(futures)
            while waiting:
                # In short spells: a wait without an end cannot be interrupted on Windows.
                done, waiting = wait(waiting, _PATIENCE_SECONDS, FIRST_EXCEPTION)
                if any(future.exception() for future in done):
                    break
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
    for future in futures:
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, Stopped):
            raise error
    return [future.result() for future in futures]
