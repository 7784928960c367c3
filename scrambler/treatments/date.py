"""date: every date of a child moves back by one number of days."""

from __future__ import annotations

import polars as pl

from kernels.date_shift import shift, shift_text
from scrambler.batch import Batch
from scrambler.treatments.treatment import MOMENTS, TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    days = batch.offsets
    if subject := batch.parameters(column).get("subject"):
        days = batch.offsets_of(batch.or_rows(batch.lane(subject)))
    values = batch.frame[column]
    if values.dtype != pl.String:
        return shift(values, days)
    said = pl.Series(batch.filled(column))
    return shift_text(values, days).zip_with(said, values.str.strip_chars())


DATE = Treatment(
    name="date",
    summary="Moved back with all dates of the child, so that order, intervals and ages hold.",
    types=MOMENTS | TEXT,
    audit=Audit.CHANGED,
    scramble=_scramble,
    parameters={"subject": "the column with the child, where it is not the row's own"},
)
