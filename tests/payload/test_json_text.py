from __future__ import annotations

import json
from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrambler.payload.json_text import (
    day,
    json_arrays,
    json_object,
    member,
    nested,
    said,
    stated,
    trimmed,
    truth,
)

from .samples import HOSTILE

TEXTS = st.text(st.characters(codec="utf-8"))


@given(st.lists(st.none() | TEXTS | st.sampled_from(HOSTILE)))
def test_a_member_is_what_json_dumps_makes_of_it(values: list[str | None]) -> None:
    frame = pl.DataFrame({"x": values}, schema={"x": pl.String})
    found = frame.select(member("key", pl.col("x"))).to_series().to_list()
    assert [text and json.loads(f"{{{text}}}") for text in found] == [
        None if value is None else {"key": value} for value in values
    ]
    assert [text for text in found if text and "\n" in text] == []


@given(st.lists(st.none() | st.lists(TEXTS)))
def test_a_list_of_texts(values: list[list[str] | None]) -> None:
    frame = pl.DataFrame({"x": values}, schema={"x": pl.List(pl.String)})
    found = frame.select(member("key", pl.col("x"))).to_series().to_list()
    assert [text and json.loads(f"{{{text}}}") for text in found] == [
        None if value is None else {"key": value} for value in values
    ]


def test_nulls_leave_their_key_out_and_numbers_stay_numbers() -> None:
    frame = pl.DataFrame(
        {
            "n": [1, None],
            "b": [True, None],
            "d": [datetime(2020, 2, 29, 23, 59), None],
            "j": ['{"x":[]}', None],
        }
    )
    members = [
        member("n", pl.col("n")),
        member("b", pl.col("b")),
        day("d", pl.col("d")),
        nested("j", pl.col("j")),
    ]
    assert frame.select(json_object(*members)).to_series().to_list() == [
        '{"n":1,"b":true,"d":"2020-02-29","j":{"x":[]}}',
        "{}",
    ]


def test_rows_of_one_day_and_id_are_ordered_by_what_is_sent() -> None:
    rows = pl.DataFrame({"by": ["a", "a"], "day": [1, 1], "sent": ["x", "y"]})
    for frame in (rows, rows.reverse()):
        item = json_object(member("s", pl.col("sent")))
        found = json_arrays(frame.lazy(), "by", ("day",), item).collect()
        assert found["array"].to_list() == ['[{"s":"y"},{"s":"x"}]']


def test_arrays_are_newest_first_whatever_the_order_of_the_rows() -> None:
    rows = pl.DataFrame(
        {
            "by": ["a", "b", "a", "a", "a"],
            "day": [1, 1, None, 2, 2],
            "id": ["x", "x", "x", "y", "z"],
        }
    )
    for frame in (rows, rows.reverse()):
        arrays = json_arrays(
            frame.lazy(), "by", ("day", "id"), json_object(member("i", pl.col("id")))
        ).collect()
        assert dict(arrays.rows()) == {
            "a": '[{"i":"z"},{"i":"y"},{"i":"x"},{"i":"x"}]',
            "b": '[{"i":"x"}]',
        }


@pytest.mark.parametrize(
    ("text", "kept", "bare"),
    [(" ab ", " ab ", "ab"), ("  ", None, None), ("", None, None), ("U1 Fo", "U1 Fo", "U1")],
)
def test_blank_text_is_none(text: str, kept: str | None, bare: str | None) -> None:
    frame = pl.DataFrame({"x": [text, None]})
    assert frame.select(said(pl.col("x"))).to_series().to_list() == [kept, None]
    assert frame.select(trimmed("x", 3)).to_series().to_list() == [bare, None]


@pytest.mark.parametrize(
    "text", ["0", "-1 ", "SSD_PH", "ssd_sui", "Placeholder_Data", "XXXXXXX", " ", ""]
)
def test_a_placeholder_is_none(text: str) -> None:
    frame = pl.DataFrame({"x": [text, text + "1", None]})
    assert frame.select(said(pl.col("x"))).to_series().to_list() == [None, text + "1", None]
    assert frame.select(stated("x")).to_series().to_list() == [None, (text + "1").strip(), None]


def test_truth_knows_what_the_builder_knows() -> None:
    texts = ["Y", "t", " 1 ", "True", "N", "F", "0", "false", "", "Yes", None]
    found = pl.DataFrame({"x": texts}).select(truth(pl.col("x"))).to_series().to_list()
    assert found == [True] * 4 + [False] * 4 + [None] * 3
