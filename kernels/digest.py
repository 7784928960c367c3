"""HMAC-SHA-256 of text columns, by the compiled plugin ``polars-hash``.

A key is a text of 64 hexadecimal characters (the UTF-8 bytes of which are the HMAC key). Digests
are 64 lower-case hexadecimal characters. Nulls stay null. The plugin is held against RFC 4231 and
``hashlib`` by the tests, and by every run's known answers.

Of one digest the first 36 characters may be published (the longest pseudonym); ``secret_token``
reads its last 16 as a number, which are never published: it stands for the identifier in look-ups
and seeds the draws of a row.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import polars_hash  # noqa: F401 - registers the `chash` namespace
from numpy.typing import NDArray


def digest(texts: pl.Series, key: str) -> pl.Series:
    """Digest every text."""
    return texts.to_frame("text").select(pl.col("text").chash.hmac_sha256(key=key)).to_series()  # type: ignore[attr-defined]


def secret_token(digests: pl.Series) -> NDArray[np.uint64]:
    """Return the last 64 bits of each digest, which no pseudonym shows; null becomes 0."""
    last = pl.col("digest").str.slice(48, 16).str.to_integer(base=16, dtype=pl.UInt64)
    return digests.to_frame("digest").select(last.fill_null(0)).to_series().to_numpy()
