"""Progress: bars on a terminal, one for all with rate and time left and one a table under way.

Elsewhere, where a log or a pipe reads, a line for each table that is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from scrambler.resources.progress import OVERALL


class _Overall(ProgressColumn):
    """Rows a second and the time left, of everything; nothing beside a single table."""

    def __init__(self) -> None:
        super().__init__()
        self._left = TimeRemainingColumn()

    def render(self, task: Task) -> Text:
        if task.description != OVERALL:
            return Text("")
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s  ").append(self._left.render(task)) if speed else Text("")


class _Bars:
    """Shows one bar for everything, and below it one for each stage that is under way."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._stages: dict[str, TaskID] = {}
        self._lock = Lock()

    def begin(self, stage: str, rows: int) -> None:
        """Start another bar."""
        with self._lock:
            self._stages[stage] = self._bars.add_task(stage, total=rows)

    def advance(self, stage: str, rows: int) -> None:
        """Move the bar of a stage on, and that of everything; one that is done goes."""
        with self._lock:
            task = self._bars.tasks[self._stages[stage]]
            # What is read a second time is not more of the whole.
            rows = min(rows, max(0, int(task.total or 0) - int(task.completed)))
            self._bars.advance(task.id, rows)
            if task.finished:
                self._bars.update(task.id, visible=False)
            if OVERALL in self._stages:
                self._bars.advance(self._stages[OVERALL], rows)


class _Lines:
    """Writes `[ 12 %] ssd_person: 2,000 rows` when a stage is done; nothing of empty ones."""

    def __init__(self, log: TextIO) -> None:
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


class _Nothing:
    def begin(self, stage: str, rows: int) -> None:
        """Show nothing."""

    def advance(self, stage: str, rows: int) -> None:
        """Show nothing."""


@contextmanager
def progress(quiet: bool) -> Iterator[_Bars | _Lines | _Nothing]:
    """Yield a progress that shows bars on a terminal, else lines; nothing where it is ``quiet``."""
    console = Console(file=sys.stderr)
    if quiet:
        yield _Nothing()
        return
    if not console.is_terminal:
        yield _Lines(sys.stderr)
        return
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Overall(),
    )
    with Progress(*columns, console=console) as bars:
        yield _Bars(bars)
