"""Values of which each must change, and values that stand for nothing, which stay."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.encoded import text_of
from scrambler.verification.during.sides import Mask, Sides


def must_change(before: pl.Series, after: pl.Series, here: Mask, into: ColumnComparison) -> Mask:
    """Count, of the rows ``here``, what is the same but for case and blanks around it."""
    same = here & alike(before, after)
    into.examined += int(here.sum())
    into.unchanged += int(same.sum())
    return same


def alike(before: pl.Series, after: pl.Series) -> Mask:
    """Return where two columns are the same, text but for case and blanks around it."""
    if before.dtype != pl.String:
        same: Mask = (before == after).fill_null(False).to_numpy()
        return same
    same = np.zeros(len(before), dtype=bool)
    sides = pl.DataFrame({"before": before, "after": after})
    # Trimming only shortens: most are too short to be what came out, and none of those is read.
    long = pl.col("before").str.len_bytes() >= pl.col("after").str.strip_chars().str.len_bytes()
    rows = np.flatnonzero(sides.select(long.fill_null(False)).to_series().to_numpy())
    if len(rows):
        lower = sides.select(pl.all().gather(rows).str.strip_chars().str.to_lowercase())
        equal = lower.select((pl.col("before") == pl.col("after")).fill_null(False))
        same[rows] = equal.to_series().to_numpy()
    return same


def stays(sides: Sides, column: str, here: Mask, into: ColumnComparison) -> None:
    """Hold the rows ``here`` to coming out as they were, but for blanks around them."""
    rows = np.flatnonzero(here)
    if len(rows):
        before, after = (
            text_of(side[column].gather(rows)) for side in (sides.source, sides.scrambled)
        )
        into.invalid += int(before.ne_missing(after).sum())


def moved_nulls(before: pl.Series, after: pl.Series) -> int:
    """Count the nulls that became values and the values that became null."""
    if not before.null_count() and not after.null_count():
        return 0
    return int((before.is_null() != after.is_null()).sum())


def differs(after: pl.Series, expected: pl.Series, rows: np.ndarray) -> int:
    """Return how many of ``rows`` hold something else than ``expected``, which is one a row."""
    return int(after.gather(rows).ne_missing(expected).sum())
