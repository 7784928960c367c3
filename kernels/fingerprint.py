"""Keyed 128-bit fingerprints of rows: XXH3 over an encoding that no other row has.

A row is a list of fields, the key its first. The encoding is version 1 of ``polars-hash``'s rows:
each field opens with its type and says its own length, so no two rows share one and a null differs
from an empty text; the tests write it down in Python. A fingerprint is 16 bytes in the order of
XXH3's canonical digest. XXH3 is no cryptographic hash: fingerprints tell rows apart, they hide
nothing that stands beside them.
"""

from __future__ import annotations

import polars as pl
import polars_hash


def fingerprint(frame: pl.DataFrame, key: str) -> pl.Series:
    """Fingerprint every row.

    Columns are text, binary, whole numbers, floats, booleans, days or moments in microseconds.
    """
    rows = polars_hash.hash_rows(pl.lit(key).alias("row"), pl.all(), version=1)
    return frame.select(rows.nchash.xxh3_128(return_binary=True, byte_order="big")).to_series()
