"""Progress bars: table, rows, rows a second, time left. Silent where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

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


class _Speed(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed else "")


class _Bars:
    """Shows one bar a stage."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._stages: dict[str, TaskID] = {}

    def begin(self, stage: str, rows: int) -> None:
        """Start another bar."""
        self._stages[stage] = self._bars.add_task(stage, total=rows)

    def advance(self, stage: str, rows: int) -> None:
        """Move the bar of a stage on."""
        self._bars.advance(self._stages[stage], rows)


class _Nothing:
    def begin(self, stage: str, rows: int) -> None:
        """Show nothing."""

    def advance(self, stage: str, rows: int) -> None:
        """Show nothing."""


@contextmanager
def progress(quiet: bool) -> Iterator[_Bars | _Nothing]:
    """Yield a progress that shows bars on a terminal, else nothing."""
    console = Console(file=sys.stderr)
    if quiet or not console.is_terminal:
        yield _Nothing()
        return
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Speed(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        yield _Bars(bars)
