"""Compares two states of one table, a share of its keys at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.ssd import row_states

UNCHANGED, NEW, UPDATED, DELETED = range(4)

STATES = (row_states.UNCHANGED, row_states.NEW, row_states.UPDATED, row_states.DELETED)
"""The names of the marks, by number."""

_SHARE_ROWS = 2_000_000


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
    order of the tables; what is left over is New or Deleted, but for rows that went and came in the
    same form under different keys: nothing changed there.

    Beside one byte a row, only one share of the keys is in memory at a time, about ``share_rows``.
    """
    old, new = pl.scan_parquet(list(before)), pl.scan_parquet(list(now))
    rows = [state.select(pl.len()).collect().item() for state in (old, new)]
    marks = Marks(*(np.full(count, UNCHANGED, dtype=np.uint8) for count in rows))
    shares = max(1, -(-max(rows) // share_rows))
    for share in range(shares):
        of_keys = pl.col("key") % shares == share
        _mark(marks, _rows(old).filter(of_keys).collect(), _rows(new).filter(of_keys).collect())
    if (marks.before == DELETED).any() and (marks.now == NEW).any():
        for share in range(shares):
            of_forms = pl.col("low") % shares == share
            gone = _marked(old, marks.before == DELETED).filter(of_forms)
            come = _marked(new, marks.now == NEW).filter(of_forms)
            _cancel(marks, gone.collect(), come.collect())
    return marks


def _rows(state: pl.LazyFrame) -> pl.LazyFrame:
    """Return each row's place and key, and its fingerprint as two numbers."""
    fingerprint = pl.col("fingerprint")
    return state.with_row_index("row").select(
        "row",
        "key",
        high=fingerprint.bin.slice(0, 8).bin.reinterpret(dtype=pl.UInt64),
        low=fingerprint.bin.slice(8, 8).bin.reinterpret(dtype=pl.UInt64),
    )


def _marked(state: pl.LazyFrame, here: NDArray[np.bool_]) -> pl.LazyFrame:
    rows = pl.LazyFrame({"row": np.flatnonzero(here).astype(np.uint32)})
    return _rows(state).join(rows, on="row", how="semi")


def _cancel(marks: Marks, gone: pl.DataFrame, come: pl.DataFrame) -> None:
    """Mark rows that went and came in one form, under other keys, as unchanged."""
    left = _alone(
        gone.with_columns(key=pl.lit(0, pl.UInt64)), come.with_columns(key=pl.lit(0, pl.UInt64))
    )
    for side, rows, is_now in ((marks.before, gone, False), (marks.now, come, True)):
        kept = rows.join(left.filter(now=is_now), on="row", how="anti")
        side[kept["row"].to_numpy()] = UNCHANGED


def _mark(marks: Marks, before: pl.DataFrame, now: pl.DataFrame) -> None:
    alone = _alone(before, now).with_columns(nth=pl.int_range(pl.len()).over("key", "now"))
    gone, come = alone.filter(~pl.col("now")), alone.filter(pl.col("now"))
    pair = ["key", "nth"]
    marks.before[gone.join(come, on=pair, how="anti")["row"].to_numpy()] = DELETED
    marks.now[come["row"].to_numpy()] = UPDATED
    marks.now[come.join(gone, on=pair, how="anti")["row"].to_numpy()] = NEW


def _alone(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of both sides that no equal row of the other side stands against."""
    sides = [before.with_columns(now=False), now.with_columns(now=True)]
    both = pl.concat(sides).sort("key", "high", "low", "now", "row")
    same = ["key", "high", "low"]
    opens = both.select(
        pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in same).fill_null(True)
    )
    first = np.flatnonzero(opens.to_series().to_numpy())
    if not len(first):
        return both
    # A run of equal rows has its old ones first: each of them is answered by one of the new ones.
    run = np.repeat(np.arange(len(first)), np.diff(first, append=both.height))
    is_now = both["now"].to_numpy()
    new = np.add.reduceat(is_now.astype(np.int64), first)[run]
    old = np.diff(first, append=both.height)[run] - new
    place = np.arange(both.height) - first[run]
    return both.filter(pl.Series(np.where(is_now, place - old >= old, place >= new))).sort("row")
