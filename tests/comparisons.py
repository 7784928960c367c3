"""Comparisons of small stages: of one column, and of whole tables in batches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from scrambler.batch import Batch
from scrambler.run.check_input import check_of, row_keys
from scrambler.verification import KeyBook, TableComparison, Verdict, compare, conclude
from scrambler.verification.during.check import Check
from scrambler.verification.during.compare import compare_column
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.sides import Sides
from tests.contexts import Stage, scrambled

Spoil = Callable[[pl.Series, pl.Series], pl.Series]


class NoPairs:
    """Notes nothing: for comparisons of one column alone."""

    def add(self, *pairs: object, **more: object) -> None:
        pass

    def add_spellings(self, *spellings: object) -> None:
        pass


def check(stage: Stage) -> Check:
    return check_of(stage.context, stage.assignments)


def column_of(
    stage: Stage, table: str, column: str, after: pl.Series | None = None
) -> ColumnComparison:
    """The comparison of one column with ``after``, or with what the treatment makes of it."""
    batch = stage.batch(table)
    found = scrambled(batch, column) if after is None else after
    return of_batch(check(stage), batch, column, found)


def of_batch(check: Check, batch: Batch, column: str, after: pl.Series) -> ColumnComparison:
    sides = Sides(
        check, batch.table.name, batch.frame, after.alias(column).to_frame(), row_keys(batch)
    )
    into = ColumnComparison(batch.table.name, column, batch.assignments[column].treatment)
    compare_column(sides, column, into, NoPairs())
    return into


def parts(batch: Batch, rows: int) -> list[Batch]:
    """The batch in batches of ``rows`` rows."""
    number = np.arange(len(batch)) // rows
    return [batch.where(number == one) for one in range(number.max(initial=-1) + 1)]


def verdict(
    stage: Stage,
    folder: Path,
    *,
    rows: int = 100_000,
    at: str = "",
    spoil: Spoil | None = None,
) -> Verdict:
    """The verdict on all tables in batches, column ``at`` of which has been through ``spoil``."""
    folder.mkdir(exist_ok=True)
    by, pairs = check(stage), KeyBook(folder / "keys")
    found: dict[str, TableComparison] = {}
    for table in stage.frames:
        for part in parts(stage.batch(table), rows):
            columns = [scrambled(part, name) for name in part.assignments]
            if spoil:
                columns = [
                    spoil(part.frame[c.name], c).alias(c.name) if c.name == at else c
                    for c in columns
                ]
            sides = (part.frame, pl.DataFrame(columns))
            one = compare(by, table, *sides, row_keys(part), pairs)
            found[table] = found[table] + one if table in found else one
    return conclude(by, found, pairs)
