"""HMAC-SHA-256 of text columns: hashlib as the reference, a compiled plugin where it agrees.

A key is a text of 64 hexadecimal characters (the UTF-8 bytes of which are the HMAC key). Digests
are 64 lower-case hexadecimal characters. Nulls stay null.

Of one digest the first 36 characters may be published (the longest pseudonym); ``secret_token``
reads its last 16 as a number, which are never published: it stands for the identifier in look-ups
and seeds the draws of a row.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

Digest = Callable[[pl.Series, str], pl.Series]

_RFC_4231 = (
    # (key, data, HMAC-SHA-256): the test cases of RFC 4231 whose key and data are text.
    ("Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ("\x0b" * 20, "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
)  # fmt: skip


def reference(texts: pl.Series, key: str) -> pl.Series:
    """Digest every text with hashlib. Slow, obvious, and the measure of the plugin."""
    secret = hmac.new(key.encode(), digestmod=hashlib.sha256)

    def digest(text: str) -> str:
        keyed = secret.copy()
        keyed.update(text.encode())
        return keyed.hexdigest()

    return pl.Series(
        texts.name, [None if text is None else digest(text) for text in texts], dtype=pl.String
    )


def plugin(texts: pl.Series, key: str) -> pl.Series:
    """Digest every text with the Rust plugin ``polars-hash``. ImportError where it is absent."""
    import polars_hash  # noqa: F401 - registers the `chash` namespace

    return texts.to_frame("text").select(pl.col("text").chash.hmac_sha256(key=key)).to_series()  # type: ignore[attr-defined]


def agrees(candidate: Digest) -> bool:
    """Hold ``candidate`` against RFC 4231 and against the reference on awkward text."""
    awkward = pl.Series(
        ["", " ", "42", "42 ", "é", "e\u0301", "\U0001f9d2", "a\x00b", None, "x" * 63, "y" * 200],
        dtype=pl.String,
    )
    key = hashlib.sha256(b"self-test").hexdigest()
    try:
        return all(
            candidate(pl.Series([data]), text)[0] == digest for text, data, digest in _RFC_4231
        ) and candidate(awkward, key).equals(reference(awkward, key))
    except Exception:
        return False


@cache
def fastest() -> Digest:
    """Return the plugin where it is present and agrees, else the reference. Tested once a process.

    Compare the result with ``reference`` to learn which one it is.
    """
    return plugin if agrees(plugin) else reference


def secret_token(digests: pl.Series) -> NDArray[np.uint64]:
    """Return the last 64 bits of each digest, which no pseudonym shows; null becomes 0."""
    last = pl.col("digest").str.slice(48, 16).str.to_integer(base=16, dtype=pl.UInt64)
    return digests.to_frame("digest").select(last.fill_null(0)).to_series().to_numpy()
