"""Fingerprints of rows: XXH3 over an encoding that keeps rows apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from kernels.fingerprint import agrees, fastest, plugin, reference

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
    assert plugin(frame, KEY).equals(reference(frame, KEY))


def test_a_fingerprint_is_the_canonical_xxh3_digest_of_the_row() -> None:
    frame = pl.DataFrame({"text": ["ab", None]})
    row = b"\x0d\x02" + b"\x05\x20" + KEY.encode()
    wanted = [
        xxhash.xxh3_128_digest(row + b"\x05\x02ab"),
        xxhash.xxh3_128_digest(row + b"\x00"),
    ]
    assert fastest()(frame, KEY).to_list() == wanted


def test_rows_that_read_alike_have_fingerprints_of_their_own() -> None:
    frame = pl.DataFrame(
        {
            "one": ["ab", "a", "", None, "a,b", "ab", "null"],
            "two": ["c", "bc", None, "", "c", None, None],
        }
    )
    assert fastest()(frame, KEY).n_unique() == frame.height


def test_another_key_gives_other_fingerprints() -> None:
    frame = pl.DataFrame({"one": ["a", "b"]})
    assert not set(fastest()(frame, KEY)) & set(fastest()(frame, KEY[::-1]))


def test_a_row_has_one_fingerprint_in_any_company() -> None:
    frame = pl.DataFrame({"one": ["a", "b", "c", "d"], "two": [1, 2, None, 4]})
    whole = fastest()(frame, KEY)
    parts = pl.concat([fastest()(frame[first:last], KEY) for first, last in ((0, 1), (1, 4))])
    assert whole.equals(parts)


def test_a_plugin_that_fails_or_disagrees_is_not_used() -> None:
    def failing(frame: pl.DataFrame, key: str) -> pl.Series:
        raise ImportError

    def blind(frame: pl.DataFrame, key: str) -> pl.Series:
        return reference(frame.with_columns(moment=pl.col("moment").dt.truncate("1s")), key)

    assert agrees(reference)
    assert not agrees(failing)
    assert not agrees(blind)


def test_moments_count_from_1970_in_nanoseconds() -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    frame = pl.DataFrame({"moment": [moment.replace(tzinfo=None)]})
    row = b"\x0d\x02" + b"\x05\x01k" + b"\x09\x00" + b"\xe8\x07"
    assert fastest()(frame, "k").to_list() == [xxhash.xxh3_128_digest(row)]
