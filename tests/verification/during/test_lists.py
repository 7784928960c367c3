"""Lists of codes: as many as there were, all of the list, none twice, and nothing beside them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from scrambler.ssd import ssd
from tests.comparisons import column_of
from tests.contexts import SHIPPED, staged

TABLE, COLUMN = "ssd_assessment_factors", "cinf_assessment_factors_json"
ALONE = SHIPPED[TABLE][COLUMN].parameters["alone"]
CODES = ssd().code_lists[SHIPPED[TABLE][COLUMN].parameters["list"]].codes


def _invalid(before: list[str | None], after: list[str | None]) -> int:
    rows = [f"k{n}" for n in range(len(before))]
    stage = staged({TABLE: {"cinf_table_id": rows, COLUMN: before}})
    return column_of(stage, TABLE, COLUMN, pl.Series(after, dtype=pl.String)).invalid


@pytest.mark.parametrize(
    "after",
    [
        '["1A","2B","3C","4A"]',
        '["4A","3C","2B","1A"]',
    ],
)
def test_a_list_of_as_many_codes_is_right(after: str) -> None:
    assert _invalid(['["5A","6A","8B","9A"]'], [after]) == 0


@pytest.mark.parametrize(
    "after",
    [
        '["1A","2B","3C"]',
        '["1A","2B","3C","4A","5A"]',
        '["1A","2B","3C","3C"]',
        '["1A","2B","3C","99Z"]',
        '["1A"J"2B"o"3C"e"4A"]',
        '["1A""","2B""3C","4A"]',
        '["1A","2B","3C","4A"',
        '["1A","2B","3C","4A]',
        '"1A","2B","3C","4A"]',
        '["1A","2B","3C","4A"] of Ann',
        '["1A", "2B", "3C", "4A"]',
        "[]",
        "1A,2B,3C,4A",
    ],
)
def test_anything_else_is_invalid(after: str) -> None:
    assert _invalid(['["5A","6A","8B","9A"]'], [after]) > 0


def test_an_empty_list_for_one_and_null_for_null() -> None:
    assert _invalid(["[]", None, "{}"], ["[]", None, "[]"]) == 0
    assert _invalid(["[]"], ['["1A"]']) > 0


@pytest.mark.parametrize(("held", "shared"), [("1A", 2), (ALONE, 1)])
def test_what_stays_is_held_against_chance(held: str, shared: int) -> None:
    rows = 2_000
    source = [f'["{held}","2B"]'] * rows
    stage = staged({TABLE: {"cinf_table_id": [f"k{n}" for n in range(rows)], COLUMN: source}})
    left = column_of(stage, TABLE, COLUMN, stage.frames[TABLE][COLUMN])
    drawn = column_of(stage, TABLE, COLUMN)
    assert (left.examined, left.unchanged) == (2 * rows, 2 * rows)
    assert any("unchanged" in fault for fault in left.faults())
    assert drawn.faults() == []
    # The code that stands alone is none of several.
    assert np.isclose(drawn.expected, 2 * rows * shared / (len(CODES) - 1))
