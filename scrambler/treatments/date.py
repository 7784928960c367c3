"""date: the dates of a child move back together."""

from __future__ import annotations

from datetime import date

import polars as pl

from kernels.date_shift import shift, shift_text, text_days
from scrambler.batch import Batch
from scrambler.batch.clock import with_times
from scrambler.errors import SourceError
from scrambler.treatments.treatment import MOMENTS, TEXT, Audit, Treatment

_FIRST_DAY = pl.Series([date(1, 1, 1)])


def _scramble(batch: Batch, column: str) -> pl.Series:
    subject = batch.parameters(column).get("subject")
    subjects = batch.or_rows(batch.token(subject)) if subject else None
    values, missing = batch.frame[column], batch.context.spec.missing.dates
    if values.dtype != pl.String:
        moves = batch.moves(lambda: batch.days(column), subjects)
        moved = shift(values, moves, missing)
        if early := int((moved < _FIRST_DAY.cast(moved.dtype)).sum()):
            raise SourceError(
                f"{batch.assignments[column].column}: {early} dates are so early that no calendar "
                "has the day they would move to. Nothing was written. Correct them in the source, "
                "or give the column the treatment `clear` in a policy of your own (--policy)."
            )
        return with_times(batch, column, moved, moves, subjects)
    moves = batch.moves(lambda: text_days(values), subjects)
    said = pl.Series(batch.has_value(column))
    return shift_text(values, moves, missing).zip_with(said, values.str.strip_chars())


DATE = Treatment(
    name="date",
    summary="Moved back with all dates of the child, so that order holds, and intervals in working "
    "days (--dates intervals: in days; --dates order: none); times of day redrawn.",
    types=MOMENTS | TEXT,
    audit=Audit.SHIFTED,
    scramble=_scramble,
    parameters={
        "subject": "the column with the child, where it is not the row's own",
        "format": "how text says a date, such as %d/%m/%Y; 2024-03-31 is always understood",
    },
)
