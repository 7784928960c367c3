"""What can be told of an original by its result: shared words, beginnings, lengths, digits.

Each result is worked out anew as well, so these figures tell what both sides take for granted: a
draw that leans on the value. They are sums over a sample of rows that the rows' own keys choose.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from scrambler.verification.during.comparison import ColumnComparison, Counts
from scrambler.verification.during.derivation import Numbers, public_key

KINDS = 16
"""Kinds that each feature falls into."""

ANOTHER = public_key("another draw")
"""Turns the seed of a draw into that of another, which shows what chance has in common."""

WORDS = r"\pL{3,}|[0-9]{2,}"
_JSON_KEYS = r'"[A-Za-z_]+"\s*:'
_DIGITS = 2
_SEED = 7


def note_words(
    into: ColumnComparison,
    before: pl.Series,
    after: pl.Series,
    other: pl.Series,
    words: str = WORDS,
) -> None:
    """Count the results that have more words of their originals than ``other`` draws, or fewer.

    Ann Lee, High Street -> Bob Lee, Mill Street has one that counts where the other draw is
    Eve Hall, Park Street: Street is in both.
    """
    sides = pl.DataFrame({"was": before, "now": after, "other": other})
    read = pl.all().str.replace_all(_JSON_KEYS, " ").str.to_lowercase().str.extract_all(words)
    own, others = sides.select(read).select(
        pl.col("was").list.set_intersection(side).list.len().fill_null(0).alias(side)
        for side in ("now", "other")
    )
    into.words_kept += int((own > others).sum())
    into.words_met += int((own < others).sum())


def no_text(rows: int) -> pl.Series:
    """Return so many nulls: another draw knows nothing of the original."""
    return pl.Series([None], dtype=pl.String).new_from_index(0, rows)


def of_text(text: pl.Series) -> list[Numbers]:
    """Return the kind of each text by its beginning, by its length, and as a whole."""
    lower = text.str.strip_chars().str.to_lowercase()
    length = lower.str.len_chars().fill_null(0).clip(0, KINDS - 1).to_numpy().astype(np.int64)
    return [_kind(lower.str.slice(0, 1)), length, _kind(lower)]


def note_digits(into: ColumnComparison, before: pl.Series, after: pl.Series) -> None:
    """Count pairs of the last characters of identifiers and the last and first of pseudonyms."""
    if not len(before):
        return
    ends = [(-place - 1, 1) for place in range(_DIGITS)]
    heads = [(place, 1) for place in range(_DIGITS)]
    was = [_kind(before.str.slice(*one)) for one in ends]
    last, first = ([_kind(after.str.slice(*one)) for one in some] for some in (ends, heads))
    into.note_features(pairs_of(zip([*was, *was], [*last, *first], strict=True)))


def pairs_of(features: Iterable[tuple[Numbers, Numbers]]) -> Counts:
    """Return tables of pairs, in the shape (features, KINDS, KINDS)."""
    counted = [np.bincount(was * KINDS + now, minlength=KINDS**2) for was, now in features]
    return np.stack(counted).reshape(-1, KINDS, KINDS)


def _kind(text: pl.Series) -> Numbers:
    return (text.hash(_SEED).to_numpy() & np.uint64(KINDS - 1)).astype(np.int64)
