"""What follows from an epoch's key, derived once more: subkeys, digests, draws.

None of it is shared with the code that scrambles, so that an error there does not hide here.
Subkeys are HKDF-SHA-256 (RFC 5869) by ``hmac``; draws are SplitMix64 (Steele, Lea and Flood 2014)
in NumPy.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Seeds = NDArray[np.uint64]

SALT = b"ssd-scrambler"
DATES_SALT = b"ssd-scrambler dates"
"""Of epochs, and of keys that only dates follow from."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


class Secrets:
    """Subkeys of one key. Its repr shows nothing, and neither do the objects that hold it."""

    def __init__(self, key: bytes, draws: int, salt: bytes = SALT) -> None:
        """Take a key, the version of the draws that it is used with, and the salt of its kind."""
        self._key = key
        self._root = hmac.digest(salt, key, "sha256")
        self._draws = draws

    def __repr__(self) -> str:
        """Name the class only."""
        return "Secrets()"

    def stand_in(self, text: str) -> bool:
        """Return whether the key, or what all subkeys are made of, stands in a text."""
        lower = text.lower()
        return any(
            secret.hex() in lower or base64.b64encode(secret).decode().rstrip("=") in text
            for secret in (self._key, self._root)
        )

    def subkey(self, purpose: str) -> str:
        """Return the subkey of ``purpose`` as 64 hexadecimal characters."""
        info = f"{self._draws}:{purpose}".encode()
        return hmac.digest(self._root, info + b"\x01", "sha256").hex()

    def number(self, purpose: str) -> int:
        """Return the first 64 bits of the subkey of ``purpose``."""
        return int.from_bytes(bytes.fromhex(self.subkey(purpose)[:16]))

    def digests(self, purpose: str, texts: Iterable[str]) -> list[str]:
        """Return the HMAC-SHA-256 of each text, 64 hexadecimal characters each."""
        key = self.subkey(purpose).encode()
        return [hmac.digest(key, text.encode(), "sha256").hex() for text in texts]


def tokens_of(digests: Iterable[str]) -> Seeds:
    """Return the last 64 bits of each digest, those that no pseudonym shows."""
    return np.array([int(digest[48:], 16) for digest in digests], dtype=np.uint64)


def mixed(seeds: Seeds, key: int) -> Seeds:
    """Return 64 fresh bits a seed for one key."""
    bits: Seeds = np.bitwise_xor(seeds, np.uint64(key))
    bits += _GOLDEN
    for shift, factor in _FACTORS:
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    bits ^= bits >> np.uint64(31)
    return bits


def scaled(bits: Seeds, n: int | Numbers) -> Numbers:
    """Map the upper 32 of 64 bits to 0 … n-1."""
    upper = bits >> np.uint64(32)
    return ((upper * np.asarray(n, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)


def folded(columns: Iterable[Seeds], rows: int) -> Seeds:
    """Return one seed a row from several, in their order."""
    seeds = np.zeros(rows, dtype=np.uint64)
    for column in columns:
        seeds = mixed(seeds ^ column, int(_GOLDEN))
    return seeds


def lots(seeds: Seeds, n: int, key: int) -> Seeds:
    """Return ``n`` lots a seed, shape (seeds, n): who draws the smallest comes first."""
    numbers = np.arange(1, n + 1, dtype=np.uint64) * _GOLDEN
    return mixed(mixed(seeds, key)[:, None] ^ numbers, key)


def public_key(label: str) -> int:
    """Return the public key of what is drawn from a public list."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8])
