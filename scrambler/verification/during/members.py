"""What the keys of a JSON object of flags say, where no JSON parser would read it.

Comments hold quotes and line breaks that nobody escaped. But what stands before the comments takes
few different forms, and those are read by pattern, each once.
"""

from __future__ import annotations

from collections.abc import Sequence
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

_SAMPLED, _REPEATED = 16, 18
"""Texts repeat where of one in sixteen at most sixteen in eighteen differ."""

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
        """Read a column; null text has no key. Where texts repeat, each is read once."""
        if texts.gather_every(_SAMPLED).n_unique() * _REPEATED < len(texts):
            encoded = Encoded.of(texts)
            if len(encoded.values) * 2 < len(texts):
                return cls._read(encoded.values, keys)._spread(encoded.codes)
        return cls._read(texts, keys)

    def _spread(self, codes: NDArray[np.int64]) -> Members:
        return Members(
            self.states,
            self.longer,
            self.codes[codes],
            self.comment[codes],
            self.comment_longer[codes],
            self.rest.gather(codes),
        )

    @classmethod
    def _read(cls, texts: pl.Series, keys: OutcomeKeys) -> Members:
        names = [*keys.flags, *filter(None, [keys.count])]
        heads, rest = texts, pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))
        if keys.comments:
            parts = texts.str.splitn(f'{keys.comments}"', 2).struct
            heads, rest = parts.field("field_0"), parts.field("field_1")
            # A comment that speaks of keys is read with all that stands before it.
            odd = rest.str.contains_any([f'{name}"' for name in names]).fill_null(False)
            heads = texts.zip_with(odd, heads)
        encoded = Encoded.of(heads)
        states, longer = _states(encoded.values, names)
        comment, comment_longer = _comments(texts, rest, keys)
        return cls(states.astype(np.int8), longer, encoded.codes, comment, comment_longer, rest)


def comments_of(texts: pl.Series, key: str) -> pl.Series:
    """Return the text behind the key of comments, with its quotes; null where there is none."""
    return texts.str.extract(rf'"(?:OUTCOME_)?{key}"{_VALUE}')


def _states(texts: pl.Series, names: Sequence[str]) -> tuple[States, Mask]:
    """Return what each text says of each key, and whether ``OUTCOME_`` stands before the key."""
    states = np.full((len(texts), len(names)), ABSENT, dtype=np.int8)
    longer = np.zeros((len(texts), len(names)), dtype=bool)
    # Most are written as the dataset's script writes them, which one pattern takes apart at once.
    inside = ",".join(rf'"{name}":(?<{name}>"[A-Za-z]*"|[0-9]+|null)' for name in names)
    found = texts.str.extract_groups(rf"\A\{{{inside}[,}}]").struct.unnest()
    odd = found.to_series().is_null()
    if not odd.all():
        states[:] = found.select(_meaning(pl.col(name)).alias(name) for name in names).to_numpy()
    if odd.any():
        rows, frame = odd.arg_true(), texts.filter(odd).to_frame("text")
        held = frame.select(_behind(name).alias(name) for name in names)
        states[rows] = held.select(_meaning(pl.col(name)).alias(name) for name in names).to_numpy()
        longer[rows] = frame.select(
            pl.col("text")
            .str.contains(f'"OUTCOME_{name}"', literal=True)
            .fill_null(False)
            .alias(name)
            for name in names
        ).to_numpy()
    return states, longer


def _behind(key: str) -> pl.Expr:
    return pl.col("text").str.extract(rf'"(?:OUTCOME_)?{key}"{_VALUE}')


def _meaning(value: pl.Expr) -> pl.Expr:
    first = value.str.extract(r'^"?\s*([A-Za-z])').str.to_uppercase()
    return (
        pl.when(value.is_null()).then(ABSENT)
        .when(value == '""').then(BLANK)
        .when(value.str.contains(r'^"\s+"$')).then(SPACES)
        .when(value.str.to_lowercase() == "null").then(NULL)
        .when(first == "Y").then(YES)
        .when(first == "N").then(NO)
        .otherwise(OTHER)
        .cast(pl.Int8)
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
