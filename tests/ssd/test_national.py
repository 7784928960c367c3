"""Weights of codes: whole lists, in the proportions that were published."""

from __future__ import annotations

import pytest

from scrambler.ssd import ssd
from scrambler.ssd.national import national_weights
from scrambler.ssd.read_facts import facts


def test_a_list_has_a_weight_for_every_code_that_is_drawn_or_for_none() -> None:
    for name, weights in national_weights().items():
        assert {*weights} == {*ssd().code_lists[name].codes}
        assert sum(weights.values()) < 2**31  # as many as a draw can tell apart


@pytest.mark.parametrize(
    ("code_list", "total"), [("abuse_category", 51_510), ("referral_source", 642_980)]
)
def test_numbers_add_up_to_the_published_total(code_list: str, total: int) -> None:
    rows = [row for row in facts("national_weights") if row["code_list"] == code_list]
    assert sum(int(row["number"]) for row in rows) == total


def test_codes_that_are_counted_together_share_their_number() -> None:
    weights = national_weights()["referral_source"]
    assert {weights[f"1{letter}"] for letter in "ABCD"} == {12 * 52_290 // 4}
    assert weights["6"] == 12 * 184_760
