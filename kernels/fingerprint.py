"""Keyed 128-bit fingerprints of rows: XXH3 over an encoding that no other row has.

A row is a list of fields, the key its first. The encoding is version 1 of ``polars-hash``'s rows,
written down in ``reference``: each field opens with its type and says its own length, so no two
rows share one and a null differs from an empty text. A fingerprint is 16 bytes in the order of
XXH3's canonical digest. XXH3 is no cryptographic hash: fingerprints tell rows apart, they hide
nothing that stands beside them.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache

import polars as pl
import xxhash

Fingerprint = Callable[[pl.DataFrame, str], pl.Series]

_DAY = date(1970, 1, 1).toordinal()
_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def reference(frame: pl.DataFrame, key: str) -> pl.Series:
    """Fingerprint every row with Python and xxhash. Slow, obvious, and the measure of the plugin.

    Columns are text, binary, whole numbers, floats, booleans, days or moments in microseconds.
    """
    start = b"\x0d" + _length(1 + frame.width) + _field(key)
    columns = ([_field(value) for value in column] for column in frame.iter_columns())
    rows = [xxhash.xxh3_128_digest(start + b"".join(row)) for row in zip(*columns, strict=True)]
    return pl.Series(rows, dtype=pl.Binary)


def plugin(frame: pl.DataFrame, key: str) -> pl.Series:
    """Fingerprint every row with the plugin ``polars-hash``. ImportError where it is absent."""
    import polars_hash

    rows = polars_hash.hash_rows(pl.lit(key).alias("row"), pl.all(), version=1)
    return frame.select(rows.nchash.xxh3_128(return_binary=True, byte_order="big")).to_series()


def agrees(candidate: Fingerprint) -> bool:
    """Hold ``candidate`` against the reference on awkward values of every type."""
    moment = datetime(2024, 2, 29, 23, 59, 59, 999999)
    awkward = pl.DataFrame(
        {
            "text": ["", None, "é", "\U0001f9d2", "a\x00b", "x" * 300],
            "more": [None, "", "0", "-", "a", "y" * 20_000],
            "int": [0, None, -1, 300, 2**31 - 1, -(2**31)],
            "long": [2**63 - 1, -(2**63), None, 127, 128, -128],
            "float": [-0.0, -math.nan, -1.5, None, 1e300, 0.1],
            "bool": [True, False, None, True, False, None],
            "binary": [b"", None, b"\x00\xff", b"a", b"b", b"c"],
            "day": [date(1900, 1, 1), None, date(1970, 1, 1), date(2024, 2, 29), None, None],
            "moment": [moment, None, datetime(1900, 1, 1), datetime(1970, 1, 1), None, None],
        },
        schema_overrides={"int": pl.Int32, "moment": pl.Datetime("us")},
    )
    key = hashlib.sha256(b"self-test").hexdigest()
    try:
        return candidate(awkward, key).equals(reference(awkward, key))
    except Exception:
        return False


@cache
def fastest() -> Fingerprint:
    """Return the plugin where it is present and agrees, else the reference. Tested once."""
    return plugin if agrees(plugin) else reference


def _field(value: object) -> bytes:
    match value:
        case None:
            return b"\x00"
        case bool():
            return b"\x02" if value else b"\x01"
        case int():
            return b"\x03" + _signed(value)
        case float():
            # The two zeros are one, and so are all that is no number.
            return b"\x04" + struct.pack(">d", value + 0.0 if value == value else math.nan)
        case str():
            return b"\x05" + _length(len(value.encode())) + value.encode()
        case bytes():
            return b"\x06" + _length(len(value)) + value
        case datetime():
            elapsed = value.replace(tzinfo=UTC) - _MOMENT
            micros = (elapsed.days * 86_400 + elapsed.seconds) * 10**6 + elapsed.microseconds
            return b"\x09" + _signed(micros * 1000)
        case date():
            return b"\x07" + _signed(value.toordinal() - _DAY)
    raise TypeError("a row holds text, bytes, numbers, booleans, days and moments only")


def _signed(number: int) -> bytes:
    return (b"\x00" if number < 0 else b"\x01") + _length(abs(number))


def _length(number: int) -> bytes:
    """Encode a number from 0 on, seven bits a byte, the lowest first (LEB128)."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
