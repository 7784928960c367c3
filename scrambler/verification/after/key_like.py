"""Text of a manifest that could be a key: 32 bytes in hexadecimal, base64 or numbers.

A manifest holds hashes, and each has its place: the SHA-256 of a file and of the policy. Anything
else that looks like one may be the epoch's key, and whoever holds that can find people again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrambler.verification.after.check_result import CheckResult

_HASH_FIELDS = {"sha256", "policy"}
_HASH = re.compile(r"[0-9a-f]{64}")

_LEAST_BYTES = 16
"""Half of a key is too much as well. The epoch's fingerprint has 8 bytes, 16 characters."""

_HEX = re.compile(rf"[0-9a-fA-F]{{{2 * _LEAST_BYTES},}}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{22,}")
_CLASSES = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))


def no_key_in(manifest: object) -> CheckResult:
    """Look at every text, name and number of ``manifest``."""
    found = [key_like(field, value) for field, value in _leaves("", manifest)]
    return CheckResult("entries of the manifest, none like a key", len(found), sum(found))


def texts_of(manifest: object) -> list[str]:
    """Return every text and name of ``manifest`` but its hashes."""
    leaves = _leaves("", manifest)
    return [text for field, text in leaves if isinstance(text, str) and field not in _HASH_FIELDS]


def key_like(field: str, value: object) -> bool:
    """Return whether what stands in ``field`` could be a key or the half of one.

    ``("reason", "9f86d081884c7d659a2feaa0c55ad015")`` -> True; as 32 of the 64 characters of a
    ``sha256`` likewise, since that is no whole hash. ``("type", "NVARCHAR(48)")`` -> False, and
    ``("", "ssd_cla_previous_permanence")`` -> False: base64 of 16 bytes without a capital or
    without a digit comes once in 40 times, of 32 bytes once in 1,500.
    """
    if isinstance(value, int):
        return value.bit_length() > 8 * (_LEAST_BYTES // 2)
    if isinstance(value, list):
        return len(value) >= _LEAST_BYTES and all(type(one) in (int, float) for one in value)
    if not isinstance(value, str) or (field in _HASH_FIELDS and _HASH.fullmatch(value)):
        return False
    several = (run for run in _BASE64.findall(value) if all(c.search(run) for c in _CLASSES))
    return _HEX.search(value) is not None or any(several)


def _leaves(field: str, found: object) -> Iterator[tuple[str, object]]:
    """Yield the fields of a document: each name as a text, lists of numbers whole."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield "", name
            yield from _leaves(name, value)
    elif isinstance(found, list):
        yield field, found
        for value in found:
            yield from _leaves(field, value)
    else:
        yield field, found
