import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.loose_json import ABSENT, BLANK, NO, NULL, OTHER, SPACES, YES, items, raw, said

KEYS = ("NFA_FLAG", "NFA_S47_END_FLAG", "ADVICE_FLAG")


def _raw(text: str, key: str) -> str | None:
    return pl.DataFrame({"text": [text]}).select(raw(key)).item()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"COMMENTS":"a b"}', '"a b"'),
        ('{"COMMENTS" : "x"', '"x"'),
        ('{"COMMENTS":""}', '""'),
        ('{"COMMENTS":null}', "null"),
        ('{"COMMENTS":-3,', "-3"),
        ('{"OUTCOME_COMMENTS":"x"}', '"x"'),
        ('{"COMMENTS":"she said "no" and\nleft"}', '"she said "'),
        ('{"OTHER_COMMENTS":"x"}', None),
        ("COMMENTS: x", None),
        ("", None),
    ],
)
def test_raw(text: str, said: str | None) -> None:
    assert _raw(text, "COMMENTS") == said


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ('"Y"', YES),
        ('"Yes"', YES),
        ('"y"', YES),
        ('"N"', NO),
        ('"No"', NO),
        ('""', BLANK),
        ('" "', SPACES),
        ("null", NULL),
        ("NULL", NULL),
        ('"6 months"', OTHER),
        ("1", OTHER),
    ],
)
@pytest.mark.parametrize(
    "form", ['{{"NFA_FLAG":{}}}', '{{"NFA_FLAG" : {}, "x"', '{{"OUTCOME_NFA_FLAG":{}}}']
)
def test_what_a_flag_says(form: str, value: str, meaning: int) -> None:
    read = said(pl.Series([form.format(value)]), KEYS)
    assert read.row(0) == (meaning, ABSENT, ABSENT)


def test_null_text_has_no_flag() -> None:
    assert said(pl.Series([None, "plain text"]), KEYS).rows() == [(ABSENT,) * 3] * 2


@given(
    st.lists(
        st.tuples(
            st.dictionaries(
                st.sampled_from(KEYS), st.sampled_from(["Y", "N", "", "Yes", "no", "6", None])
            ),
            st.booleans(),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_both_ways_of_reading_give_what_a_parser_gives(
    rows: list[tuple[dict[str, str | None], bool]],
) -> None:
    texts = [json.dumps(row, separators=(",", ":") if tight else None) for row, tight in rows]
    meaning = {"Y": YES, "N": NO, "": BLANK, "Yes": YES, "no": NO, "6": OTHER, None: NULL}
    expected = [tuple(meaning[row[k]] if k in row else ABSENT for k in KEYS) for row, _ in rows]
    assert said(pl.Series(texts), KEYS).rows() == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('["1A","2B"]', 2),
        ('["1A", null, "2B"]', 2),
        ("[]", 0),
        ('{"1A": "Yes", "2B": "No", "3C": true, "4A": 1, "5A": 0}', 3),
        ("1A, 2B;3C", 3),
        (" 1A ", 1),
        ("", 0),
        (None, None),
    ],
)
def test_items(text: str | None, count: int | None) -> None:
    assert items(pl.Series([text], dtype=pl.String)).to_list() == [count]


@pytest.mark.parametrize(
    ("value", "begins"),
    [
        ('"a long comment"', b'"a long '),
        ('"short"', b'"short"'),
        ('""', b'""'),
        ('"in "quotes" twice"', b'"in "'),
        ("null", b"null"),
    ],
)
def test_how_a_value_begins(value: str, begins: bytes) -> None:
    text = '{"NFA_FLAG":"N","NFA_S47_END_FLAG":"Y","ADVICE_FLAG":"","COMMENTS":' + value + "}"
    found = said(pl.Series([text, None, "plain text"]), [*KEYS, "COMMENTS"], begins="COMMENTS")
    assert found["begins"].to_list() == [int.from_bytes(begins, "little"), 0, 0]


def test_what_was_not_read_begins_with_nothing() -> None:
    text = '{"COMMENTS":" starts with a blank"}'
    assert said(pl.Series([text]), ["COMMENTS"], begins="COMMENTS")["begins"].to_list() == [0]
