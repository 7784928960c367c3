"""JSON lists of codes: as many as there were, those that the row's key gives, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.verification.during.changed import stays
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.derivation import Numbers, lots
from scrambler.verification.during.reading import exactly
from scrambler.verification.during.sides import Mask, Sides

_BLOCK = 4_096
_LARGEST = np.uint64(2**64 - 1)

# What counts as one item: in an array, in an object of answers, in a plain list.
_ARRAY, _OBJECT, _PLAIN = (
    r'"[^"]*"',
    r'(?i)"\s*:\s*(?:"y(?:es)?"|"true"|true|"1"|1\b)',
    r"[^,;\s][^,;]*",
)


def compare_items(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare a column of lists of codes."""
    parameters, here = sides.parameters(column), sides.has_value(column)
    codes = sides.spec.code_lists[parameters["list"]].codes
    alone = codes.index(parameters["alone"])
    encoded = sides.before(column)
    before = Items.of(encoded.values).held(codes)[encoded.codes]
    after = Items.of(sides.scrambled[column])
    now, counts = after.held(codes), after.counts
    wanted = encoded.spread(_counted(encoded.values))
    wanted = np.minimum(wanted, int(parameters["most"]))
    # What is not in the list, what stands twice, too many or too few, anything beside a list.
    into.invalid += int(counts.sum() - now.sum())
    into.invalid += int((here & ((counts != wanted) | ~after.alone)).sum())
    rows = np.flatnonzero(here)
    into.redraw_mismatch += _wrong(sides, column, now, alone, rows)
    _stayed(into, sides, before, now, counts, alone, rows)
    stays(sides, column, ~here, into)
    return np.zeros(len(sides), dtype=bool)


def _counted(values: pl.Series) -> Numbers:
    """Return the items of each text: ``{"1A": "Yes", "2B": "No"}`` has one, ``1A, 2B`` two."""
    text = pl.col("text").str.strip_chars()
    counted = (
        pl.when(text.str.starts_with("["))
        .then(text.str.count_matches(_ARRAY))
        .when(text.str.starts_with("{"))
        .then(text.str.count_matches(_OBJECT))
        .otherwise(text.str.count_matches(_PLAIN))
    )
    frame = values.to_frame("text").select(counted.cast(pl.Int64).fill_null(0))
    return frame.to_series().to_numpy()


def _wrong(sides: Sides, column: str, now: Mask, alone: int, rows: NDArray[np.int64]) -> int:
    """Return how many of ``rows`` hold other codes than those with the smallest lots.

    One item may be any code; of several, none is the code that stands alone.
    """
    key, wrong = sides.check.draw(column), 0
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        lot, held = lots(sides.rows[block], now.shape[1], key), now[block]
        several = held.sum(axis=1) > 1
        lot[several, alone] = _LARGEST
        inside = np.where(held, lot, 0).max(axis=1)
        outside = np.where(held, _LARGEST, lot).min(axis=1)
        wrong += int(((inside > outside) | (several & held[:, alone])).sum())
    return wrong


def _stayed(
    into: ColumnComparison,
    sides: Sides,
    before: Mask,
    now: Mask,
    counts: Numbers,
    alone: int,
    rows: NDArray[np.int64],
) -> None:
    """Count items that stayed, beside what drawing without putting back leaves (hypergeometric)."""
    size = before.shape[1]
    shared = np.arange(size) != alone
    n = counts[rows]
    every, several = before[rows].sum(axis=1), before[rows][:, shared].sum(axis=1)
    of, held = np.where(n == 1, size, size - 1), np.where(n == 1, every, several)
    cells, rows_of = np.unique(np.stack([n, of, held]), axis=1, return_counts=True)
    n_, of_, held_ = (line.astype(np.float64) for line in cells)
    share = held_ / of_
    left = np.where(of_ > 1, (of_ - n_) / np.maximum(of_ - 1, 1), 0)
    into.examined += int(n.sum())
    into.note_draws(sides.rows[rows])
    into.note_chances(
        int((before & now)[rows].sum()),
        rows_of,
        n_ * share,
        np.maximum(n_ * share * (1 - share) * left, 0),
    )


@dataclass(frozen=True)
class Items:
    """What stands between quotes in a column of lists: all in one series, and whose row each is.

    A last quote that nothing closes opens an item too. ``alone`` tells which rows are a list of
    items as JSON writes it without blanks, and nothing else.
    """

    text: pl.Series
    row: NDArray[np.int64]
    alone: Mask

    @classmethod
    def of(cls, values: pl.Series) -> Items:
        """Read a column; null has no items. What is empty is no item."""
        pieces = values.fill_null("").str.split('"')
        lengths = pieces.list.len().to_numpy().astype(np.int64)
        row = np.repeat(np.arange(len(values)), lengths)
        # Every other piece stands between quotes.
        turn = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        last = turn == np.repeat(lengths - 1, lengths)
        text = pieces.explode()
        filled = (text.str.len_bytes() > 0).to_numpy()
        opens, closes, parts, none = ((text == sign).to_numpy() for sign in ("[", "]", ",", "[]"))
        fits = np.select(
            [last & (turn == 0), turn == 0, turn % 2 == 1, last],
            [none, opens, filled & ~last, closes],
            default=parts,
        )
        wrong = np.bincount(row[~fits], minlength=len(values))
        inside = np.flatnonzero((turn % 2 == 1) & filled)
        return cls(text.gather(inside), row[inside], wrong == 0)

    @property
    def counts(self) -> NDArray[np.int64]:
        """The number of items of each row."""
        return np.bincount(self.row, minlength=len(self.alone))

    def held(self, codes: tuple[str, ...]) -> Mask:
        """Return which codes each row holds, in the shape (rows, codes)."""
        place = exactly(self.text, codes)
        held = np.zeros((len(self.alone), len(codes)), dtype=bool)
        held[self.row[place >= 0], place[place >= 0]] = True
        return held
