"""The least that work can cost: to read what it takes and to write what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

Work = Callable[[], object]

Bounded = Callable[..., None]
"""The fixture ``bounded`` of conftest.py."""


def size_of(values: object) -> int:
    """Return the bytes of arrays and columns, alone or in collections; 0 for anything else."""
    match values:
        case np.ndarray():
            return values.nbytes
        case pl.Series() | pl.DataFrame():
            return int(values.estimated_size())
        case Mapping():
            return size_of(list(values.values()))
        case list() | tuple():
            return sum(map(size_of, values))
    return 0


def traffic(size: int) -> Work:
    """Return work that moves ``size`` bytes through memory."""
    # A copy reads and writes each byte, so half the bytes move as many.
    return np.ones(max(1, size // 2), dtype=np.uint8).copy
