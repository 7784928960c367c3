"""Secret bytes, and what follows from them for each purpose."""

from __future__ import annotations

import hashlib
import hmac

from scrambler.errors import EpochError

KEY_BYTES = 32


class Secret:
    """32 secret bytes. Every purpose draws a subkey of its own (HKDF-SHA-256, RFC 5869).

    ``salt`` tells kinds of secrets apart, so that one key in two of them gives other subkeys, and
    ``version`` that of the draws. The repr shows the fingerprint only.
    """

    salt: bytes
    version: int

    def __init__(self, key: bytes) -> None:
        """Take a key of exactly 32 bytes; EpochError for any other length."""
        if len(key) != KEY_BYTES:
            raise EpochError(f"An epoch key has {KEY_BYTES} bytes; this one has {len(key)}.")
        self._root = hmac.digest(self.salt, key, "sha256")
        self._key = key

    def subkey(self, purpose: str) -> str:
        """Return the subkey of ``purpose`` as 64 hexadecimal characters."""
        info = f"{self.version}:{purpose}".encode() + b"\x01"
        return hmac.new(self._root, info, hashlib.sha256).hexdigest()

    def number(self, purpose: str) -> int:
        """Return a secret 64-bit number for ``purpose``."""
        return int(self.subkey(purpose)[:16], 16)

    @property
    def key(self) -> bytes:
        """The 32 secret bytes: for whoever works out anew what follows from them."""
        return self._key

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal characters that tell secrets apart and say nothing about the key."""
        return self.subkey("fingerprint")[:16]

    def __repr__(self) -> str:
        """Show the fingerprint, never the key."""
        return f"{type(self).__name__}({self.fingerprint})"
