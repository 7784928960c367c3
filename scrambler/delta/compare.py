"""Compares two states of one table, a share of its keys at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

UNCHANGED, NEW, UPDATED, DELETED = range(4)

STATES = ("Unchanged", "New", "Updated", "Deleted")
"""The names of the marks, by number."""

_SHARE_ROWS = 2_000_000

_ROW = ["key", "fingerprint", "copy"]


@dataclass(frozen=True)
class Marks:
    """What became of each row, one mark a row in the order of the tables.

    ``now`` marks the rows of the new table UNCHANGED, NEW or UPDATED, ``before`` those of the old
    one UNCHANGED or DELETED: the new table is the old one less its Deleted rows and the old forms
    of the Updated ones, with the New and the Updated.
    """

    before: NDArray[np.uint8]
    now: NDArray[np.uint8]

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of rows New, Updated and Deleted."""
        of = np.bincount(self.now, minlength=4) + np.bincount(self.before, minlength=4)
        return {STATES[mark]: int(of[mark]) for mark in (NEW, UPDATED, DELETED)}


def compare(before: Sequence[Path], now: Sequence[Path], share_rows: int = _SHARE_ROWS) -> Marks:
    """Compare the state files of two commits of one table; each list is in the order of its rows.

    Keys may repeat and rows may be equal (sources are dirty), so rows are compared as often as they
    occur. Of the rows of one key that find no equal, as many as both sides have are Updated, in the
    order of the tables; what is left over is New or Deleted.

    Beside one byte a row, only one share of the keys is in memory at a time, about ``share_rows``.
    """
    old, new = pl.scan_parquet(list(before)), pl.scan_parquet(list(now))
    rows = [state.select(pl.len()).collect().item() for state in (old, new)]
    marks = Marks(*(np.full(count, UNCHANGED, dtype=np.uint8) for count in rows))
    shares = max(1, -(-max(rows) // share_rows))
    for share in range(shares):
        _mark(marks, _share(old, share, shares), _share(new, share, shares))
    return marks


def _share(state: pl.LazyFrame, share: int, shares: int) -> pl.DataFrame:
    """Return one share of the keys: each row's place, and which copy of an equal row it is."""
    numbered = state.with_row_index("row").filter(pl.col("key") % shares == share)
    frame = numbered.collect(engine="streaming").sort("row")
    return frame.with_columns(copy=pl.int_range(pl.len()).over("key", "fingerprint"))


def _mark(marks: Marks, before: pl.DataFrame, now: pl.DataFrame) -> None:
    gone, come = _without(before, now), _without(now, before)
    pair = ["key", "nth"]
    marks.before[gone.join(come, on=pair, how="anti")["row"].to_numpy()] = DELETED
    marks.now[come["row"].to_numpy()] = UPDATED
    marks.now[come.join(gone, on=pair, how="anti")["row"].to_numpy()] = NEW


def _without(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that no equal of ``others`` stands against, numbered within their key."""
    alone = rows.join(others, on=_ROW, how="anti").select("row", "key").sort("row")
    return alone.with_columns(nth=pl.int_range(pl.len()).over("key"))
