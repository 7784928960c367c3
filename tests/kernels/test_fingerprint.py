"""Fingerprints of rows: XXH3 over an encoding that keeps rows apart."""

from __future__ import annotations

import math
import struct
from datetime import UTC, date, datetime, timedelta

import polars as pl
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from kernels.fingerprint import fingerprint

_DAY = date(1970, 1, 1).toordinal()
_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)

KEY = "00112233445566778899aabbccddeeff"

moments = st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1))
frames = st.lists(
    st.tuples(
        st.none() | st.text(max_size=200),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(),
        st.none() | st.booleans(),
        st.none() | st.dates(datetime(1800, 1, 1).date()),
        st.none() | moments,
        st.none() | st.binary(max_size=200),
    ),
    max_size=8,
).map(
    lambda rows: pl.DataFrame(
        rows,
        schema={
            "text": pl.String,
            "number": pl.Int64,
            "float": pl.Float64,
            "boolean": pl.Boolean,
            "day": pl.Date,
            "moment": pl.Datetime("us"),
            "binary": pl.Binary,
        },
        orient="row",
    )
)


@given(frames)
def test_the_plugin_gives_what_the_reference_gives(frame: pl.DataFrame) -> None:
    assert fingerprint(frame, KEY).equals(reference(frame, KEY))


def test_a_fingerprint_is_the_canonical_xxh3_digest_of_the_row() -> None:
    frame = pl.DataFrame({"text": ["ab", None]})
    row = b"\x0d\x02" + b"\x05\x20" + KEY.encode()
    wanted = [
        xxhash.xxh3_128_digest(row + b"\x05\x02ab"),
        xxhash.xxh3_128_digest(row + b"\x00"),
    ]
    assert fingerprint(frame, KEY).to_list() == wanted


def test_rows_that_read_alike_have_fingerprints_of_their_own() -> None:
    frame = pl.DataFrame(
        {
            "one": ["ab", "a", "", None, "a,b", "ab", "null"],
            "two": ["c", "bc", None, "", "c", None, None],
        }
    )
    assert fingerprint(frame, KEY).n_unique() == frame.height


def test_another_key_gives_other_fingerprints() -> None:
    frame = pl.DataFrame({"one": ["a", "b"]})
    assert not set(fingerprint(frame, KEY)) & set(fingerprint(frame, KEY[::-1]))


def test_a_row_has_one_fingerprint_in_any_company() -> None:
    frame = pl.DataFrame({"one": ["a", "b", "c", "d"], "two": [1, 2, None, 4]})
    whole = fingerprint(frame, KEY)
    parts = pl.concat([fingerprint(frame[first:last], KEY) for first, last in ((0, 1), (1, 4))])
    assert whole.equals(parts)


def test_moments_count_from_1970_in_nanoseconds() -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    frame = pl.DataFrame({"moment": [moment.replace(tzinfo=None)]})
    row = b"\x0d\x02" + b"\x05\x01k" + b"\x09\x00" + b"\xe8\x07"
    assert fingerprint(frame, "k").to_list() == [xxhash.xxh3_128_digest(row)]


def reference(frame: pl.DataFrame, key: str) -> pl.Series:
    """Fingerprint every row with Python and xxhash. Slow, obvious, and the measure of the plugin.

    Columns are text, binary, whole numbers, floats, booleans, days or moments in microseconds.
    """
    start = b"\x0d" + _length(1 + frame.width) + _field(key)
    columns = ([_field(value) for value in column] for column in frame.iter_columns())
    rows = [xxhash.xxh3_128_digest(start + b"".join(row)) for row in zip(*columns, strict=True)]
    return pl.Series(rows, dtype=pl.Binary)


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
