"""The one text form of an identifier, so that 42, '42' and '42 ' are one value."""

from __future__ import annotations

from typing import TypeVar

import polars as pl

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
