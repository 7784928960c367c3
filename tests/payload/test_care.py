from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from .samples import END, START, Rows
from .test_episodes import REFERRAL, episode, episodes


def care(*reasons: tuple[str | None, str | None], **columns: Any) -> Rows:
    placement = {
        "clap_cla_placement_id": "m1",
        "clap_cla_id": "c1",
        "clap_cla_placement_start_date": datetime(2024, 6, 1),
        "clap_cla_placement_end_date": None,
    }
    return {
        "ssd_cla_placement": [placement | columns],
        "ssd_cla_episodes": [
            {
                "clae_person_id": "p1",
                "clae_cla_id": "c1",
                # Only the first names the referral; the reasons of all count.
                "clae_referral_id": None if number else "r1",
                "clae_cla_episode_start_reason": start,
                "clae_cla_episode_ceased_reason": end,
            }
            for number, (start, end) in enumerate(reasons or [(None, None)])
        ],
    }


def test_a_placement_is_sent_once_with_the_least_reasons_of_the_period() -> None:
    rows = care(
        ("S Started", "X1 Episode ends"),
        (" P Placement", " E4A"),
        (None, ""),
        clap_cla_placement_type=" U1 Foster",
        clap_cla_placement_postcode="ZZ99 3CZ",
        clap_cla_placement_change_reason="CHILD",
        clap_cla_placement_end_date=datetime(2024, 7, 1),
    )
    assert episode(rows)["child_looked_after_placements"] == [
        {
            "child_looked_after_placement_id": "m1",
            "start_date": "2024-06-01",
            "start_reason": "P",
            "postcode": "ZZ99 3CZ",
            "placement_type": "U1",
            "end_date": "2024-07-01",
            "end_reason": "E4",
            "change_reason": "CHILD",
            "purge": False,
        }
    ]


@pytest.mark.parametrize(
    ("reason", "sent"), [("E11 Adopted", "E11"), ("X1\tEnds", "X1"), ("\n\r E", None), (None, None)]
)
def test_the_end_reason_is_cut_before_blanks_go(reason: str | None, sent: str | None) -> None:
    [found] = episode(care((None, reason)))["child_looked_after_placements"]
    assert found.get("end_reason") == sent


def test_an_end_before_the_start_is_left_out() -> None:
    rows = care(clap_cla_placement_end_date=datetime(2024, 5, 31))
    [found] = episode(rows)["child_looked_after_placements"]
    assert found == {
        "child_looked_after_placement_id": "m1",
        "start_date": "2024-06-01",
        "purge": False,
    }


def test_an_end_on_the_day_of_the_start_is_sent() -> None:
    [found] = episode(care(clap_cla_placement_end_date=datetime(2024, 6, 1)))[
        "child_looked_after_placements"
    ]
    assert found["end_date"] == "2024-06-01"


def test_a_placement_outside_the_window_or_of_no_referral_is_none() -> None:
    over = care(
        clap_cla_placement_start_date=datetime(2022, 1, 1),
        clap_cla_placement_end_date=datetime(2023, 3, 31),
    )
    assert "child_looked_after_placements" not in episode(over)
    elsewhere = care()
    elsewhere["ssd_cla_episodes"][0]["clae_referral_id"] = "r9"
    assert "child_looked_after_placements" not in episode(elsewhere)


def permanence(**columns: Any) -> Rows:
    return {"ssd_permanence": [{"perm_table_id": "t1"} | columns]}


@pytest.mark.parametrize("route", [{"perm_person_id": "p1"}, {"perm_cla_id": "c1"}])
def test_adoption_is_found_by_person_and_by_period_and_stands_in_every_episode(
    route: dict[str, str],
) -> None:
    rows = care() | permanence(
        **route, perm_adm_decision_date=datetime(2021, 1, 1), perm_matched_date=START
    )
    second = REFERRAL | {"cine_referral_id": "r2"}
    found = episodes(rows | {"ssd_cin_episodes": [REFERRAL, second]})
    sent = {"initial_decision_date": "2021-01-01", "matched_date": "2023-04-01", "purge": False}
    assert [item["adoption"] for item in found] == [sent, sent]


def test_no_adoption_without_a_date_in_the_window() -> None:
    rows = permanence(perm_person_id="p1", perm_matched_date=datetime(2023, 3, 31))
    assert "adoption" not in episode(rows)


def test_the_latest_placed_else_matched_else_decision_date_wins() -> None:
    dates = [
        ("a", None, END, datetime(2024, 1, 1)),
        ("b", datetime(2025, 1, 1), None, None),
        ("c", None, datetime(2025, 1, 1), None),
    ]
    rows = [
        {
            "perm_table_id": key,
            "perm_person_id": "p1",
            "perm_adm_decision_date": decided,
            "perm_matched_date": matched,
            "perm_placed_for_adoption_date": placed,
        }
        for key, decided, matched, placed in dates
    ]
    # b and c tie on 1 January 2025: the greater row id is c.
    assert episode({"ssd_permanence": rows})["adoption"] == {
        "matched_date": "2025-01-01",
        "purge": False,
    }


def test_the_latest_contact_of_a_care_leaver_has_no_window() -> None:
    rows = [
        {
            "clea_person_id": "p1",
            "clea_care_leaver_latest_contact": day,
            "clea_care_leaver_activity": activity,
            "clea_care_leaver_accommodation": accommodation,
        }
        for day, activity, accommodation in [
            (None, "F1", "B"),
            (datetime(2019, 1, 1), "F4 Training", " U Independent"),
            (datetime(2018, 1, 1), "P1", "Z"),
        ]
    ]
    second = REFERRAL | {"cine_referral_id": "r2"}
    found = episodes({"ssd_care_leavers": rows, "ssd_cin_episodes": [REFERRAL, second]})
    sent = {
        "contact_date": "2019-01-01",
        "activity": "F4",
        "accommodation": "U",
        "purge": False,
    }
    assert [item["care_leavers"] for item in found] == [sent, sent]
