"""Drives the parts of a run on this machine: several threads, on one table or on many.

Reading is one thread's at a time for each table; scrambling, comparing and sorting are everybody's.
So 49 tables keep all cores busy, and so does one large table.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition

import polars as pl

from scrambler.resources.limits import BATCH_BYTES, WORKERS
from scrambler.resources.memory import give_back
from scrambler.resources.progress import Progress
from scrambler.resources.workers import Stop, each
from scrambler.run.delta import STATE
from scrambler.run.order import Sorter
from scrambler.run.parts import Part, PartResult, Work, scramble_part
from scrambler.run.plan import TablePlan
from scrambler.sinks import ParquetSink, PartFile
from scrambler.sources import Source

_LONG_TEXT = 400
_SAMPLE = 1_000
_LEAST_SHARE = 4
_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True)
class Written:
    """The files of one table: its scrambled rows, and the state of each row where it is kept."""

    parts: list[PartFile]
    state: list[PartFile] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return the number of rows written."""
        return sum(part.rows for part in self.parts)


@dataclass
class _Table:
    """One table under way. ``busy`` while a thread reads it, ``parts`` while threads scramble."""

    planned: TablePlan
    frames: Iterator[pl.DataFrame]
    rows: Sorter
    number: int = 0
    busy: bool = False
    read: bool = False
    parts: int = 0


@dataclass
class _Tables:
    """Which table a thread turns to next: its own, one not begun, one that another reads."""

    waiting: deque[TablePlan]
    under_way: list[_Table] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)


@dataclass(frozen=True)
class Local:
    """Scrambles the tables of ``source`` into ``sink``. ``scratch`` takes what memory does not."""

    work: Work
    source: Source
    sink: ParquetSink
    scratch: Path
    batch_rows: int
    progress: Progress

    def tables(self, plans: Sequence[TablePlan]) -> tuple[dict[str, Written], list[PartResult]]:
        """Scramble tables; return the files of each, in the order of ``plans``, and all results."""
        sizes = {planned.table.name: self.source.count(planned.table.name) for planned in plans}
        indexes, unfinished = self.work.context.indexes, set(sizes)

        def rank(planned: TablePlan) -> tuple[bool, int]:
            # What looks something up goes first, small tables before large ones, so that few
            # indexes are held for long. Of the others the large ones do.
            size = sizes[planned.table.name] * _row_bytes(planned)
            return (False, size) if indexes.asked_by(planned.table.name) else (True, -size)

        indexes.keep_for(unfinished.copy())
        tables = _Tables(deque(sorted(plans, key=rank)))
        written: dict[str, Written] = {}
        results: list[PartResult] = []

        def thread(_: int, stop: Stop) -> None:
            own = None
            while (own := self._next(tables, own, sizes, stop)) is not None:
                frame = next(own.frames, None)
                part = Part(own.planned, own.number)
                self._has_read(tables, own, frame is None)
                if frame is not None:
                    height = frame.height
                    results.append(scramble_part(self.work, part, [frame], own.rows.add))
                    del frame  # what is no longer needed makes room for what comes
                    give_back()
                    self.progress.advance(own.planned.table.name, height)
                if self._is_done(tables, own):
                    name = own.planned.table.name
                    written[name] = self._finish(own, stop)
                    unfinished.discard(name)
                    indexes.keep_for(unfinished.copy())

        each(thread, range(WORKERS))
        return {name: written[name] for name in sizes}, results

    def _next(
        self, tables: _Tables, own: _Table | None, sizes: dict[str, int], stop: Stop
    ) -> _Table | None:
        """Return a table to read a frame of, held for this thread; None when all are read."""
        with tables.changed:
            while True:
                stop.check()
                free = [one for one in tables.under_way if not one.busy and not one.read]
                if own in free:
                    chosen = own
                elif tables.waiting:
                    chosen = self._begin(tables.waiting.popleft(), sizes)
                    tables.under_way.append(chosen)
                elif free:
                    chosen = free[0]
                elif all(one.read for one in tables.under_way):
                    return None
                else:
                    tables.changed.wait(_PATIENCE_SECONDS)
                    continue
                assert chosen is not None  # noqa: S101 - one of three
                chosen.busy = True
                chosen.parts += 1
                return chosen

    def _begin(self, planned: TablePlan, sizes: dict[str, int]) -> _Table:
        name = planned.table.name
        self.progress.begin(name, sizes[name])
        frames = self.source.read(
            name, list(planned.assignments), self._batch_rows(planned, sizes[name])
        )
        return _Table(planned, frames, Sorter(self.scratch / name, sizes[name]))

    def _has_read(self, tables: _Tables, table: _Table, to_the_end: bool) -> None:
        with tables.changed:
            table.busy = False
            table.read = table.read or to_the_end
            table.number += 1
            tables.changed.notify_all()

    def _is_done(self, tables: _Tables, table: _Table) -> bool:
        with tables.changed:
            table.parts -= 1
            return table.read and not table.parts

    def _finish(self, table: _Table, stop: Stop) -> Written:
        """Write the rows of a table in their order."""
        planned = table.planned
        with ExitStack() as stack:
            writer = stack.enter_context(
                self.sink.table(
                    planned.table.name, planned.schema, no_dictionary=planned.identifiers
                )
            )
            states = None
            if self.work.keep_state:
                states = stack.enter_context(
                    self.sink.table(planned.table.name, STATE, "state", no_dictionary=STATE.names)
                )
            for rows in table.rows.sorted():
                stop.check()
                if states:
                    states.write(rows.select(STATE.names))
                writer.write(rows.drop(STATE.names, strict=False))
                give_back()
        return Written(writer.parts, states.parts if states else [])

    def _batch_rows(self, planned: TablePlan, size: int) -> int:
        """Return how many rows to read at once: fewer where texts are long, as they are copied."""
        wide = _row_bytes(planned)
        fits = max(1, BATCH_BYTES // wide)
        if fits < min(self.batch_rows, size):
            # What may be long seldom is. The first rows say more, but not all.
            name = planned.table.name
            sample = next(self.source.read(name, list(planned.assignments), _SAMPLE), None)
            if sample is not None and sample.height:
                held = int(sample.estimated_size()) // sample.height
                fits = max(1, BATCH_BYTES // max(held, wide // _LEAST_SHARE))
        return min(self.batch_rows, fits)


def _row_bytes(planned: TablePlan) -> int:
    """Guess the bytes of a row: long texts are seldom as long as they may be."""
    widths = (assignment.column.width or 8 for assignment in planned.assignments.values())
    return sum(min(width, _LONG_TEXT) for width in widths)
