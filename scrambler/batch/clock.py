"""Times of day, redrawn for each child and day."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.clock import DAY, redrawn
from kernels.draw import Seeds, mix
from scrambler.batch.batch import Batch, Days
from scrambler.ssd.working_days import working_days

_SECOND = 1_000_000


def with_times(
    batch: Batch, column: str, moved: pl.Series, moves: Days, subjects: Seeds | None
) -> pl.Series:
    """Return the moments ``moved`` of a date column with new times of day; midnight stays.

    ``moves`` is what was added to the days of the rows, ``subjects`` whose they are, without it the
    children of the rows. Things of one child on one day keep their order, and so do days of rest
    that come to lie on one working day, and days that a warp brings together.
    """
    if not isinstance(moved.dtype, pl.Datetime):
        return moved
    stamps = batch.frame[column].cast(pl.Datetime("us")).to_physical()
    if stamps.null_count():
        stamps = stamps.fill_null(0)
    in_day = stamps.to_numpy() % (DAY * _SECOND)
    timed = np.flatnonzero((in_day != 0) & batch.has_value(column))
    if not len(timed):
        return moved
    shift, day = batch.context.shift, batch.days(column)[timed]
    secret = batch.context.secret_of_dates
    key = secret.number("clock")
    whose = (batch.or_rows(batch.subjects) if subjects is None else subjects)[timed]
    whose = batch.movers(whose)
    landed = day + moves[timed]
    bits = mix(mix(whose, key) ^ landed.astype(np.uint64), key)
    rest = np.zeros_like(day)
    if shift.keep == "working-days":
        rest = day - working_days().upto(day)
    elif shift.keep == "order":  # which leaves at most two days together
        before = day - 1 + shift.perturbed(day - 1, whose, secret)
        rest = (before == landed).astype(np.int64)
    later = np.zeros(len(moved), dtype=np.int64)
    later[timed] = redrawn(in_day[timed] // _SECOND, rest, bits) * _SECOND - in_day[timed]
    return moved + pl.Series(later).cast(pl.Duration("us"))
