import json
from collections import Counter
from typing import Any

import pytest

from scrambler.ssd import ssd
from tests.contexts import staged
from tests.law import even

TABLE, COLUMN = "ssd_assessment_factors", "cinf_assessment_factors_json"
CODES = ssd().code_lists["assessment_factors"].codes
ROWS = 20_000


def _scrambled(values: list[Any]) -> list[Any]:
    keys = [f"f{n}" for n in range(len(values))]
    columns = {"cinf_table_id": keys, "cinf_assessment_id": keys, COLUMN: values}
    return staged({TABLE: columns}).column(TABLE, COLUMN)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('["1A","2B","3C"]', 3),
        ('["1A", null]', 1),
        ("[]", 0),
        ('{"1A":"Yes","2B":"No","3C":"Yes"}', 2),
        ("1A, 2B", 2),
        ("free text about Ann", 1),
        ("[" + ",".join(f'"{code}"' for code in CODES) + "]", 41),
    ],
)
def test_as_many_different_codes_as_there_were_in_the_lists_order(text: str, count: int) -> None:
    for found in map(json.loads, _scrambled([text] * 200)):  # C057
        assert len(found) == count
        assert found == sorted(set(found), key=CODES.index)
        assert count < 2 or "21" not in found


def test_a_lone_code_is_even_over_the_whole_list() -> None:
    assert even([json.loads(one)[0] for one in _scrambled(['["1A"]'] * ROWS)], CODES)


@pytest.mark.parametrize("count", [2, 7, 30])
def test_several_codes_are_even_over_all_but_the_one_that_stands_alone(count: int) -> None:
    text = json.dumps(list(CODES[:count]))
    drawn = [code for one in _scrambled([text] * 3_000) for code in json.loads(one)]
    others = [code for code in CODES if code != "21"]
    counts = Counter(drawn)
    assert set(counts) == set(others)
    # Drawn without putting back, so less spread than chi-square would have.
    assert even(drawn, others)


def test_the_values_decide_nothing_but_their_number() -> None:  # T3
    assert _scrambled(['["1A","2B"]'] * 50) == _scrambled(['["21","3C"]'] * 50)


def test_nulls_blanks_and_sentinels_stay() -> None:
    assert _scrambled([None, "", "SSD_PH"]) == [None, "", "SSD_PH"]
