"""A keyed bijection of the numbers 0 … size-1.

An unbalanced Feistel network over the next power of two, with cycle walking back into the range
(Black and Rogaway 2002). Rounds are as many as FF1 has (NIST SP 800-38G); their keys come from
HMAC-SHA-256, their function is the 64-bit mixing of ``kernels.draw``. It hides the order in which
positions were handed out; it is no cipher, so feed it positions, never a person's number.
"""

from __future__ import annotations

import hashlib
import hmac

import numpy as np
from numpy.typing import NDArray

from kernels.draw import mix

LARGEST = 10**12
"""The largest size that ``permute`` takes."""

_ROUNDS = 10
_SHORTEST_KEY = 16


def permute(positions: NDArray[np.int64], size: int, key: bytes) -> NDArray[np.int64]:
    """Return where each position goes. Positions and results lie in [0, size).

    One (size, key) gives one bijection, whatever the batch. ValueError when the size is not within
    1 … ``LARGEST``, the key is shorter than 16 bytes, or a position lies outside.
    """
    if not 1 <= size <= LARGEST:
        raise ValueError(f"a permutation takes a size of 1 to {LARGEST}, not {size}")
    if len(key) < _SHORTEST_KEY:
        raise ValueError(f"a permutation takes a key of at least {_SHORTEST_KEY} bytes")
    outside = int(np.count_nonzero((positions < 0) | (positions >= size)))
    if outside:
        raise ValueError(f"{outside} positions lie outside a permutation of size {size}")

    bits = max(1, (size - 1).bit_length())
    keys = _round_keys(size, key)
    places = _feistel(positions.astype(np.uint64), bits, keys)
    # The network covers the power of two: whoever lands past the end walks on until back inside.
    walking = np.flatnonzero(places >= size)
    while walking.size:
        steps = _feistel(places[walking], bits, keys)
        places[walking] = steps
        walking = walking[steps >= size]
    return places.astype(np.int64)


def _round_keys(size: int, key: bytes) -> list[int]:
    # The size is part of the label, so that ranges under one key are shuffled independently.
    return [
        int.from_bytes(hmac.digest(key, f"permutation {size} {turn}".encode(), hashlib.sha256)[:8])
        for turn in range(_ROUNDS)
    ]


def _feistel(numbers: NDArray[np.uint64], bits: int, keys: list[int]) -> NDArray[np.uint64]:
    low_bits = np.uint64(bits // 2)
    low_mask = np.uint64((1 << (bits // 2)) - 1)
    high_mask = np.uint64((1 << (bits - bits // 2)) - 1)
    high, low = numbers >> low_bits, numbers & low_mask
    for turn, key in enumerate(keys):
        if turn % 2:
            low ^= mix(high, key) & low_mask
        else:
            high ^= mix(low, key) & high_mask
    return (high << low_bits) | low
