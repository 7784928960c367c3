from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from scrambler.payload import build

from .samples import AS_OF, END, START, Rows, frames

REFERRAL = {
    "cine_referral_id": "r1",
    "cine_person_id": "p1",
    "cine_referral_date": datetime(2024, 5, 1),
    "cine_close_date": None,
}


def episodes(rows: Rows | None = None, as_of: date = AS_OF) -> list[dict[str, Any]]:
    base: Rows = {
        "ssd_person": [{"pers_person_id": "p1", "pers_dob": datetime(2015, 6, 1)}],
        "ssd_cin_episodes": [REFERRAL],
    }
    [text] = build(frames(base | (rows or {})), as_of)["json_payload"]
    found: list[dict[str, Any]] = json.loads(text)["social_care_episodes"]
    return found


def episode(rows: Rows | None = None, as_of: date = AS_OF, **referral: Any) -> dict[str, Any]:
    [found] = episodes({"ssd_cin_episodes": [REFERRAL | referral]} | (rows or {}), as_of)
    return found


@pytest.mark.parametrize(
    ("code", "sent"),
    [
        ("10", "10"),
        ("1A", "1A"),
        ("3F Other", "3F"),
        (" 5D", "5D"),
        ("4", "4"),
        ("63 local", "6"),
        ("2", None),
        ("5E", None),
        ("5", None),
        ("12", None),
        ("0", None),
        ("", None),
    ],
)
def test_referral_source(code: str, sent: str | None) -> None:
    assert episode(cine_referral_source_code=code).get("referral_source") == sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [("Y", True), ("t", True), ("1", True), ("N", False), ("F", False), ("0", False)]
    + [(text, None) for text in (" ", "X", "2", None)],
)
def test_no_further_action(text: str | None, sent: bool | None) -> None:
    assert episode(cine_referral_nfa=text).get("referral_no_further_action_flag") is sent


def test_closure() -> None:
    found = episode(cine_close_date=datetime(2025, 1, 2, 9), cine_close_reason=" RC8 closed")
    assert (found["closure_date"], found["closure_reason"]) == ("2025-01-02", "RC8")
    assert "closure_reason" not in episode(cine_close_reason="")


def test_referrals_of_the_window_newest_first_then_by_id() -> None:
    days = {"a": END, "b": START, "c": START, "d": datetime(2025, 5, 22), "e": datetime(2020, 1, 1)}
    rows = [
        REFERRAL | {"cine_referral_id": key, "cine_referral_date": day} for key, day in days.items()
    ]
    rows.append(rows[-1] | {"cine_referral_id": "f", "cine_close_date": datetime(2023, 3, 31)})
    found = episodes({"ssd_cin_episodes": rows})
    assert [item["social_care_episode_id"] for item in found] == ["a", "c", "b", "e"]


def test_ids_are_cut_to_36() -> None:
    assert episode(cine_referral_id="x" * 48)["social_care_episode_id"] == "x" * 36


def assessment(factors: str | None, **columns: Any) -> Rows:
    row = {
        "cina_assessment_id": "s1",
        "cina_referral_id": "r1",
        "cina_assessment_start_date": datetime(2024, 5, 2),
        "cina_assessment_auth_date": None,
    }
    rows: Rows = {"ssd_cin_assessments": [row | columns]}
    if factors is not None:
        rows["ssd_assessment_factors"] = [
            {
                "cinf_table_id": "f1",
                "cinf_assessment_id": "s1",
                "cinf_assessment_factors_json": factors,
            }
        ]
    return rows


@pytest.mark.parametrize(
    ("factors", "sent"),
    [
        (None, []),
        ("", []),
        ("null", []),
        (" [] ", []),
        ('["2B","1A","21"]', ["2B", "1A", "21"]),  # as it stands, not sorted
        ('[ "1A", null ,"3C"]', ["1A", "3C"]),
        ("1A, 2B", "1A, 2B"),  # no array: sent as text for the schema to refuse
        ('{"1A":"Yes"}', '{"1A":"Yes"}'),
    ],
)
def test_factors(factors: str | None, sent: Any) -> None:
    [found] = episode(assessment(factors))["child_and_family_assessments"]
    assert found["factors"] == sent


@pytest.mark.parametrize(
    ("start", "authorised", "inside"),
    [
        (datetime(2023, 3, 31), None, False),
        (datetime(2023, 3, 31), START, True),
        (END, None, True),
        (datetime(2025, 5, 22), None, False),
        (datetime(2022, 1, 1), datetime(2026, 1, 1), False),
    ],
)
def test_an_assessment_starts_or_is_authorised_in_the_window(
    start: datetime, authorised: datetime | None, inside: bool
) -> None:
    rows = assessment(None, cina_assessment_start_date=start, cina_assessment_auth_date=authorised)
    assert ("child_and_family_assessments" in episode(rows)) is inside


def test_an_authorisation_of_1900_is_sent_as_it_is() -> None:
    rows = assessment(None, cina_assessment_auth_date=datetime(1900, 1, 1))
    assert episode(rows)["child_and_family_assessments"] == [
        {
            "child_and_family_assessment_id": "s1",
            "start_date": "2024-05-02",
            "authorisation_date": "1900-01-01",
            "factors": [],
            "purge": False,
        }
    ]


@pytest.mark.parametrize(
    ("table", "prefix", "array", "key"),
    [
        ("ssd_cin_plans", "cinp", "child_in_need_plans", "cin"),
        ("ssd_cp_plans", "cppl", "child_protection_plans", "cp"),
    ],
)
def test_plans_newest_first(table: str, prefix: str, array: str, key: str) -> None:
    spells = [
        ("a", datetime(2023, 1, 1), datetime(2023, 3, 31)),
        ("b", datetime(2023, 1, 1), START),
        ("c", datetime(2024, 1, 1), None),
        ("d", datetime(2024, 1, 1), datetime(2024, 2, 1)),
        ("e", datetime(2025, 5, 22), None),
        ("f", None, None),
    ]
    rows = [
        {
            f"{prefix}_{key}_plan_id": name,
            f"{prefix}_referral_id": "r1",
            f"{prefix}_{key}_plan_start_date": start,
            f"{prefix}_{key}_plan_end_date": end,
        }
        for name, start, end in spells
    ]
    name = array[:-1] + "_id"
    assert episode({table: rows})[array] == [
        {name: "d", "start_date": "2024-01-01", "end_date": "2024-02-01", "purge": False},
        {name: "c", "start_date": "2024-01-01", "purge": False},
        {name: "b", "start_date": "2023-01-01", "end_date": "2023-04-01", "purge": False},
    ]


def enquiry(**columns: Any) -> Rows:
    row = {
        "s47e_s47_enquiry_id": "e1",
        "s47e_referral_id": "r1",
        "s47e_s47_start_date": datetime(2024, 6, 1),
        "s47e_s47_end_date": None,
    }
    return {"ssd_s47_enquiry": [row | columns]}


@pytest.mark.parametrize(
    ("outcome", "flag"),
    [
        ('{"CP_CONFERENCE_FLAG":"Y"}', True),
        ('{"CP_CONFERENCE_FLAG":true}', True),
        ('{"CP_CONFERENCE_FLAG":"N","NFA_FLAG":"Y"}', False),
        ('{"CP_CONFERENCE_FLAG":"0"}', False),
        ('{"CP_CONFERENCE_FLAG":""}', None),
        ('{"OUTCOME_CP_CONFERENCE_FLAG":"Y"}', None),
        ("CP conference", None),
        ('{"OUTCOME_COMMENTS":"said "no"","CP_CONFERENCE_FLAG":"Y"}', None),
        (None, None),
    ],
)
def test_conference_flag(outcome: str | None, flag: bool | None) -> None:
    [found] = episode(enquiry(s47e_s47_outcome_json=outcome))["section_47_assessments"]
    assert found.get("icpc_required_flag") is flag


def test_the_latest_conference_is_sent_and_may_let_the_enquiry_in() -> None:
    old = enquiry(s47e_s47_start_date=datetime(2022, 1, 1), s47e_s47_end_date=datetime(2022, 2, 1))
    held = [
        {"icpc_s47_enquiry_id": "e1", "icpc_icpc_date": day}
        for day in (START, datetime(2022, 3, 1), None)
    ]
    assert "section_47_assessments" not in episode(old)
    assert episode(old | {"ssd_initial_cp_conference": held})["section_47_assessments"] == [
        {
            "section_47_assessment_id": "e1",
            "start_date": "2022-01-01",
            "icpc_date": "2023-04-01",
            "end_date": "2022-02-01",
            "purge": False,
        }
    ]
    late = [*held, {"icpc_s47_enquiry_id": "e1", "icpc_icpc_date": datetime(2026, 1, 1)}]
    assert "section_47_assessments" not in episode(old | {"ssd_initial_cp_conference": late})


def worker(role: str = "CW", number: str | None = "SW1234567890123", **columns: Any) -> Rows:
    spell = {
        "invo_involvements_id": "v1",
        "invo_professional_id": "w1",
        "invo_professional_role_id": role,
        "invo_involvement_start_date": datetime(2024, 6, 1),
        "invo_involvement_end_date": None,
        "invo_referral_id": "r1",
    }
    professional = {"prof_professional_id": "w1", "prof_social_worker_registration_no": number}
    plan = {"cinp_referral_id": "r1", "cinp_cin_plan_start_date": datetime(2024, 6, 1)}
    return {
        "ssd_involvements": [spell | columns],
        "ssd_professionals": [professional],
        "ssd_cin_plans": [plan],
    }


def test_a_case_worker_has_no_purge_and_12_characters() -> None:
    assert episode(worker())["care_worker_details"] == [
        {"worker_id": "SW1234567890", "start_date": "2024-06-01"}
    ]


@pytest.mark.parametrize(
    "rows",
    [
        worker(role="IRO"),
        worker(number=None),
        worker(number=" "),
        worker(invo_involvement_start_date=datetime(2025, 4, 1)),
        worker(invo_involvement_end_date=datetime(2025, 3, 30)),
        worker(invo_professional_id="w2"),
        worker() | {"ssd_cin_plans": []},
        worker()
        | {
            "ssd_cin_plans": [
                {
                    "cinp_referral_id": "r1",
                    "cinp_cin_plan_start_date": datetime(2022, 1, 1),
                    "cinp_cin_plan_end_date": datetime(2023, 3, 31),
                }
            ]
        },
    ],
)
def test_nobody_else_is_sent(rows: Rows) -> None:
    kept = {table: found for table, found in rows.items() if found}
    assert "care_worker_details" not in episode(kept)


@pytest.mark.parametrize(
    ("as_of", "sent"),
    [
        (date(2025, 3, 29), False),
        (date(2025, 3, 30), True),
        (date(2025, 12, 30), True),
        (date(2025, 12, 31), False),
    ],
)
def test_no_worker_from_31_december_to_29_march(as_of: date, sent: bool) -> None:
    assert ("care_worker_details" in episode(worker(), as_of)) is sent
