from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from scrambler.payload import build

from .samples import AS_OF, END, START, Rows, frames


def payload(rows: Rows | None = None, **person: Any) -> dict[str, Any]:
    base: Rows = {
        "ssd_person": [{"pers_person_id": "p1", "pers_dob": datetime(2015, 6, 1)} | person],
        "ssd_cin_episodes": [
            {
                "cine_referral_id": "r1",
                "cine_person_id": "p1",
                "cine_referral_date": datetime(2024, 5, 1),
                "cine_close_date": None,
            }
        ],
    }
    [text] = build(frames(base | (rows or {})), AS_OF)["json_payload"]
    found: dict[str, Any] = json.loads(text)
    return found


def details(rows: Rows | None = None, **person: Any) -> dict[str, Any]:
    found: dict[str, Any] = payload(rows, **person)["child_details"]
    return found


def test_the_legacy_id_is_trimmed_cut_and_left_out_when_blank() -> None:
    assert payload(pers_legacy_id=" " + "l" * 40)["mis_child_id"] == "l" * 36
    assert "mis_child_id" not in payload(pers_legacy_id="  ")


@pytest.mark.parametrize(
    ("upn", "unknown", "sent_upn", "reason"),
    [
        ("B801200005001", None, "B801200005001", None),
        ("un3 ", None, None, "UN3"),
        ("UN10", " ", None, "UN10"),
        ("UN1", "UN2", None, "UN2"),
        (None, " UN10x", None, "UN10"),
        ("UN11", None, "UN11", None),
        (None, None, None, None),
    ],
)
def test_a_un_code_in_the_upn_column_is_the_reason(
    upn: str | None, unknown: str | None, sent_upn: str | None, reason: str | None
) -> None:
    found = details(pers_upn=upn, pers_upn_unknown=unknown)
    assert found.get("unique_pupil_number") == sent_upn
    assert found.get("unique_pupil_number_unknown_reason") == reason


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([("A", 1, "B801200005001"), ("B", 2, "C801200005001")], "C801200005001"),
        ([("A", 2, "B801200005001"), ("B", 2, "C801200005001")], "C801200005001"),
        ([("A", 1, "B801200005001"), ("B", 2, "C80120000500")], None),  # latest, but too short
        ([("A", None, "B801200005001"), ("B", 1, "C801200005001")], "C801200005001"),
        ([("A", 1, " B801200005001 ")], "B801200005001"),
        ([], None),
    ],
)
def test_former_upn(links: list[tuple[str, int | None, str]], expected: str | None) -> None:
    rows = [
        {
            "link_table_id": key,
            "link_person_id": "p1",
            "link_identifier_type": "Former Unique Pupil Number",
            "link_identifier_value": value,
            "link_valid_from_date": year and datetime(2020 + year, 1, 1),
        }
        for key, year, value in links
    ]
    other = {"link_person_id": "p1", "link_identifier_type": "Unique Pupil Number"}
    found = details({"ssd_linked_identifiers": [*rows, other]})
    assert found.get("former_unique_pupil_number") == expected


@pytest.mark.parametrize(
    ("sex", "sent"),
    [
        *[("M", "M"), ("F", "F"), ("U", "U"), ("Male", "M"), ("female ", "F"), ("F Female", "F")],
        *[("Unknown", "U"), ("Malefactor", "U"), ("m", "M"), ("1", "U"), (None, "U")],
    ],
)
def test_sex_is_always_sent(sex: str | None, sent: str) -> None:
    assert details(pers_sex=sex)["sex"] == sent


def test_an_unborn_child_has_an_expected_date_only() -> None:
    found = details(pers_dob=None, pers_expected_dob=datetime(2025, 5, 1, 13))
    assert "date_of_birth" not in found
    assert found["expected_date_of_birth"] == "2025-05-01"


@pytest.mark.parametrize(
    ("ethnicity", "sent"),
    [
        (" WBRI White British", "WBRI"),
        ("White British", "WBRI"),
        ("white british ", "WBRI"),
        ("CHNE - Chinese", "CHNE"),
        ("CNHE", "CNHE"),  # as the schema will say
        ("White Briton", "Whit"),
    ],
)
def test_ethnicity_is_a_code_or_cut_to_four(ethnicity: str, sent: str) -> None:
    assert details(pers_ethnicity=ethnicity)["ethnicity"] == sent


@pytest.mark.parametrize(
    ("codes", "sent"),
    [
        ([], ["NONE"]),
        ([" "], ["NONE"]),
        (["vis impaired", "MOB", " mob ", "hearing", "HEAR"], ["HEAR", "MOB", "VIS"]),
        (["Learning", "LD Learning", "Personal care"], ["LD", "PC"]),
        ([f"D{number:02d}" for number in range(13)], [f"D{number:02d}" for number in range(12)]),
    ],
)
def test_disabilities(codes: list[str], sent: list[str]) -> None:
    rows = [{"disa_person_id": "p1", "disa_disability_code": code} for code in codes]
    assert details({"ssd_disability": rows} if rows else None)["disabilities"] == sent


@pytest.mark.parametrize(
    ("addresses", "sent"),
    [
        ([("a", 2020, "ZZ99 1AA"), ("b", 2021, "ZZ99 2BB")], "ZZ99 2BB"),
        ([("a", 2021, "ZZ99 1AA"), ("b", 2021, "ZZ99 2BB")], "ZZ99 2BB"),
        ([("a", None, "ZZ99 1AA"), ("b", 1990, "ZZ99 2BB")], "ZZ99 2BB"),
        ([("a", 2020, "ZZ99 1AA"), ("b", 2021, "")], None),  # the latest has none
        ([("a", 2020, "ZZ99 1AA too long")], "ZZ99 1AA too long"),  # the builder cuts nothing
    ],
)
def test_postcode_of_the_latest_address(
    addresses: list[tuple[str, int | None, str]], sent: str | None
) -> None:
    rows = [
        {
            "addr_table_id": key,
            "addr_person_id": "p1",
            "addr_address_start_date": year and datetime(year, 1, 1),
            "addr_address_postcode": postcode,
        }
        for key, year, postcode in addresses
    ]
    assert details({"ssd_address": rows}).get("postcode") == sent


@pytest.mark.parametrize(
    ("status", "end", "flag"),
    [
        ("U", None, True),
        (" u ", START, True),
        ("U", datetime(2023, 3, 31), False),
        ("UASC", None, True),
        ("Refugee Status", None, False),
        (None, None, False),
    ],
)
def test_unaccompanied(status: str | None, end: datetime | None, flag: bool) -> None:
    row = {
        "immi_person_id": "p1",
        "immi_immigration_status": status,
        "immi_immigration_status_end_date": end,
    }
    found = details({"ssd_immigration_status": [row]})
    assert found["uasc_flag"] is flag
    assert ("uasc_end_date" in found) is (flag and end is not None)


def test_scores_in_the_window_newest_first() -> None:
    scores = [
        (START, 1),
        (END, 2),
        (datetime(2023, 3, 31), 3),
        (datetime(2025, 5, 22), 4),
        (datetime(2024, 1, 1), None),
        (datetime(2024, 2, 1), 0),
        (datetime(2024, 2, 1), 9),
        (None, 5),
    ]
    rows = [
        {"csdq_person_id": "p1", "csdq_sdq_completed_date": day, "csdq_sdq_score": score}
        for day, score in scores
    ]
    assert payload({"ssd_sdq_scores": rows})["health_and_wellbeing"] == {
        "sdq_assessments": [
            {"date": "2025-05-21", "score": 2},
            {"date": "2024-02-01", "score": 9},
            {"date": "2024-02-01", "score": 0},
            {"date": "2023-04-01", "score": 1},
        ],
        "purge": False,
    }
    assert "health_and_wellbeing" not in payload({"ssd_sdq_scores": rows[2:5]})


@pytest.mark.parametrize(
    ("status", "flag"),
    [
        ("U", True),
        ("u ", True),
        ("UASC", True),
        ("U - UASC", True),
        ("Asylum (uasc)", True),
        ("Unaccompanied Asylum Seeking Child", True),
        ("Unaccompanied asylum seeking child (value the main payload builder tests)", True),
        ("Adult Asylum Seeker", False),
        ("Unknown", False),
        ("U2", False),
    ],
)
def test_every_spelling_of_unaccompanied_is_flagged_with_its_end(status: str, flag: bool) -> None:
    row = {
        "immi_immigration_status_id": "i1",
        "immi_person_id": "p1",
        "immi_immigration_status": status,
        "immi_immigration_status_end_date": datetime(2024, 5, 6),
    }
    found = details({"ssd_immigration_status": [row]})
    assert found["uasc_flag"] is flag
    assert found.get("uasc_end_date") == ("2024-05-06" if flag else None)
