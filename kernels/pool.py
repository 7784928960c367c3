"""Public word lists and even draws from them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import polars as pl

from kernels.draw import Seeds, below, mix


def pick(pool: Sequence[str], seeds: Seeds, key: int) -> pl.Series:
    """Return one word of ``pool`` a seed, each about equally often. No nulls.

    The draw is a function of (seed, key, pool): another key gives an independent draw.
    """
    return pl.Series(pool, dtype=pl.String).gather(below(mix(seeds, key), len(pool)))


@cache
def key_of(label: str) -> int:
    """Return the public 64-bit key of what is drawn: the start of its label's SHA-256.

    One label a column, so that no two columns share a draw.
    """
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8])
