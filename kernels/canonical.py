"""The one text form of an identifier, so that 42, '42' and '42 ' are one value."""

from __future__ import annotations

import polars as pl

SENTINELS = ("", "0", "-1", "SSD_PH", "SSD_SUI", "PLACEHOLDER_DATA", "XXXXXXX")
"""Values that stand for "none" (consistency.csv C138). They survive and are never pseudonyms."""


_SPELLED = sorted({form for word in SENTINELS for form in (word, word.lower(), word.title())})


def canonical(values: pl.Series, *, compact: bool = False) -> pl.Series:
    """Return ``values`` as trimmed text; null stays null.

    Integers, and floats that are whole, become decimal text. ``compact`` also drops inner blanks
    and upper-cases: the form of numbers that people write in groups (NHS, UPN).
    """
    text = values.cast(pl.String)
    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        text = whole.cast(pl.String).zip_with((whole == values).fill_null(False), text)
    text = text.str.strip_chars()
    return text.str.replace_all(r"\s", "").str.to_uppercase() if compact else text


def is_sentinel(text: pl.Series) -> pl.Series:
    """Return True where canonical ``text`` stands for "none"; null stays null."""
    return text.is_in(_SPELLED)
