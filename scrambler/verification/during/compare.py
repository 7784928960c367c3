"""Compares a source batch with its scrambled batch, column by column, while both are in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from scrambler.batch import Batch
from scrambler.treatments import TREATMENTS, Audit
from scrambler.verification.during.changed import changed
from scrambler.verification.during.drawn import judge_drawn
from scrambler.verification.during.items import judge_items
from scrambler.verification.during.objects import judge_flags
from scrambler.verification.during.shifted import shifted
from scrambler.verification.during.tally import Mask, Tally


def compare(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Add one batch of one column to its tally; return where a value that must change did not."""
    tally.rows += len(batch)
    assignment = batch.assignments[column]
    audit = TREATMENTS[assignment.treatment].audit
    if audit not in (Audit.KEPT, Audit.CLEARED):
        tally.misplaced += _moved(batch.frame[column], scrambled)
    if "follows" in assignment.parameters and audit is Audit.CHANGED:
        audit = Audit.DRAWN
    return _AUDITS[audit](batch, column, scrambled, tally)


def _moved(source: pl.Series, scrambled: pl.Series) -> int:
    """Count the nulls that became values and the values that became null."""
    if not source.null_count() and not scrambled.null_count():
        return 0
    return int((source.is_null() != scrambled.is_null()).sum())


def _kept(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge what is kept: all that fits its closed form, as it was, and nothing else."""
    tally.kept += len(scrambled) - scrambled.null_count()
    tally.lost += scrambled.null_count() - batch.frame[column].null_count()
    due = batch.frame[column]
    if due.dtype == pl.String:
        due = batch.text(column)
        # The form is read anew, from the different values.
        every = due.drop_nulls().unique()
        fitting = every.filter(_fits(batch, column, every))
        due = due.set(~due.is_in(fitting.implode()).fill_null(False), None)
    tally.misplaced += _moved(due, scrambled)
    tally.foreign += int((due != scrambled).fill_null(False).sum())
    return np.zeros(len(batch), dtype=bool)


def _fits(batch: Batch, column: str, every: pl.Series) -> pl.Series:
    parameters = batch.parameters(column)
    if "list" in parameters:
        codes = batch.context.spec.code_lists[parameters["list"]]
        return every.is_in([*codes.codes, *codes.alternates])
    return every.str.contains(rf"\A(?:{parameters.get('pattern', '')})\z")


def _cleared(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    tally.misplaced += len(scrambled) - scrambled.null_count()
    return np.zeros(len(batch), dtype=bool)


_AUDITS: Mapping[Audit, Callable[[Batch, str, pl.Series, Tally], Mask]] = {
    Audit.CHANGED: changed,
    Audit.SHIFTED: shifted,
    Audit.DRAWN: judge_drawn,
    Audit.FLAGS: judge_flags,
    Audit.ITEMS: judge_items,
    Audit.KEPT: _kept,
    Audit.CLEARED: _cleared,
}
