"""Puts the rows of a source beside those that a run made of them, which have another order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from scrambler.batch import Batch, RunContext
from scrambler.batch.cast import conform
from scrambler.batch.dates import DateShift
from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.policy import load_policy
from scrambler.run.order import in_order, placed
from scrambler.run.parts import scramble
from scrambler.run.planning import make_plan
from scrambler.run.prescan import prescan
from scrambler.sources import open_source
from scrambler.ssd import ssd


def in_order_of_output(
    source: Path | str, epoch: Path, shift: DateShift | None = None, policy: Path | None = None
) -> dict[str, pl.DataFrame]:
    """The source's rows by table, row for row as they stand in an output of this epoch."""
    batches = batches_in_order(source, epoch, shift, policy)
    return {name: batch.frame for name, batch in batches.items()}


def batches_in_order(
    source: Path | str, epoch: Path, shift: DateShift | None = None, policy: Path | None = None
) -> dict[str, Batch]:
    """The source's tables, a batch each, row for row as they stand in an output of this epoch."""
    spec, key, reader = ssd(), Epoch.load(epoch), open_source(str(source))
    plan = make_plan(reader.tables(), load_policy(spec, policy), spec).under(key.forms)
    pseudonyms = Pseudonyms(key, spec.domains, plan.forms.lengths, plan.forms.numeric)
    context = RunContext(spec, pseudonyms, shift or DateShift())

    def read(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        yield from reader.read(table, columns, 50_000)

    prescan(context, plan.prescanned, read)
    found = {}
    for planned in plan.tables:
        name, assignments = planned.table.name, planned.assignments
        frames = [conform(f, assignments) for f in read(name, list(assignments))]
        empty = {column: one.column.dtype for column, one in assignments.items()}
        whole = pl.concat(frames) if frames else pl.DataFrame(schema=empty)
        batch = Batch(planned.table, whole, assignments, context)
        if frames:
            number = pl.int_range(len(batch)).alias("number")
            rows = in_order(placed(batch, scramble(batch).with_columns(number)))
            in_turn = whole[rows["number"].to_numpy()]
            batch = Batch(planned.table, in_turn, assignments, context)
        found[name] = batch
    return found
