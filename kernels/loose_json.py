"""Reads single keys out of text that should be a flat JSON object, and often is not.

Outcome columns are built by concatenation in the source systems: comments hold unescaped quotes and
line breaks, so no JSON parser takes them. A key and the quoted or bare value behind it can be found
all the same.
"""

from __future__ import annotations

import polars as pl


def raw(key: str) -> pl.Expr:
    """Return what stands behind ``"key":`` in column ``text``: quoted text, a bare word, or null.

    Quotes are kept, so that ``""`` (blank) and null (no such key) differ. An ``OUTCOME_`` before the
    key is allowed.
    """
    return pl.col("text").str.extract(rf'"(?:OUTCOME_)?{key}"\s*:\s*("[^"]*"|[A-Za-z0-9.+-]+)')


def items(text: pl.Series) -> pl.Series:
    """Return the number of items in a JSON array of strings, an object of yes/no, or a plain list.

    Nulls inside are no items. ``{"1A": "Yes", "2B": "No"}`` has one; ``1A, 2B`` has two. Null stays.
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
