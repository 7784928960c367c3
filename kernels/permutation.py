"""A keyed bijection of the numbers 0 … size-1.

An unbalanced Feistel network over the next power of two, with cycle walking back into the range
(Black and Rogaway 2002), of as many rounds as FF1 has (NIST SP 800-38G). The function of each round
is HMAC-SHA-256, so that what is seen of some numbers says nothing of others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.digest import digest
from kernels.draw import Seeds

LARGEST = 10**12
"""The largest size of a permutation."""

_ROUNDS = 10
_SHORTEST_KEY = 16
_WORDS = 8
_KEPT_BITS = 32


class Permutation:
    """One size and key, one bijection. Its repr shows the size only.

    What it has worked out of its rounds it keeps, up to 2.6 MB, but for sizes above 2**32.
    """

    def __init__(self, size: int, key: str) -> None:
        """Take a size of 1 … ``LARGEST`` and a key of 16 characters or more; else ValueError."""
        if not 1 <= size <= LARGEST:
            raise ValueError(f"a permutation takes a size of 1 to {LARGEST}, not {size}")
        if len(key) < _SHORTEST_KEY:
            raise ValueError(f"a permutation takes a key of at least {_SHORTEST_KEY} characters")
        self.size = size
        self._key = key
        self._bits = max(1, (size - 1).bit_length())
        self._kept = self._rounds() if self._bits <= _KEPT_BITS else None

    def __repr__(self) -> str:
        """Show the size, never the key."""
        return f"Permutation({self.size})"

    def of(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where each position goes, whatever the batch; both lie in [0, size).

        ValueError when a position lies outside.
        """
        outside = int(np.count_nonzero((positions < 0) | (positions >= self.size)))
        if outside:
            raise ValueError(f"{outside} positions lie outside a permutation of size {self.size}")
        rounds = self._kept or self._rounds()
        places = positions.astype(np.uint64)
        # The network covers the power of two: who lands past the end walks on until back inside.
        walking = np.arange(len(places))
        while walking.size:
            steps = self._network(places[walking], rounds)
            places[walking] = steps
            walking = walking[steps >= self.size]
        return places.astype(np.int64)

    def _rounds(self) -> list[_Round]:
        # The size is part of the label, so that ranges under one key are shuffled independently.
        low, high = self._bits // 2, self._bits - self._bits // 2
        return [
            _Round(f"permutation {self.size} {turn} ", self._key, high if turn % 2 else low)
            for turn in range(_ROUNDS)
        ]

    def _network(self, numbers: Seeds, rounds: Sequence[_Round]) -> Seeds:
        low_bits = np.uint64(self._bits // 2)
        low_mask = np.uint64((1 << (self._bits // 2)) - 1)
        high_mask = np.uint64((1 << (self._bits - self._bits // 2)) - 1)
        high, low = numbers >> low_bits, numbers & low_mask
        for turn, one in enumerate(rounds):
            if turn % 2:
                low ^= one.of(high) & low_mask
            else:
                high ^= one.of(low) & high_mask
        return (high << low_bits) | low


class _Round:
    """32 bits a number: one eighth of the HMAC of the number by eights.

    With the label `permutation 99 3 `, 21 (2 x 8 + 5) has bytes 20 to 23 of the HMAC of
    `permutation 99 3 2`. So all numbers of 16 bits take 8,192 HMACs.
    """

    def __init__(self, label: str, key: str, bits: int) -> None:
        self._label = label
        self._key = key
        blocks = -(-(1 << bits) // _WORDS)
        self._words = np.zeros((blocks, _WORDS), dtype=np.uint32)
        self._known = np.zeros(blocks, dtype=bool)

    def of(self, half: Seeds) -> Seeds:
        numbers = half.astype(np.int64)
        wanted = np.zeros_like(self._known)
        wanted[numbers // _WORDS] = True
        if (missing := np.flatnonzero(wanted & ~self._known)).size:
            texts = self._label + pl.Series("text", missing).cast(pl.String)
            digests = bytes.fromhex(digest(texts, self._key).str.join("").item())
            self._words[missing] = np.frombuffer(digests, dtype=">u4").reshape(-1, _WORDS)
            self._known[missing] = True  # last: another thread may be asking
        return self._words.ravel()[numbers].astype(np.uint64)
