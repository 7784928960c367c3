"""Sets of 64-bit hashes: what may be millions of values, in 8 bytes each and hardly more to grow."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.draw import Seeds

_BITS = 6
_BOUNDS = np.arange(1, 1 << _BITS, dtype=np.uint64) << np.uint64(64 - _BITS)
_PENDING = 1 << 18
_NOTHING = np.empty(0, np.uint64)


def hashes(values: pl.Series, seed: int) -> Seeds:
    """Return the hashes of ``values`` that are not null, in no order, equal ones included."""
    return values.drop_nulls().hash(seed).to_numpy()


class HashSet:
    """A growing set of hashes, in sorted arrays by their first bits.

    Cut so, growing by a part takes the memory of a part: 40 million hashes are 320 MB, and 5 MB
    more while they grow.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self._parts = [_NOTHING] * (1 << _BITS)
        self._pending: list[Seeds] = []
        self._waiting = self._held = 0

    def add(self, hashed: Seeds) -> None:
        """Take in ``hashed``; equal ones count once."""
        self._pending.append(hashed)
        self._waiting += len(hashed)
        if self._waiting > max(_PENDING, self._held // 4):
            self._settle()

    def update(self, other: HashSet) -> None:
        """Take in all of ``other``."""
        other._settle()
        for part in other._parts:
            self.add(part)

    def __len__(self) -> int:
        """Return how many different hashes were added."""
        self._settle()
        return self._held

    def hits(self, wanted: Seeds) -> int:
        """Return how many different ones of ``wanted`` are here."""
        self._settle()
        return sum(
            _common(part, cut)
            for part, cut in zip(self._parts, _cut(np.unique(wanted)), strict=True)
        )

    def common(self, other: HashSet) -> int:
        """Return how many are here and in ``other``."""
        self._settle()
        other._settle()
        return sum(
            _common(part, cut) for part, cut in zip(self._parts, other._parts, strict=True)
        )

    def _settle(self) -> None:
        if not self._waiting:
            return
        fresh = np.unique(np.concatenate(self._pending))
        self._pending, self._waiting = [], 0
        for number, cut in enumerate(_cut(fresh)):
            if len(cut):
                self._parts[number] = np.union1d(self._parts[number], cut)
        self._held = sum(map(len, self._parts))


def _cut(ordered: Seeds) -> list[Seeds]:
    return np.split(ordered, np.searchsorted(ordered, _BOUNDS))


def _common(held: Seeds, wanted: Seeds) -> int:
    if not len(held) or not len(wanted):
        return 0
    place = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    return int((held[place] == wanted).sum())
