"""Dates: moved back by their child's days, those and no others."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.date_shift import text_days, whole
from kernels.draw import Seeds, below, mix
from scrambler.batch import Batch
from scrambler.verification.during.changed import must_change
from scrambler.verification.during.tally import Mask, Tally

_NO_DATE = r"^(?:[^0-9]*|\s*0?1/0?1/1900\s*|\s*1900-01-01(?:[ T]00:00(?::00(?:\.0+)?)?)?\s*)$"

Days = NDArray[np.int64]


def shifted(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge one date column: no date stays, and each moves by the days of its child."""
    source, judged = batch.frame[column], batch.has_value(column)
    if source.dtype == pl.String:
        return _texts(batch, column, scrambled, tally)
    day = 1 if source.dtype == pl.Date else 24 * 60 * 60 * 1_000_000
    before, after = (_numbers(side) for side in (source, scrambled))
    moved = after - before
    same: Mask = judged & (moved == 0)
    tally.judged += int(judged.sum())
    tally.unchanged += int(same.sum())
    tally.strayed += int((judged & ~same & (moved != day * _due(batch, column))).sum())
    return same


def _numbers(dates: pl.Series) -> Days:
    numbers = dates.to_physical()
    if numbers.null_count():
        numbers = numbers.fill_null(0)
    return numbers.to_numpy().astype(np.int64, copy=False)


def _texts(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    source = batch.frame[column]
    judged = batch.has_value(column) & ~source.str.contains(_NO_DATE).fill_null(True).to_numpy()
    same = must_change(source, scrambled, judged, tally)
    # Of what is partly known only the change can be seen.
    exact = np.flatnonzero(judged & ~same & whole(source))
    before, after = (text_days(side.gather(exact)) for side in (source, scrambled))
    tally.strayed += int((after - before != _due(batch, column)[exact]).sum())
    return same


def _due(batch: Batch, column: str) -> Days:
    """Return the days each date should have moved: worked out once more, not asked for.

    A warp is not worked out again; it is held to the range and to moving back.
    """
    subject = batch.parameters(column).get("subject")
    subjects = batch.or_rows(batch.token(subject) if subject else batch.subjects)
    if batch.context.shift.keep == "intervals":
        return _offsets(batch, subjects)
    values = batch.frame[column]
    days = batch.moves(
        lambda: text_days(values) if values.dtype == pl.String else batch.days(column),
        subjects if subject else None,
    )
    least, most = batch.context.shift.least, batch.context.shift.most
    # What lies outside the range is due nowhere: 0 is the one move that is none.
    return np.where((-most <= days) & (days <= -least), days, 0)


def _offsets(batch: Batch, subjects: Seeds) -> Days:
    least, most = batch.context.shift.least, batch.context.shift.most
    key = batch.context.pseudonyms.epoch.number("offset")
    return -(least + below(mix(subjects, key), most - least + 1))
