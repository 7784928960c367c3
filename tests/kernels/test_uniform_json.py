"""Walking rows that are spelled alike gives what a pattern search gives, and reads nothing else."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kernels.uniform_json import walked

KEYS = ("NFA_FLAG", "CP_FLAG", "NUMBER", "COMMENTS")
USUAL = '{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":12,"COMMENTS":"she said "}'


def pattern(text: str, key: str) -> bytes | None:
    """Return the first two bytes behind the first such key: slow and obvious."""
    found = re.search(rf'"(?:OUTCOME_)?{key}"\s*:\s*("[^"]*"|[A-Za-z0-9.+-]+)', text, re.ASCII)
    return found[1].encode()[:2] if found else None


def agree(heads: np.ndarray, text: str) -> bool:
    found = [pattern(text, key) for key in KEYS]
    return all(
        head.tobytes().startswith(there) if there else not head
        for head, there in zip(heads, found, strict=True)
    )


def one(text: str | None, *before: str) -> bool:
    """Return whether ``text`` is read in a column that begins with ``before``."""
    return bool(walked(pl.Series([*before, text], dtype=pl.String), KEYS)[1][-1])


@pytest.mark.parametrize(
    "text",
    [
        '{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":1,"COMMENTS":""}',
        '{"NFA_FLAG":"","CP_FLAG":null,"NUMBER":12,"COMMENTS":"x"}',
        '{"NFA_FLAG":"N","CP_FLAG":"N","NUMBER":"","COMMENTS":"she said "no" and\nleft"}',
        '{"NFA_FLAG":"N","CP_FLAG":"N","NUMBER":0,"COMMENTS":null}',
        '{"NFA_FLAG" : "N", "OUTCOME_CP_FLAG" : "Y", "NUMBER" : 3, "COMMENTS" : "x"}',
        '{"CP_FLAG":"N","NFA_FLAG":"Yes - 12 months","NUMBER":12,"COMMENTS":"x"}',
        '{"CP_FLAG":"N","OTHER_FLAG":"Y","NUMBER":12,"COMMENTS":"a longer one, without a quote"}',
        '{"NFA_FLAG":"y","CP_FLAG":"N","CP_FLAG":"Y","NUMBER":12,"COMMENTS":"x"}',
        '{"NFA_FLAG":"Y","MORE":"x"}',
    ],
)
def test_rows_that_are_read(text: str) -> None:
    heads, read = walked(pl.Series([text]), KEYS)
    assert read.all()
    assert agree(heads[0], text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "plain text",
        "{",
        '{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":12,"COMMENTS":"no end',
        '{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":123,"COMMENTS":"x"}',
        '{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":12,"COMMENTS":" x"}',
        '{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":12,"COMMENTS":"é"}',
        '{"NFA_FLAG":" Y","CP_FLAG":"N","NUMBER":12,"COMMENTS":"x"}',
        '{"NFA_FLAG":true,"CP_FLAG":"N","NUMBER":12,"COMMENTS":"x"}',
        '{"NFA_FLAG":"Y","CP_FLAG":"N","COMMENTS":"hides "NUMBER":3 inside"}',
        '{"NFA_FLAG":"Y","CP_FLAG":"N","COMMENTS":"x"} and more',
    ],
)
def test_rows_that_are_left_to_the_pattern(text: str | None) -> None:
    assert not one(text, USUAL)


def test_a_few_spellings_are_read_in_one_column() -> None:
    other = USUAL.replace('":', '" : ')
    without = '{"NUMBER":1,"COMMENTS":"x"}'
    assert walked(pl.Series([USUAL, other, without, USUAL]), KEYS)[1].all()


LETTERS = '{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":1,"COMMENTS":"x"}'


@pytest.mark.parametrize(
    "other",
    [
        '{"CP_FLAGS":"Y","N_FLAG":"N","NUMBER":1,"COMMENTS":"x"}',
        '{"NFA_FLAG":"Y","CP_\0LAG":"N","NUMBER":1,"COMMENTS":"x"}',
        '{"NFA_FLAG":"Y","CP_é_G":"N","NUMBER":1,"COMMENTS":"x"}',
        '{"NFA_FLAG":"Y";"CP_FLAG":"N","NUMBER":1,"COMMENTS":"x"}',
        '{"NFA_FLAG":"X","CP_FLAG":1  ,"NUMBER":1,"COMMENTS":"x"}',
        '{"NFA_FLAG":"Y","CP_FLAG":"N"',
    ],
)
def test_a_row_as_long_as_the_others_is_read_for_what_it_is(other: str) -> None:
    heads, read = walked(pl.Series([LETTERS, other, LETTERS]), KEYS)
    assert read[[0, 2]].all()
    assert agree(heads[1], other) if read[1] else not heads[1].any()


def test_letters_are_read_at_once_and_one_by_one_alike() -> None:
    rows = [LETTERS.replace('"Y"', a).replace('"N"', b) for a in ('"Y"', '"N"', '""') for b in
            ('"Y"', '"N"', "null")]  # fmt: skip
    heads, read = walked(pl.Series(rows), KEYS)
    assert read.all()
    assert all(agree(row, text) for row, text in zip(heads, rows, strict=True))


def test_odd_rows_at_the_head_do_not_hide_the_usual_ones() -> None:
    _, read = walked(pl.Series(["NFA"] * 50 + [LETTERS] * 500), KEYS)
    assert read.sum() == 500


def test_a_column_without_a_usual_row_is_not_read() -> None:
    heads, read = walked(pl.Series(["a", None, "{}"]), KEYS)
    assert not read.any()
    assert not heads.any()


@pytest.mark.parametrize("rows", [0, 3])
def test_a_column_of_nothing(rows: int) -> None:
    heads, read = walked(pl.Series([None] * rows, dtype=pl.String), KEYS)
    assert (heads.shape, read.shape) == ((rows, 4), (rows,))
    assert not read.any()


def test_a_slice_is_read_as_its_own_rows() -> None:
    other = '{"NFA_FLAG":"N","CP_FLAG":"Y","NUMBER":"","COMMENTS":""}'
    column = pl.Series([USUAL, other, None, USUAL, other])
    heads, read = walked(column, KEYS)
    for start in range(5):
        assert np.array_equal(walked(column[start:], KEYS)[0], heads[start:])
        assert np.array_equal(walked(column[start:], KEYS)[1], read[start:])


value = st.sampled_from(
    [
        '"Y"',
        '"N"',
        '""',
        '" "',
        '"Yes"',
        "null",
        "7",
        "12",
        "120",
        "true",
        '"',
        '"a',
        '"b"c"',
        "",
        "'",
    ]
)
member = st.tuples(st.sampled_from([*KEYS, "OUTCOME_CP_FLAG", "OTHER"]), value)
loose = st.lists(member, max_size=6).map(
    lambda members: "{" + ",".join(f'"{key}":{value}' for key, value in members) + "}"
)
letter = st.one_of(st.sampled_from(['"Y"', '"N"']), st.sampled_from(['"Y"', '"N"']), value)
usual = st.tuples(letter, letter, value, st.one_of(value, st.text().map(lambda t: f'"{t}"'))).map(
    lambda values: "{" + ",".join(f'"{k}":{v}' for k, v in zip(KEYS, values, strict=True)) + "}"
)


@settings(max_examples=300)
@given(st.lists(st.one_of(st.none(), loose, usual, usual, st.text()), min_size=1, max_size=12))
@example(['{"NFA_FLAG":"Y","CP_FLAG":"N","NUMBER":1,"COMMENTS":"x","NFA_FLAG":"N"}'])
@example([USUAL, "é" * 200])
@example(['{"NFA_FLAG":"Y","CP_FLAG":"Y","NUMBER":"Y","COMMENTS":"}', USUAL])
def test_what_is_read_is_what_a_pattern_finds(texts: list[str | None]) -> None:
    heads, read = walked(pl.Series(texts, dtype=pl.String), KEYS)
    for text, row, known in zip(texts, heads, read, strict=True):
        if known:
            assert text is not None
            assert agree(row, text)
        else:
            assert not row.any()
