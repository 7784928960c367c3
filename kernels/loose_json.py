"""Reads single keys out of text that should be a flat JSON object, and often is not.

Outcome columns are built by concatenation in the source systems: comments hold unescaped quotes and
line breaks, so no JSON parser takes them. A key and the quoted or bare value behind it can be found
all the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

ABSENT, NO, YES, BLANK, OTHER = range(-1, 4)
"""What a flag says: no such key, N, Y, blank text or null, or anything else."""

_USUAL = {'"Y': YES, '"N': NO, '""': BLANK}


def raw(key: str) -> pl.Expr:
    """Return what stands behind ``"key":`` in column ``text``: quoted text, a bare word, or null.

    Quotes are kept, so that ``""`` (blank) and null (no such key) differ. An ``OUTCOME_`` before
    the key is allowed.
    """
    return pl.col("text").str.extract(rf'"(?:OUTCOME_)?{key}"\s*:\s*("[^"]*"|[A-Za-z0-9.+-]+)')


def flags(text: pl.Series, keys: Sequence[str]) -> pl.DataFrame:
    """Return what each key says, one Int8 column a key; null text has no key.

    Text of the usual spelling, ``"KEY":"Y"``, is read at the place of the key, which is several
    times as fast as a pattern; other rows are read by pattern. Both give the same.
    """
    frame = pl.DataFrame({"text": text})
    odd = frame.select(pl.col("text").str.contains(r'"OUTCOME_|"\s+:|":\s')).to_series()
    usual = frame.select(pl.when(~odd).then(_usual(key)).otherwise(None).alias(key) for key in keys)
    unread = odd.fill_null(False) | usual.select(pl.any_horizontal(pl.all() == OTHER)).to_series()
    rows = unread.arg_true()
    if not len(rows):
        return usual.fill_null(ABSENT)
    patterns = frame.filter(unread).select(_spelled(key).alias(key) for key in keys)
    return usual.fill_null(ABSENT).with_columns(
        usual[key].fill_null(ABSENT).scatter(rows, patterns[key]) for key in keys
    )


def _usual(key: str) -> pl.Expr:
    name = f'"{key}":'
    place = pl.col("text").str.find(name, literal=True) + len(name)
    said = pl.col("text").cast(pl.Binary).bin.slice(place, 2)
    answer = pl.lit(OTHER, dtype=pl.Int8)
    for spelled, meaning in _USUAL.items():
        answer = pl.when(said == spelled.encode()).then(pl.lit(meaning, pl.Int8)).otherwise(answer)
    return pl.when(place.is_null()).then(pl.lit(ABSENT, pl.Int8)).otherwise(answer)


def _spelled(key: str) -> pl.Expr:
    said = raw(key)
    first = said.str.extract(r'^"?\s*([A-Za-z]?)').str.to_uppercase()
    return (
        pl.when(said.is_null()).then(ABSENT)
        .when(said.str.contains(r'^(?:"\s*"|null)$')).then(BLANK)
        .when(first == "Y").then(YES)
        .when(first == "N").then(NO)
        .otherwise(OTHER)
        .cast(pl.Int8)
    )  # fmt: skip


def items(text: pl.Series) -> pl.Series:
    """Return the number of items in a JSON array of strings, an object of yes/no, or a plain list.

    Nulls inside are no items. ``{"1A": "Yes", "2B": "No"}`` has one; ``1A, 2B`` has two. Null
    stays.
    """
    trimmed = text.str.strip_chars()
    array = trimmed.str.count_matches(r'"[^"]*"')
    chosen = trimmed.str.count_matches(r'(?i)"\s*:\s*(?:"y(?:es)?"|true|"true"|"1"|1\b)')
    plain = trimmed.str.count_matches(r"[^,;\s][^,;]*")
    frame = pl.DataFrame({"t": trimmed, "array": array, "chosen": chosen, "plain": plain})
    return frame.select(
        pl.when(pl.col("t").str.starts_with("["))
        .then("array")
        .when(pl.col("t").str.starts_with("{"))
        .then("chosen")
        .otherwise("plain")
        .cast(pl.Int64)
    ).to_series()
