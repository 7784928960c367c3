"""Random draws that are a function of a secret seed and a key: the same today, tomorrow, anywhere.

A seed is one unsigned 64-bit number a row, taken from a keyed digest. A key is one 64-bit number
a purpose. ``mix`` turns both into fresh bits with the finaliser of SplitMix64 (Steele, Lea and
Flood 2014), so that draws for different purposes do not follow from one another. Nothing here keeps
state.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Seeds = NDArray[np.uint64]

_GAMMA = 0x9E3779B97F4A7C15
_MASK = 0xFFFFFFFFFFFFFFFF


def mix(seeds: Seeds, key: int) -> Seeds:
    """Return 64 fresh bits a seed. With key 0, seeds 0, G, 2G, … give SplitMix64's sequence."""
    mixed = (seeds ^ np.uint64(key & _MASK)) + np.uint64(_GAMMA)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def below(randoms: Seeds, n: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """Map random bits to 0 … n-1, evenly to within n / 2**32. ``n`` is 1 to 2**31, or one a row."""
    high = randoms >> np.uint64(32)
    return ((high * np.asarray(n).astype(np.uint64)) >> np.uint64(32)).astype(np.int64)


def ranking(seeds: Seeds, n: int, key: int) -> NDArray[np.int64]:
    """Return one random order of 0 … n-1 a seed, as a matrix of shape (len(seeds), n).

    Rows with equal seeds hold equal orders, so members of one group who take different places of
    their shared order never hold the same number.
    """
    numbers = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(_GAMMA)
    return np.argsort(mix(mix(seeds, key)[:, None] ^ numbers[None, :], key), axis=1)


def combine(*seeds: Seeds) -> Seeds:
    """Fold several seeds a row into one. The order of the arguments matters."""
    folded = np.zeros(len(seeds[0]), dtype=np.uint64)
    for seed in seeds:
        folded = mix(folded ^ seed, _GAMMA)
    return folded
