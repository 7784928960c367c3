"""JSON lists of codes, judged by what is inside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.loose_json import items
from scrambler.batch import Batch
from scrambler.treatments.sampling import exact
from scrambler.verification.during.drawn import once
from scrambler.verification.during.tally import Mask, Tally


def judge_items(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge a column of lists of codes: as many as there were, all of the list, none twice."""
    parameters, filled = batch.parameters(column), batch.has_value(column)
    codes = batch.context.spec.code_lists[parameters["list"]].codes
    before = _Items.of(batch.frame[column]).held(codes)
    after = _Items.of(scrambled)
    now, counts = after.held(codes), after.counts
    # What is not in the list, and what stands twice.
    tally.foreign += int(counts.sum() - now.sum())
    held = items(batch.frame[column]).fill_null(0).to_numpy()
    wanted = np.minimum(held, int(parameters["most"]))
    wrong = (counts != wanted) | ~after.alone
    tally.foreign += int((filled & wrong).sum())
    first = once(batch, batch.rows, filled, tally)
    tally.unchanged += int((before & now)[first].sum())
    shared = np.array([code != parameters["alone"] for code in codes])
    every, several = before.sum(axis=1), before[:, shared].sum(axis=1)
    n = np.where(first, counts, 0).astype(np.float64)
    size = np.where(n == 1, len(codes), len(codes) - 1)
    share = np.where(n == 1, every, several) / size
    spread = n * share * (1 - share) * np.where(size > 1, (size - n) / (size - 1), 0)
    tally.judged += int(n.sum())
    tally.expected += float((n * share).sum())
    tally.variance += float(np.maximum(spread, 0).sum())
    return np.zeros(len(batch), dtype=bool)


@dataclass(frozen=True)
class _Items:
    """What stands between quotes in a column of lists: all in one series, and whose row each is.

    A last quote that nothing closes opens an item too. ``alone`` tells which rows are a list of
    items as JSON writes it without blanks, and nothing else.
    """

    text: pl.Series
    row: NDArray[np.int64]
    alone: Mask

    @classmethod
    def of(cls, values: pl.Series) -> _Items:
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
        place = exact(self.text, codes)
        held = np.zeros((len(self.alone), len(codes)), dtype=bool)
        held[self.row[place >= 0], place[place >= 0]] = True
        return held
