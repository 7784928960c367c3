"""Live payloads as builders write them, made into what the schema has: null is absent.

SQL Server's builder copies factors as they stand and PostgreSQL's writes a row's nulls, so a null
is found among members and items alike: `{"matched_date":null,"factors":["1A",null]}` says what
`{"factors":["1A"]}` does.
"""

from __future__ import annotations

import polars as pl

# A quote within a text follows a backslash, so that "name": can only be a key. Within free text an
# item's null may be found where there is none; that text is replaced.
_NULL_MEMBER = r'"\w+"\s*:\s*null'
_STEPS = (
    (rf"(?:{_NULL_MEMBER}\s*,\s*)+", ""),
    (rf"(?:\s*,\s*{_NULL_MEMBER})+", ""),
    (_NULL_MEMBER, ""),
    (r"\[\s*(?:null\s*,\s*)+", "["),
    (r"(?:\s*,\s*null)+\s*([,\]])", "$1"),
    (r"\[\s*null\s*\]", "[]"),
)


def without_nulls(payloads: pl.Series) -> pl.Series:
    """Return JSON texts without the members and items that are null."""
    text = pl.col("text")
    for pattern, rest in _STEPS:
        text = text.str.replace_all(pattern, rest)
    return payloads.to_frame("text").select(text).to_series().alias(payloads.name)
