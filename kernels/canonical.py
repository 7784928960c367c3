"""The one text form of an identifier, so that 42, '42' and '42 ' are one value."""

from __future__ import annotations

from typing import TypeVar

import polars as pl

SENTINELS = ("", "0", "-1", "SSD_PH", "SSD_SUI", "PLACEHOLDER_DATA", "XXXXXXX")
"""Values that stand for "none" (consistency.csv C138). They survive and are never pseudonyms."""


_SPELLED = sorted({form for word in SENTINELS for form in (word, word.lower(), word.title())})

Text = TypeVar("Text", pl.Series, pl.Expr)


def canonical(values: pl.Series, *, compact: bool = False) -> pl.Series:
    """Return ``values`` as trimmed text; null stays null.

    Integers, and floats that are whole, become decimal text. ``compact`` also drops inner blanks
    and upper-cases: the form of numbers that people write in groups (NHS, UPN).
    """
    spelled = values.to_frame("value").select(trimmed(pl.col("value"), values.dtype)).to_series()
    return compacted(spelled).alias(values.name) if compact else spelled.alias(values.name)


def trimmed(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return the expression of `canonical` for a column of ``dtype``."""
    text = values.cast(pl.String)
    if dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        text = (
            pl.when((whole == values).fill_null(False)).then(whole.cast(pl.String)).otherwise(text)
        )
    return text.str.strip_chars()


def compacted(text: Text) -> Text:
    """Return canonical ``text`` without inner blanks, in upper case."""
    return text.str.replace_all(r"\s", "").str.to_uppercase()


def is_sentinel(text: Text) -> Text:
    """Return True where canonical ``text`` stands for "none"; null stays null."""
    return text.is_in(_SPELLED)
