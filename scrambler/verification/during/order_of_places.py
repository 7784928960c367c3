"""Keyed orders of places, worked out anew.

An unbalanced Feistel network by HMAC-SHA-256 with cycle walking (Black and Rogaway 2002), written
here a second time.
"""

from __future__ import annotations

import hmac

import numpy as np
from numpy.typing import NDArray

from scrambler.verification.during.derivation import Numbers, Seeds

_ROUNDS = 10
_KEPT = 32


class Order:
    """The order of ``size`` places that a key makes. It keeps what it has worked out."""

    def __init__(self, size: int, key: str) -> None:
        """Work out nothing yet."""
        bits = (size - 1).bit_length()
        self._size, self._low, self._high = size, bits // 2, bits - bits // 2
        self._key = key.encode()
        self._found: dict[int, tuple[Seeds, NDArray[np.bool_]]] = {}

    def permuted(self, places: Numbers) -> Numbers:
        """Return where each place goes."""
        found = places.astype(np.uint64)
        walking = np.arange(len(found))
        while len(walking):
            found[walking] = self._network(found[walking])
            walking = walking[found[walking] >= self._size]
        if self._low + self._high > _KEPT:
            self._found.clear()
        return found.astype(np.int64)

    def _network(self, numbers: Seeds) -> Seeds:
        left = numbers >> np.uint64(self._low)
        right = numbers & np.uint64((1 << self._low) - 1)
        for turn in range(_ROUNDS):
            if turn % 2:
                right = right ^ self._turned(turn, left, self._high, self._low)
            else:
                left = left ^ self._turned(turn, right, self._low, self._high)
        return (left << np.uint64(self._low)) | right

    def _turned(self, turn: int, half: Seeds, of: int, into: int) -> Seeds:
        """Return ``into`` bits for each number of ``of`` bits: eight in a row share one HMAC."""
        if turn not in self._found:
            eights = max(1, (1 << of) >> 3)
            self._found[turn] = np.zeros((eights, 8), np.uint64), np.zeros(eights, np.bool_)
        words, known = self._found[turn]
        new = np.zeros_like(known)
        new[(half >> np.uint64(3)).astype(np.int64)] = True
        fresh = np.flatnonzero(new & ~known)
        labels = (f"permutation {self._size} {turn} {eight}" for eight in fresh)
        made = b"".join(hmac.digest(self._key, one.encode(), "sha256") for one in labels)
        words[fresh] = np.frombuffer(made, dtype=">u4").reshape(-1, 8)
        known[fresh] = True
        return words.ravel()[half.astype(np.int64)] & np.uint64((1 << into) - 1)
