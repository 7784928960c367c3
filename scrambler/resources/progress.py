"""Who is told how far a long piece of work has come."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Protocol, TextIO

OVERALL = "all"
"""The stage that is everything: begun first where the whole is known, moved on by all others."""


class Progress(Protocol):
    """Told what is going on, from several threads. Rows are source rows."""

    def begin(self, stage: str, rows: int) -> None:
        """A stage (a table, or the prescan) with so many rows begins; others may be under way."""

    def advance(self, stage: str, rows: int) -> None:
        """So many more rows of a stage that has begun are done."""


class Silent:
    """A progress that tells nobody."""

    def begin(self, stage: str, rows: int) -> None:
        """Ignore it."""

    def advance(self, stage: str, rows: int) -> None:
        """Ignore it."""


class Lines:
    """Writes `[ 12 %] ssd_person: 2,000 rows` when a stage is done; nothing of empty ones."""

    def __init__(self, log: TextIO) -> None:
        """Write to ``log``."""
        self._log = log
        self._left: dict[str, tuple[int, int]] = {}
        self._lock = Lock()

    def begin(self, stage: str, rows: int) -> None:
        """Note how many rows there are to do."""
        with self._lock:
            self._left[stage] = (rows, rows)

    def advance(self, stage: str, rows: int) -> None:
        """Note what is done, and say so where that is all of a stage."""
        with self._lock:
            left, whole = self._left[stage]
            rows = min(rows, left)
            self._left[stage] = (left - rows, whole)
            if OVERALL in self._left:
                of_all, total = self._left[OVERALL]
                self._left[OVERALL] = (max(0, of_all - rows), total)
            if rows and left == rows:
                self._log.write(f"[{self._share()}] {stage}: {whole:,} rows\n")
                self._log.flush()

    def _share(self) -> str:
        left, whole = self._left.get(OVERALL, (0, 0))
        return f"{100 * (whole - left) // whole:3} %" if whole else "done"


def heard(progress: Progress | bool | None) -> Progress:
    """Return what a caller wants told: True is a line for each stage, as a notebook shows it."""
    if progress is True:
        return Lines(sys.stdout)
    return progress or Silent()
