"""What is kept as it is, where it fits its closed form, and what is cleared."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.verification.during.changed import moved_nulls
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.formats import fits
from scrambler.verification.during.sides import Mask, Sides


def compare_kept(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare structure: all that fits its closed form, as it was, and nothing else."""
    after = sides.scrambled[column]
    into.retained += len(after) - after.null_count()
    into.suppressed += after.null_count() - sides.source[column].null_count()
    due = sides.source[column]
    if due.dtype == pl.String:
        text = sides.text(column)
        fitting = pl.Series(_fitting(sides, column, text))
        due = text.set(~fitting, None).gather(sides.before(column).codes)
    into.null_mismatch += moved_nulls(due, after)
    into.invalid += int((due != after).fill_null(False).sum())
    return np.zeros(len(sides), dtype=bool)


def _fitting(sides: Sides, column: str, text: pl.Series) -> Mask:
    parameters = sides.parameters(column)
    if "list" in parameters:
        listed = sides.spec.code_lists[parameters["list"]]
        known: Mask = text.is_in([*listed.codes, *listed.alternates]).fill_null(False).to_numpy()
        return known
    return fits(text, parameters.get("pattern", ""))


def compare_cleared(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Hold a column to being empty."""
    into.null_mismatch += len(sides) - sides.scrambled[column].null_count()
    return np.zeros(len(sides), dtype=bool)
