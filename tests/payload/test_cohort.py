from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from scrambler.payload import cohort, cohort_size

from .samples import AS_OF, END, START, Rows, frames

REFERRED: Rows = {
    "ssd_cin_episodes": [
        {
            "cine_referral_id": "r1",
            "cine_person_id": "p1",
            "cine_referral_date": datetime(2024, 5, 1),
            "cine_close_date": None,
        }
    ]
}


def person(**columns: Any) -> Rows:
    return {"ssd_person": [{"pers_person_id": "p1", "pers_dob": datetime(2015, 6, 1)} | columns]}


def members(rows: Rows, as_of: date = AS_OF) -> list[str]:
    return cohort(frames(rows), as_of).collect()["person_id"].to_list()


@pytest.mark.parametrize(
    ("columns", "inside"),
    [
        ({"pers_dob": datetime(1997, 4, 1)}, False),  # 26 on the first day
        ({"pers_dob": datetime(1997, 4, 2)}, True),
        ({"pers_dob": END}, True),
        ({"pers_dob": datetime(2025, 5, 22)}, False),
        ({"pers_dob": None}, False),
        ({"pers_dob": None, "pers_expected_dob": START}, True),
        ({"pers_dob": None, "pers_expected_dob": END}, True),
        ({"pers_dob": None, "pers_expected_dob": datetime(2025, 5, 22)}, False),
        ({"pers_dob": datetime(1980, 1, 1), "pers_expected_dob": START}, False),
        ({"pers_death_date": datetime(2024, 6, 1)}, True),
    ],
)
def test_age(columns: dict[str, Any], inside: bool) -> None:
    assert members(person(**columns) | REFERRED) == ["p1"] * inside


def test_a_referral_outside_the_window_is_none() -> None:
    closed = REFERRED["ssd_cin_episodes"][0] | {
        "cine_referral_date": datetime(2022, 1, 1),
        "cine_close_date": datetime(2023, 3, 31),
    }
    assert members(person() | {"ssd_cin_episodes": [closed]}) == []


@pytest.mark.parametrize(
    ("assessment", "inside"),
    [
        ([], True),
        ([None], True),
        ([datetime(2024, 5, 2)], False),
        ([None, datetime(2024, 5, 2)], False),
    ],
)
def test_an_open_referral_waits_until_an_assessment_starts(
    assessment: list[datetime | None], inside: bool
) -> None:
    """The referral has no date, so only the wait can let the child in."""
    rows = {
        "ssd_cin_episodes": [REFERRED["ssd_cin_episodes"][0] | {"cine_referral_date": None}],
        "ssd_cin_assessments": [
            {"cina_referral_id": "r1", "cina_assessment_start_date": start} for start in assessment
        ],
    }
    rows = {table: found for table, found in rows.items() if found}
    assert members(person() | rows) == ["p1"] * inside


@pytest.mark.parametrize(("end", "inside"), [(None, True), (datetime(2023, 3, 31), False)])
def test_a_child_in_need_plan_needs_no_referral(end: datetime | None, inside: bool) -> None:
    plan = {
        "cinp_person_id": "p1",
        "cinp_cin_plan_start_date": datetime(2023, 1, 1),
        "cinp_cin_plan_end_date": end,
    }
    assert members(person() | {"ssd_cin_plans": [plan]}) == ["p1"] * inside


def test_a_placement_finds_the_child_through_the_period_of_care() -> None:
    placement = {"clap_cla_id": "c1", "clap_cla_placement_start_date": datetime(2024, 1, 1)}
    episode = {"clae_person_id": "p1", "clae_cla_id": "c1"}
    rows = person() | {"ssd_cla_placement": [placement]}
    assert members(rows) == []
    assert members(rows | {"ssd_cla_episodes": [episode]}) == ["p1"]


def test_a_care_leaver_needs_an_open_referral() -> None:
    contact = {"clea_person_id": "p1", "clea_care_leaver_latest_contact": datetime(2024, 6, 1)}
    rows = person(pers_dob=datetime(2005, 1, 1)) | {"ssd_care_leavers": [contact]}
    assert members(rows) == []
    assert members(rows | REFERRED) == ["p1"]


def test_a_child_in_by_several_routes_is_in_once() -> None:
    plan = {"cinp_person_id": "p1", "cinp_cin_plan_start_date": datetime(2024, 1, 1)}
    rows = person() | REFERRED | {"ssd_cin_plans": [plan, plan]}
    assert cohort_size(frames(rows), AS_OF) == 1


def test_nobody_without_a_person_row() -> None:
    assert members(REFERRED) == []
    assert cohort_size(dict[str, pl.LazyFrame](), AS_OF) == 0
