from __future__ import annotations

from datetime import datetime

import polars as pl

from scrambler.payload.tables import among, latest, read

FRAME = pl.LazyFrame(
    {"addr_person_id": ["a", "b", None, "a"], "addr_address_postcode": ["1", "2", "3", "4"]}
)


def test_an_absent_column_is_null_and_an_absent_table_empty() -> None:
    columns = ("addr_person_id", "addr_address_start_date")
    found = read({"ssd_address": FRAME}, "ssd_address", *columns).collect()
    assert found.schema == {
        "addr_person_id": pl.String,
        "addr_address_start_date": pl.Datetime("us"),
    }
    assert (found.height, found["addr_address_start_date"].null_count()) == (4, 4)
    only_absent = read({"ssd_address": FRAME}, "ssd_address", "addr_address_start_date")
    assert only_absent.collect().height == 4
    assert read({}, "ssd_address", *columns).collect().is_empty()


def test_a_null_key_is_nobodys() -> None:
    keys = pl.Series(["a", None, "a"])
    found = among(
        {"ssd_address": FRAME}, "ssd_address", "addr_person_id", keys, ("addr_address_postcode",)
    ).collect()
    assert sorted(found["addr_address_postcode"]) == ["1", "4"]


def test_the_latest_row_is_the_same_whatever_the_order() -> None:
    rows = pl.DataFrame(
        {
            "by": ["a", "a", "a", "b", "b"],
            "day": [datetime(2020, 1, 1), datetime(2020, 1, 1), None, None, None],
            "id": ["1", "2", "9", "5", "5"],
            "sent": ["x", "y", "z", "u", "v"],
        }
    )
    for frame in (rows, rows.reverse()):
        found = latest(frame.lazy(), "by", "day", "id").sort("by").collect()
        assert found["sent"].to_list() == ["y", "v"]
