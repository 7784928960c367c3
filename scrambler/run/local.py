"""Drives the parts of a run on this machine, in threads."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from scrambler.files.commit import disk_errors
from scrambler.resources.limits import BATCH_BYTES
from scrambler.resources.memory import give_back
from scrambler.resources.prefetch import prefetched
from scrambler.resources.progress import Progress
from scrambler.resources.shared_streams import each_item
from scrambler.resources.workers import Stop
from scrambler.run.delta import STATE
from scrambler.run.order import Sorter
from scrambler.run.parts import Part, PartResult, Work, scramble_part
from scrambler.run.plan import TablePlan
from scrambler.sinks import PartFile, Sink
from scrambler.sources import Source

_LONG_TEXT = 400
_SAMPLE = 1_000
_LEAST_SHARE = 4


@dataclass(frozen=True)
class Written:
    """The files of one table: its scrambled rows, and the state of each row where it is kept."""

    parts: list[PartFile]
    state: list[PartFile] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return the number of rows written."""
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Local:
    """Scrambles the tables of ``source`` into ``sink``. ``scratch`` takes what memory does not."""

    work: Work
    source: Source
    sink: Sink
    scratch: Path
    batch_rows: int
    progress: Progress

    def tables(self, plans: Sequence[TablePlan]) -> tuple[dict[str, Written], list[PartResult]]:
        """Scramble tables; return the files of each, in the order of ``plans``, and all results."""
        planned = {one.table.name: one for one in plans}
        sizes = {name: self.source.count(name) for name in planned}
        indexes, unfinished = self.work.context.indexes, set(planned)
        rows = {name: Sorter(self.scratch / name, size) for name, size in sizes.items()}
        written: dict[str, Written] = {}
        results: list[PartResult] = []

        def rank(name: str) -> tuple[bool, int]:
            # What looks something up goes first, small tables before large ones, so that few
            # indexes are held for long. Of the others the large ones do.
            size = sizes[name] * _row_bytes(planned[name])
            return (False, size) if indexes.asked_by(name) else (True, -size)

        def begin(name: str) -> Iterator[pl.DataFrame]:
            self.progress.begin(name, sizes[name])
            asked = self._batch_rows(planned[name], sizes[name])
            return self.source.read(name, list(planned[name].assignments), asked)

        def work(name: str, number: int, frame: pl.DataFrame) -> None:
            part, height = Part(planned[name], number), frame.height
            with disk_errors(self.sink.out):
                results.append(scramble_part(self.work, part, [frame], rows[name].add))
            give_back()
            self.progress.advance(name, height)

        def finish(name: str, stop: Stop) -> None:
            with disk_errors(self.sink.out):
                written[name] = self._write(planned[name], rows[name].sorted(), stop)
            unfinished.discard(name)
            indexes.keep_for(unfinished.copy())

        indexes.keep_for(unfinished.copy())
        each_item(sorted(planned, key=rank), begin, work, finish, self.source.side_by_side)
        return {name: written[name] for name in planned}, results

    def _write(
        self, planned: TablePlan, ordered: Generator[pl.DataFrame, None, None], stop: Stop
    ) -> Written:
        """Write the rows of a table as they come, and the state of each where it is kept."""
        name, ids = planned.table.name, planned.identifiers
        with ExitStack() as stack:
            table = self.sink.table(name, planned.schema, no_dictionary=ids)
            writer, states = stack.enter_context(table), None
            if self.work.keep_state:
                state = self.sink.table(name, STATE, "state", no_dictionary=STATE.names)
                states = stack.enter_context(state)
            for rows in stack.enter_context(closing(prefetched(ordered))):
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
