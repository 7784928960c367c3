"""What stands for nothing recorded is a fact of one file, and a text in any usual case is read."""

from datetime import date

import polars as pl
import pytest

from scrambler.ssd import MissingCodes, ssd
from scrambler.ssd.missing import missing_codes

MISSING = ssd().missing


def test_every_code_of_the_rules_is_listed() -> None:
    # C138 and C140 of consistency.csv, word for word.
    assert {"SSD_PH", "SSD_SUI", "PLACEHOLDER_DATA", "XXXXXXX", "-1", "0", ""} == set(MISSING.texts)
    assert MISSING.dates == (date(1900, 1, 1),)
    assert set(MISSING.numbers) == {-1, 0}
    assert MISSING.own_numbers == {"ssd_cla_placement.clap_cla_placement_distance": (999.9,)}


def test_columns_with_numbers_of_their_own_are_columns_of_numbers() -> None:
    for name in MISSING.own_numbers:
        assert ssd().column(*name.split(".")).dtype.is_numeric()


@pytest.mark.parametrize("word", MISSING.texts)
def test_a_text_in_any_usual_case(word: str) -> None:
    assert MISSING.in_text(pl.Series([word, word.lower()])).all()


def test_what_is_near_a_code_is_none() -> None:
    near = pl.Series(["00", "-10", "SSD", "XXXXXX", "placeholder", "1", None])
    assert MISSING.in_text(near).to_list() == [False] * 6 + [None]


def test_codes_of_one_column_are_not_those_of_all() -> None:
    rows = [
        {"value": "999", "type": "number", "table": "t", "column": "c"},
        {"value": "9", "type": "number", "table": "", "column": ""},
    ]
    assert missing_codes(rows) == MissingCodes((), (), (9.0,), {"t.c": (999.0,)})
