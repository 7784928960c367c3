"""What the keys of a JSON object of flags say, where no JSON parser would read it.

Comments hold quotes and line breaks that nobody escaped. But what stands before the comments takes
few different forms, and those are read by pattern, each once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.ssd import OutcomeKeys
from scrambler.verification.during.encoded import Encoded
from scrambler.verification.during.sides import Mask

States = NDArray[np.int8]

ABSENT, NO, YES, OTHER, BLANK, SPACES, NULL = range(7)
"""What a key says: no such key, N, Y, something else, or nothing in one of three forms."""

_VALUE = r"\s*:\s*(\"[^\"]*\"|[A-Za-z0-9.+-]+)"


@dataclass(frozen=True, repr=False)
class Members:
    """Objects of flags, by their different beginnings.

    ``states`` (beginnings, keys) is what flags and count say, ``longer`` whether ``OUTCOME_``
    stands before the key; ``codes`` tell the beginning of each row. Of comments there are one entry
    a row: what the key says (ABSENT, BLANK or OTHER), whether it is longer, and the text.
    """

    states: States
    longer: Mask
    codes: NDArray[np.int64]
    comment: States
    comment_longer: Mask
    rest: pl.Series

    @classmethod
    def of(cls, texts: pl.Series, keys: OutcomeKeys) -> Members:
        """Read a column; null text has no key."""
        names = [*keys.flags, *filter(None, [keys.count])]
        heads, rest = texts, pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))
        if keys.comments:
            parts = texts.str.splitn(f'{keys.comments}"', 2).struct
            heads, rest = parts.field("field_0"), parts.field("field_1")
            # A comment that speaks of keys is read with all that stands before it.
            odd = rest.str.contains_any([f'{name}"' for name in names]).fill_null(False)
            heads = texts.zip_with(odd, heads)
        encoded = Encoded.of(heads)
        frame = encoded.values.to_frame("text")
        states = frame.select(_state(name).alias(name) for name in names).to_numpy()
        longer = frame.select(
            pl.col("text")
            .str.contains(f'"OUTCOME_{name}"', literal=True)
            .fill_null(False)
            .alias(name)
            for name in names
        ).to_numpy()
        comment, comment_longer = _comments(texts, rest, keys)
        return cls(states.astype(np.int8), longer, encoded.codes, comment, comment_longer, rest)


def comments_of(texts: pl.Series, key: str) -> pl.Series:
    """Return the text behind the key of comments, with its quotes; null where there is none."""
    return texts.str.extract(rf'"(?:OUTCOME_)?{key}"{_VALUE}')


def _state(key: str) -> pl.Expr:
    value = pl.col("text").str.extract(rf'"(?:OUTCOME_)?{key}"{_VALUE}')
    first = value.str.extract(r'^"?\s*([A-Za-z])').str.to_uppercase()
    return (
        pl.when(value.is_null()).then(ABSENT)
        .when(value == '""').then(BLANK)
        .when(value.str.contains(r'^"\s+"$')).then(SPACES)
        .when(value.str.to_lowercase() == "null").then(NULL)
        .when(first == "Y").then(YES)
        .when(first == "N").then(NO)
        .otherwise(OTHER)
    )  # fmt: skip


def _comments(texts: pl.Series, rest: pl.Series, keys: OutcomeKeys) -> tuple[States, Mask]:
    states = np.full(len(texts), ABSENT, dtype=np.int8)
    longer = np.zeros(len(texts), dtype=bool)
    if keys.comments is None:
        return states, longer
    rows = rest.is_not_null().arg_true()
    here = texts.gather(rows)
    # By far the most common form needs no pattern.
    plain = rest.gather(rows).str.contains(r'\A:"[^"]') & rest.gather(rows).str.ends_with('"}')
    states[rows.to_numpy()] = OTHER
    odd = rows.filter(~plain)
    if len(odd):
        value = comments_of(texts.gather(odd), keys.comments)
        state = value.to_frame("v").select(
            pl.when(pl.col("v").is_null()).then(ABSENT)
            .when(pl.col("v") == '""').then(BLANK)
            .otherwise(OTHER)
        )  # fmt: skip
        states[odd.to_numpy()] = state.to_series().to_numpy()
    longer[rows.to_numpy()] = here.str.contains(
        f'"OUTCOME_{keys.comments}"', literal=True
    ).to_numpy()
    return states, longer
