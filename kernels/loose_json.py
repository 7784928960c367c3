"""Reads single keys out of text that should be a flat JSON object, and often is not.

Outcome columns are built by concatenation in the source systems: comments hold unescaped quotes and
line breaks, so no JSON parser takes them. A key and the quoted or bare value behind it can be found
all the same: by pattern, or where rows are spelled alike by ``kernels.uniform_json``, which gives
the same many times as fast.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.uniform_json import walked

ABSENT, NO, YES, OTHER, BLANK, SPACES, NULL = range(-1, 6)
"""What a key says: no such key, N, Y, something else, or nothing: ``""``, blanks, or null.

Whatever is ``BLANK`` or more says nothing.
"""

# An item of an array, of an object, of a plain list.
_ITEMS = (r'"[^"]*"', r'(?i)"\s*:\s*(?:"y(?:es)?"|true|"true"|"1"|1\b)', r"[^,;\s][^,;]*")

_ALL_QUOTES, _ALL_ONES, _ALL_HIGH = (
    np.frombuffer(bytes([sign]) * 8, np.uint64)[0] for sign in (0x22, 0x01, 0x80)
)


def raw(key: str, column: str = "text") -> pl.Expr:
    """Return what stands behind ``"key":`` in ``column``: quoted text, a bare word, or null.

    Quotes are kept, so that ``""`` (blank) and null (no such key) differ. An ``OUTCOME_`` before
    the key is allowed.
    """
    return pl.col(column).str.extract(rf'"(?:OUTCOME_)?{key}"\s*:\s*("[^"]*"|[A-Za-z0-9.+-]+)')


def said(text: pl.Series, keys: Sequence[str], *, begins: str | None = None) -> pl.DataFrame:
    """Return what each key says, one Int8 column a key; null text has no key.

    Text counts by its first letter: Y or N, in any case. ``keys`` in the order of the text are read
    fastest. With ``begins``, one of ``keys``, a column ``begins`` (UInt64) holds the first eight
    bytes of its value as ``raw`` has it, quote included; 0 where they were not read.
    """
    heads, read = walked(text, keys)
    frame = pl.DataFrame(_meanings(heads.astype(np.uint16)), schema=dict.fromkeys(keys, pl.Int8))
    if begins is not None:
        frame = frame.with_columns(begins=pl.Series(_to_quote(heads[:, keys.index(begins)])))
    rest = np.flatnonzero(~read & text.is_not_null().to_numpy())
    if not len(rest):
        return frame
    spelled = text.gather(rest).to_frame("text").select(_spelled(key).alias(key) for key in keys)
    return frame.with_columns(frame[key].scatter(rest, spelled[key]) for key in keys)


def _meanings(heads: NDArray[np.uint16]) -> NDArray[np.int8]:
    """Say what the first two bytes of each value mean; 0 stands for no value."""
    meaning = np.full(1 << 16, OTHER, dtype=np.int8)
    meaning[0] = ABSENT
    for spelled, what in (('""', BLANK), ("nu", NULL), ('"Y', YES), ('"N', NO)):
        for form in {spelled, spelled.lower()}:
            meaning[int.from_bytes(form.encode(), "little")] = what
    found: NDArray[np.int8] = meaning[heads]
    return found


def _to_quote(heads: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return eight bytes without what stands behind a quote, that in the first place aside."""
    # The high bit of a byte is set where it is a quote, and perhaps above the first that is one.
    apart = (heads ^ _ALL_QUOTES) | np.uint64(0xFF)
    hits = (apart - _ALL_ONES) & ~apart & _ALL_HIGH
    first = hits & (~hits + np.uint64(1))
    kept: NDArray[np.uint64] = heads & ((first << np.uint64(1)) - np.uint64(1))
    return kept


def _spelled(key: str) -> pl.Expr:
    value = raw(key)
    first = value.str.extract(r'^"?\s*([A-Za-z]?)').str.to_uppercase()
    return (
        pl.when(value.is_null()).then(ABSENT)
        .when(value == '""').then(BLANK)
        .when(value.str.contains(r'^"\s*"$')).then(SPACES)
        .when(value.str.contains(r"^(?i:null)$")).then(NULL)
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
    kind = trimmed.to_frame("text").select(
        pl.when(pl.col("text").is_null()).then(None)
        .when(pl.col("text").str.starts_with("[")).then(0)
        .when(pl.col("text").str.starts_with("{")).then(1)
        .otherwise(2)
    )  # fmt: skip
    result = pl.repeat(None, len(text), dtype=pl.Int64, eager=True)
    for number, pattern in enumerate(_ITEMS):
        # Each pattern where it is needed: most columns are of one kind.
        rows = kind.to_series().eq(number).fill_null(False).arg_true()
        if len(rows):
            found = trimmed.gather(rows).str.count_matches(pattern).cast(pl.Int64)
            result = result.scatter(rows, found)
    return result
