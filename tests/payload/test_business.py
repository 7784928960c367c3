"""Payloads that contradict themselves: each rule broken by one episode, and by no other."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from scrambler.payload import business_breaches

PLAN = {"child_in_need_plan_id": "p", "start_date": "2025-02-01", "end_date": "2025-03-01"}
SOUND: dict[str, Any] = {
    "social_care_episode_id": "e",
    "referral_date": "2025-01-01",
    "closure_date": "2025-04-01",
    "closure_reason": "RC7",
    "referral_no_further_action_flag": False,
    "child_and_family_assessments": [{"start_date": "2025-01-02"}],
    "child_in_need_plans": [PLAN],
}
WITHOUT_ACTION = {**SOUND, "referral_no_further_action_flag": True}


def found(*episodes: dict[str, Any] | None) -> list[tuple[int, str]]:
    payloads = [
        json.dumps({"la_child_id": "1", **({"social_care_episodes": [one]} if one else {})})
        for one in episodes
    ]
    return business_breaches(pl.Series(payloads)).select("index", "rule").rows()


@pytest.mark.parametrize(
    ("episode", "rule"),
    [
        (WITHOUT_ACTION, "nothing follows a referral without further action"),
        ({**SOUND, "closure_reason": "RC8"}, "nothing but an assessment before RC8 and RC9"),
        ({**SOUND, "closure_date": None}, "a reason where it was closed, and a day"),
        ({**SOUND, "closure_date": "2024-12-31"}, "closed after it was referred"),
        (
            {**SOUND, "child_in_need_plans": [{**PLAN, "end_date": "2025-01-31"}]},
            "ended after it began",
        ),
    ],
)
def test_a_contradiction_is_found_where_it_is(episode: dict[str, Any], rule: str) -> None:
    assert found(SOUND, episode, None, SOUND) == [(1, rule)]


def test_what_is_absent_contradicts_nothing() -> None:
    alone = {"social_care_episode_id": "e", "referral_no_further_action_flag": True}
    assert found(alone, {**alone, "closure_reason": None}, {}) == []


def test_what_is_no_payload_is_left_to_the_schema() -> None:
    assert business_breaches(pl.Series(["{"])).is_empty()
