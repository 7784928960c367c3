"""Sets of 64-bit hashes: millions of values, in 8 bytes each and hardly more while they grow."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import Seeds

_BITS = 6
_BOUNDS = np.arange(1, 1 << _BITS, dtype=np.uint64) << np.uint64(64 - _BITS)
_SMALL = 1 << 20
_PENDING = 1 << 18
_NOTHING = np.empty(0, np.uint64)


def hashes(values: pl.Series, seed: int) -> Seeds:
    """Return the hashes of ``values`` that are not null, in no order, equal ones included."""
    return values.drop_nulls().hash(seed).to_numpy()


def distinct(hashed: Seeds) -> Seeds:
    """Return the different ones of ``hashed``, sorted."""
    ordered = np.sort(hashed)
    if len(ordered) < 2:
        return ordered
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def held_in(ordered: Seeds, wanted: Seeds) -> NDArray[np.bool_]:
    """Return whether each of ``wanted`` is in ``ordered``, which is sorted."""
    if not len(ordered):
        return np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    found: NDArray[np.bool_] = ordered[place] == wanted
    return found


class HashSet:
    """A growing set of hashes, in a sorted array, or 64 of them by their first bits when large.

    Cut so, growing by a part takes the memory of a part: 40 million hashes are 320 MB, and 10 MB
    more while they grow.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self._parts = [_NOTHING]
        self._pending: list[Seeds] = []
        self._waiting = self._held = 0

    def add(self, hashed: Seeds) -> None:
        """Take in ``hashed``; equal ones count once."""
        self._pending.append(hashed)
        self._waiting += len(hashed)
        if self._waiting > max(_PENDING, self._held // 4):
            self._settle()

    def __len__(self) -> int:
        """Return how many different hashes were added."""
        self._settle()
        return self._held

    def common(self, other: HashSet) -> int:
        """Return how many are here and in ``other``."""
        self._settle()
        other._settle()
        if len(self._parts) < len(other._parts):
            return other.common(self)
        cuts = other._parts if len(other._parts) == len(self._parts) else _cut(*other._parts)
        return sum(
            int(held_in(part, cut).sum()) for part, cut in zip(self._parts, cuts, strict=True)
        )

    def _settle(self) -> None:
        if not self._waiting:
            return
        fresh = distinct(np.concatenate(self._pending))
        self._pending, self._waiting = [], 0
        if len(self._parts) == 1 and self._held + len(fresh) > _SMALL:
            self._parts = _cut(*self._parts)
        cuts = [fresh] if len(self._parts) == 1 else _cut(fresh)
        for number, cut in enumerate(cuts):
            if len(cut):
                self._parts[number] = distinct(np.concatenate([self._parts[number], cut]))
        self._held = sum(map(len, self._parts))


def _cut(ordered: Seeds) -> list[Seeds]:
    """Cut a sorted array by the first bits, into arrays of their own."""
    return [part.copy() for part in np.split(ordered, np.searchsorted(ordered, _BOUNDS))]
