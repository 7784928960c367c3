"""What a payload says without the ids that systems give: the measure of whether a child changed.

Source: payload_fields.csv, ``(transport) hash``. The known builder hashes UTF-16 text of a
projection of its own; ours is the payload itself without every ``*_id`` key, in UTF-8.
"""

from __future__ import annotations

import polars as pl
import polars_hash  # noqa: F401 - registers the `chash` namespace

# In JSON a quote inside a text follows a backslash, so `"…_id":"` can only be a key. An id is never
# the last member of its object, but for a worker's.
_ID_MEMBER = r'"[a-z0-9_]*_id":"(?:[^"\\]|\\.)*",?'


def projection(payloads: pl.Expr) -> pl.Expr:
    """Return canonical payloads without any ``*_id`` member; nulls stay null."""
    return payloads.str.replace_all(_ID_MEMBER, "")


def content_hash(payloads: pl.Expr) -> pl.Expr:
    """Return the SHA-256 (32 bytes) of each payload's projection; nulls stay null."""
    digest: pl.Expr = projection(payloads).chash.sha2_256()  # type: ignore[attr-defined]
    return digest.str.decode("hex")
