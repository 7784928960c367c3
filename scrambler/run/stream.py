"""The stream: read a batch, scramble, compare, write it; then the verdict, then the commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import polars as pl
import pyarrow as pa

from scrambler.batch import Batch, RunContext
from scrambler.batch.cast import conform
from scrambler.errors.boundary import fault_at
from scrambler.resources.limits import BATCH_BYTES
from scrambler.resources.memory import give_back
from scrambler.resources.progress import Progress
from scrambler.resources.workers import Stop, each
from scrambler.run.delta import STATE, state_of
from scrambler.run.plan import Plan, TablePlan
from scrambler.run.prescan import prescan
from scrambler.sinks import ParquetSink, PartFile, TableWriter
from scrambler.sources import Source
from scrambler.treatments import TREATMENTS
from scrambler.verification import Auditor

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


def look(
    plan: Plan, context: RunContext, source: Source, batch_rows: int, progress: Progress
) -> None:
    """Survey the source: fill the context's indexes and the epoch's allocations."""
    progress.begin("prescan", sum(source.count(table) for table in plan.prescanned))

    def read(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        with fault_at(table):
            for frame in source.read(table, columns, batch_rows):
                yield frame
                progress.advance("prescan", frame.height)

    prescan(context, plan.prescanned, read)
    give_back()


def first_children(context: RunContext, count: int) -> np.ndarray:
    """Return the tokens of ``count`` children, the same ones in any run of the epoch."""
    return context.indexes["person"].tokens[:count]


@dataclass(frozen=True)
class Stream:
    """Scrambles tables of ``source`` into ``sink``, a batch at a time.

    Several tables are under way at once, each with one batch in memory. ``children`` limits the
    rows to those about these subjects; tables about nobody's child are written whole. Without an
    ``auditor`` nothing is compared. ``keep_state`` writes the state of each row beside the tables,
    for later deltas.
    """

    context: RunContext
    source: Source
    sink: ParquetSink
    auditor: Auditor | None
    batch_rows: int
    progress: Progress
    children: np.ndarray | None = None
    keep_state: bool = False

    def tables(self, plans: Sequence[TablePlan]) -> dict[str, Written]:
        """Scramble tables; return the files written of each, in the order of ``plans``."""
        sizes = {planned.table.name: self.source.count(planned.table.name) for planned in plans}
        indexes, waiting = self.context.indexes, set(sizes)

        def rank(planned: TablePlan) -> tuple[bool, int]:
            # What looks something up goes first, small tables before large ones, so that few
            # indexes are held for long. Of the others the large ones do: begun last, they would
            # keep one thread busy while the others have nothing to do.
            name = planned.table.name
            size = sizes[name] * _row_bytes(planned)
            return (False, size) if indexes.asked_by(name) else (True, -size)

        indexes.keep_for(waiting.copy())
        order = sorted(plans, key=rank)

        def work(planned: TablePlan, stop: Stop) -> Written:
            name = planned.table.name
            self.progress.begin(name, sizes[name])
            written = self._table(planned, sizes[name], stop)
            waiting.discard(name)
            indexes.keep_for(waiting.copy())
            return written

        written = dict(zip((p.table.name for p in order), each(work, order), strict=True))
        return {name: written[name] for name in sizes}

    def _table(self, planned: TablePlan, size: int, stop: Stop) -> Written:
        name = planned.table.name
        with ExitStack() as stack:
            schema = output_schema(planned, self.source)
            writer = stack.enter_context(self.sink.table(name, schema))
            states = (
                stack.enter_context(self.sink.table(name, STATE, "state"))
                if self.keep_state
                else None
            )
            rows = self._batch_rows(planned, size)
            read = self.source.read(name, list(planned.assignments), rows)
            for frame in chain.from_iterable(map(_pieces, read)):
                stop.check()
                height = frame.height
                batch = self._batch(planned, frame)
                del frame  # what is no longer needed makes room for what comes
                if len(batch):
                    scrambled = self._scrambled(batch, states)
                    del batch
                    writer.write(scrambled)
                    del scrambled
                give_back()
                self.progress.advance(name, height)
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

    def _scrambled(self, batch: Batch, states: TableWriter | None) -> pl.DataFrame:
        """Return the scrambled rows of a batch, compared with the batch and their state kept."""
        with fault_at(batch.table.name):
            scrambled = scramble(batch)
        if self.auditor:
            self.auditor.watch(batch, scrambled)
        if states:
            with fault_at(batch.table.name):
                state = state_of(batch, scrambled)
            states.write(state)
        return scrambled

    def _batch(self, planned: TablePlan, frame: pl.DataFrame) -> Batch:
        assignments = planned.assignments
        with fault_at(planned.table.name):
            batch = Batch(planned.table, conform(frame, assignments), assignments, self.context)
            if self.children is not None and planned.table.routes:
                batch = batch.where(np.isin(batch.subjects, self.children))
        return batch


def _pieces(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield a frame, in pieces where its rows hold far more than the first of the table did."""
    pieces = deque([frame])
    del frame
    while pieces:
        half = pieces[0].height // 2
        if half and pieces[0].estimated_size() > 2 * BATCH_BYTES:
            pieces.extendleft((pieces[0].slice(half), pieces.popleft().slice(0, half)))
        else:
            yield pieces.popleft()  # and keep nothing of it


def _row_bytes(planned: TablePlan) -> int:
    """Guess the bytes of a row: long texts are seldom as long as they may be."""
    widths = (assignment.column.width or 8 for assignment in planned.assignments.values())
    return sum(min(width, _LONG_TEXT) for width in widths)


def scramble(batch: Batch) -> pl.DataFrame:
    """Return the scrambled rows of a batch."""
    columns = []
    for name, assignment in batch.assignments.items():
        with fault_at(f"{batch.table.name}.{name}"):
            treat = TREATMENTS[assignment.treatment].scramble
            assert treat is not None, "a plan leaves out what is omitted"  # noqa: S101
            columns.append(treat(batch, name).alias(name))
    return pl.DataFrame(columns)


def output_schema(planned: TablePlan, source: Source) -> pa.Schema:
    """Return the types written: the spec's, but for identifiers that the source has as integers."""
    held = source.tables()[planned.table.name]
    fields = {}
    for name, assignment in planned.assignments.items():
        integer = assignment.traits.is_key and held[name.lower()].type == "integer"
        narrow = integer and (held[name.lower()].width or 64) <= 32
        dtype = (pl.Int32() if narrow else pl.Int64()) if integer else assignment.column.dtype
        fields[name] = dtype
    empty = pl.DataFrame(schema=fields).to_arrow(compat_level=pl.CompatLevel.oldest())
    return pa.schema(
        [
            pa.field(
                field.name, pa.string() if pa.types.is_large_string(field.type) else field.type
            )
            for field in empty.schema
        ]
    )
