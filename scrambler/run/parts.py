"""A run is a list of parts: one pure function a part, and results that add up.

A part is some rows of one table. What comes out of it depends on its rows and the work alone, so
parts may be done in any order, by any driver, and twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import add

import numpy as np
import polars as pl

from kernels.draw import Seeds
from scrambler.batch import Batch, RunContext
from scrambler.batch.cast import cleared, conform
from scrambler.errors.boundary import fault_at
from scrambler.payload import Window
from scrambler.resources.limits import BATCH_BYTES
from scrambler.run.check_input import row_keys
from scrambler.run.cohort import BothSides, narrow
from scrambler.run.delta import state_of
from scrambler.run.order import PLACE, placed
from scrambler.run.plan import TablePlan
from scrambler.treatments import TREATMENTS
from scrambler.verification import Check, KeyBook, TableComparison, compare, refuse_lost
from scrambler.verification.after.statutory_rows import narrowed


@dataclass(frozen=True)
class Work:
    """What all parts of a run are done by.

    ``children`` are the tokens of those that the output is limited to, None for everybody.
    ``check`` is what comes out compared by, and ``pairs`` takes the pairs of identifiers; both are
    None where nothing is verified. ``keep_state`` adds the
    state of each row to it, for later deltas. ``cohort`` is the window that the payload cohort is
    counted for, None where it is not. ``rules`` is the seed that rows are made narrow by for the
    statutory rules, None where these are not counted.
    """

    context: RunContext
    check: Check | None = None
    pairs: KeyBook | None = None
    children: Seeds | None = None
    keep_state: bool = False
    cohort: Window | None = None
    rules: int | None = None


@dataclass(frozen=True)
class Part:
    """Some rows of one table: ``number`` tells it from the other parts of that table."""

    planned: TablePlan
    number: int


@dataclass(frozen=True)
class PartResult:
    """What one part came to: rows written, those of the payload cohort, what comparing found.

    ``cleared`` counts values that did not fit their column's type, by column; ``records`` are
    what the statutory rules need of both sides.
    """

    table: str
    number: int
    rows: int
    cohort: BothSides = field(default_factory=BothSides)
    found: TableComparison | None = None
    cleared: Counter[str] = field(default_factory=Counter)
    records: BothSides = field(default_factory=BothSides)

    def __add__(self, other: PartResult) -> PartResult:
        """Return what two parts of one table came to."""
        both = [one.found for one in (self, other) if one.found is not None]
        return PartResult(
            self.table,
            self.number,
            self.rows + other.rows,
            self.cohort + other.cohort,
            reduce(add, both) if both else None,
            self.cleared + other.cleared,
            self.records + other.records,
        )


Rows = Callable[[pl.DataFrame], None]
"""Takes scrambled rows, each with its place in the table."""


def scramble_part(
    work: Work, part: Part, frames: Iterable[pl.DataFrame], write: Rows
) -> PartResult:
    """Scramble ``frames``, as a source gives them, compare them, and hand them to ``write``."""
    name, rows, cohort, records = part.planned.table.name, 0, BothSides(), BothSides()
    found: TableComparison | None = None
    unfit: Counter[str] = Counter()
    for frame in frames:
        for piece in _pieces(frame):
            unfit.update(cleared(piece, part.planned.assignments))
            with fault_at(name):
                typed = conform(piece, part.planned.assignments)
            if work.check:
                refuse_lost(name, piece, typed, part.planned.assignments)
            batch = _batch(work, part.planned, typed)
            if not len(batch):
                continue
            with fault_at(name):
                scrambled = scramble(batch)
                rows_placed = placed(batch, scrambled)
            if work.check and work.pairs:
                sides = (batch.frame, scrambled)
                keys = row_keys(batch, rows_placed[PLACE].to_numpy())
                one = compare(work.check, name, *sides, keys, work.pairs)
                found = one if found is None else found + one
            with fault_at(name):
                if work.cohort:
                    before, after = (narrow(x, name, work.cohort) for x in (batch.frame, scrambled))
                    cohort += BothSides([before], [after])
                if work.rules is not None:
                    both = [narrowed(name, x, work.rules) for x in (batch.frame, scrambled)]
                    records += BothSides(both[:1], both[1:])
                if work.keep_state:
                    rows_placed = rows_placed.hstack(state_of(batch, scrambled))
            rows += scrambled.height
            write(rows_placed)
    return PartResult(name, part.number, rows, cohort, found, unfit, records)


def merged(results: Iterable[PartResult]) -> dict[str, PartResult]:
    """Return one result a table. A part that was done twice counts once."""
    found: dict[str, PartResult] = {}
    for result in {(one.table, one.number): one for one in results}.values():
        held = found.get(result.table)
        found[result.table] = result if held is None else held + result
    return found


def scramble(batch: Batch) -> pl.DataFrame:
    """Return the scrambled rows of a batch."""
    columns = []
    for name, assignment in batch.assignments.items():
        with fault_at(f"{batch.table.name}.{name}"):
            treat = TREATMENTS[assignment.treatment].scramble
            assert treat is not None, "a plan leaves out what is omitted"  # noqa: S101
            columns.append(treat(batch, name).alias(name))
    return pl.DataFrame(columns)


def _batch(work: Work, planned: TablePlan, frame: pl.DataFrame) -> Batch:
    with fault_at(planned.table.name):
        batch = Batch(planned.table, frame, planned.assignments, work.context)
        if work.children is not None and planned.table.routes:
            batch = batch.where(np.isin(batch.subjects, work.children))
    return batch


def _pieces(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield a frame, in halves of halves where its rows hold far more than a batch should."""
    half = frame.height // 2
    if half and frame.estimated_size() > 2 * BATCH_BYTES:
        yield from _pieces(frame.slice(0, half))
        yield from _pieces(frame.slice(half))
    else:
        yield frame
