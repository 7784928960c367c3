"""Progress: bars on a terminal, one for all with rate and time left and one a table under way.

Elsewhere, where a log or a pipe reads, a line for each table that is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

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

from scrambler.resources.progress import OVERALL, Lines, Silent


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


@contextmanager
def progress(quiet: bool) -> Iterator[_Bars | Lines | Silent]:
    """Yield a progress that shows bars on a terminal, else lines; nothing where it is ``quiet``."""
    console = Console(file=sys.stderr)
    if quiet:
        yield Silent()
        return
    if not console.is_terminal:
        yield Lines(sys.stderr)
        return
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Overall(),
    )
    with Progress(*columns, console=console) as bars:
        yield _Bars(bars)
