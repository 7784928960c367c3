from typing import Any

import pytest

from scrambler.ssd import ssd
from scrambler.treatments.sampling import choices
from tests.columns import each_column, treated
from tests.contexts import SHIPPED, staged
from tests.law import even, independent

GROUPED = {"perm_siblings_placed_together", "perm_siblings_placed_apart"}


def _scrambled(table: str, column: str, values: list[Any], **options: Any) -> list[Any]:
    key = ssd().tables[table].primary_key[0]
    keys = [f"k{n}" for n in range(len(values))]
    return staged({table: {key: keys, column: values}}, **options).column(table, column)


@each_column((t, c) for t, c in treated("number") if c not in GROUPED)
def test_every_number_is_even_over_its_range_whatever_it_was(table: str, column: str) -> None:
    before = [float(n % 3 + 1) for n in range(20_000)]
    after = _scrambled(table, column, before)
    assert even(after, [float(one) for one in choices(SHIPPED[table][column], ssd())])
    assert independent(before, [round(one * 3) // 10 for one in after])


def test_ranges_are_exact() -> None:
    distances = choices(SHIPPED["ssd_cla_placement"]["clap_cla_placement_distance"], ssd())
    assert (distances[0], distances[-1], len(distances)) == ("0.0", "99.9", 1_000)
    scores = choices(SHIPPED["ssd_sdq_scores"]["csdq_sdq_score"], ssd())
    assert scores == tuple(str(n) for n in range(41))


@pytest.mark.parametrize(
    ("step", "expected"),
    [("0.25", [0, 0.25, 0.5, 0.75, 1]), ("0.5", [0, 0.5, 1]), ("0.4", [0, 0.4, 0.8])],
)
def test_any_step(step: str, expected: list[float]) -> None:
    column = "clap_cla_placement_distance"
    local = {column: ("number", {"low": "0", "high": "1", "step": step})}
    assert set(_scrambled("ssd_cla_placement", column, [9.5] * 300, local=local)) == set(expected)


def test_what_means_something_else_stays() -> None:  # C087
    column = "clap_cla_placement_distance"
    after = _scrambled("ssd_cla_placement", column, [999.9, None, 3.2])
    assert after[:2] == [999.9, None]
    assert 0 <= after[2] < 100


def test_zero_is_a_number_like_another() -> None:
    assert len(set(_scrambled("ssd_sdq_scores", "csdq_sdq_score", [0] * 500))) == 41


def test_numbers_that_stand_for_none_stay() -> None:  # C138
    assert _scrambled("ssd_sdq_scores", "csdq_sdq_score", [-1, None] * 50) == [-1, None] * 50
    assert _scrambled("ssd_permanence", "perm_number_of_adopters", [0, -1]) == [0, -1]
    distances = _scrambled("ssd_cla_placement", "clap_cla_placement_distance", [-1.0, 999.9])
    assert distances == [-1.0, 999.9]


def test_a_sentinel_within_the_range_is_a_number() -> None:
    column = "csdq_sdq_score"
    local = {column: ("number", {"low": "-3", "high": "3"})}
    assert set(_scrambled("ssd_sdq_scores", column, [-1] * 300, local=local)) == {*range(-3, 4)}


def test_a_sentinel_in_a_column_of_number_codes_stays() -> None:
    column = "csdq_sdq_score"
    local = {column: ("code", {"list": "bit_flag"})}
    after = _scrambled("ssd_sdq_scores", column, [-1, 0, 1] * 50, local=local)
    assert after[::3] == [-1] * 50
    assert {*after[1::3]} == {0, 1}
