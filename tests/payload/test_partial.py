from __future__ import annotations

import copy
import json
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from scrambler.payload import build, deletion, partial, validate

from .samples import AS_OF, frames, sample

CHILD: dict[str, Any] = {
    "la_child_id": "p1",
    "mis_child_id": "L1",
    "purge": False,
    "child_details": {"first_name": "Zoë \u2028", "sex": "F", "disabilities": ["NONE"]},
    "health_and_wellbeing": {
        "sdq_assessments": [{"date": "2024-01-01", "score": 3}],
        "purge": False,
    },
    "social_care_episodes": [
        {
            "social_care_episode_id": "r2",
            "referral_date": "2024-05-01",
            "child_in_need_plans": [
                {"child_in_need_plan_id": "n1", "start_date": "2024-06-01", "purge": False},
                {"child_in_need_plan_id": "n2", "start_date": "2024-05-01", "purge": False},
            ],
            "child_looked_after_placements": [
                {"child_looked_after_placement_id": "m1", "postcode": "ZZ99 1AA", "purge": False}
            ],
            "adoption": {"matched_date": "2024-01-01", "purge": False},
            "care_leavers": {"activity": "F1", "accommodation": "B", "purge": False},
            "care_worker_details": [{"worker_id": "SW1", "start_date": "2024-06-01"}],
            "purge": False,
        },
        {"social_care_episode_id": "r1", "referral_date": "2023-05-01", "purge": False},
    ],
}
REQUIRED = {key: CHILD[key] for key in ("la_child_id", "mis_child_id", "child_details")}


WORKER = "social_care_episodes[].care_worker_details[]"


def compared(new: dict[str, Any], **choices: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what a partial payload says beside the required parts, and the removals it lacks."""
    found = partial(pl.Series([json.dumps(CHILD)]), pl.Series([json.dumps(new)]), **choices)
    text = found.payloads.item()
    said: dict[str, Any] = json.loads(text)
    assert text == json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    assert validate(found.payloads, nested_purge=True).height == 0
    assert {key: said.pop(key) for key in REQUIRED} == {key: new[key] for key in REQUIRED}
    return said, found.removals


def edited(edit: Any) -> dict[str, Any]:
    new = copy.deepcopy(CHILD)
    edit(new, new["social_care_episodes"][0])
    return new


def test_no_change_leaves_the_required_parts() -> None:
    assert compared(CHILD) == ({}, {})


def test_a_change_of_the_child_is_in_the_required_parts() -> None:
    new = edited(lambda child, episode: child["child_details"].update(sex="M"))
    assert compared(new) == ({}, {})


def test_a_list_that_changed_is_whole() -> None:
    """Right for receivers that replace a list, and for those that match its items by id."""

    def edit(child: Any, episode: Any) -> None:
        episode["child_in_need_plans"][1]["end_date"] = "2024-09-01"
        episode["child_looked_after_placements"].insert(
            0, {"child_looked_after_placement_id": "m2", "postcode": "ZZ99 2AA", "purge": False}
        )

    new = edited(edit)
    assert compared(new) == ({"social_care_episodes": new["social_care_episodes"]}, {})


def test_scores_have_no_id_and_are_sent_together() -> None:
    new = edited(
        lambda child, episode: child["health_and_wellbeing"]["sdq_assessments"].insert(
            0, {"date": "2025-01-01"}
        )
    )
    assert compared(new) == ({"health_and_wellbeing": new["health_and_wellbeing"]}, {})


def lose(child: Any, episode: Any) -> None:
    del episode["child_in_need_plans"][0]
    del episode["adoption"]
    del episode["care_leavers"]["accommodation"]
    del episode["care_worker_details"]
    del child["health_and_wellbeing"]
    child["social_care_episodes"].pop()


def test_what_vanished_is_counted_by_place() -> None:
    new = edited(lose)
    assert compared(new) == (
        {"social_care_episodes": new["social_care_episodes"]},
        {
            "social_care_episodes[].child_in_need_plans[]": 1,
            "social_care_episodes[].adoption": 1,
            "social_care_episodes[].care_leavers.accommodation": 1,
            WORKER: 1,
            "health_and_wellbeing": 1,
            "social_care_episodes[]": 1,
        },
    )


def test_nested_purges_say_all_but_single_values_and_workers() -> None:
    new = edited(lose)
    said, removals = compared(new, nested_purge=True)
    [episode] = new["social_care_episodes"]
    gone = {"child_in_need_plan_id": "n1", "purge": True}
    plans = [*episode["child_in_need_plans"], gone]
    assert said == {
        "social_care_episodes": [
            episode | {"child_in_need_plans": plans, "adoption": {"purge": True}},
            {"social_care_episode_id": "r1", "purge": True},
        ],
        "health_and_wellbeing": {"purge": True},
    }
    assert removals == {"social_care_episodes[].care_leavers.accommodation": 1, WORKER: 1}


def test_in_doubt_all_is_said_and_all_that_may_be_there_is_purged() -> None:
    """Of an earlier payload, of one whose answer was lost, and of what was purged in doubt."""
    tried = edited(
        lambda child, episode: episode.update(
            child_in_need_plans=[{"child_in_need_plan_id": "n3", "purge": False}]
        )
    )
    new = edited(lambda child, episode: episode.update(child_in_need_plans=[]))
    doubt = {"tried": pl.Series([json.dumps(tried)]), "whole": pl.Series([True])}
    said, removals = compared(new, nested_purge=True, **doubt)
    assert said.keys() == CHILD.keys() - REQUIRED.keys()
    purged = [{"child_in_need_plan_id": name, "purge": True} for name in ("n3", "n1", "n2")]
    assert said["social_care_episodes"][0]["child_in_need_plans"] == purged
    assert removals == {}


def test_a_new_payload_is_whole() -> None:
    text = json.dumps(CHILD)
    found = partial(pl.Series([None], dtype=pl.String), pl.Series([text]))
    assert (found.payloads.to_list(), found.removals) == ([text], {})


def test_series_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        partial(pl.Series(["{}", "{}"]), pl.Series(["{}"]))


def test_a_deletion_has_the_ids_that_were_sent() -> None:
    sent = pl.Series([json.dumps(CHILD), '{"la_child_id":"p2","purge":false}'])
    deleted = deletion(sent)
    assert deleted.to_list() == [
        '{"la_child_id":"p1","mis_child_id":"L1","purge":true}',
        '{"la_child_id":"p2","purge":true}',
    ]
    assert validate(deleted).height == 0


def test_partials_of_samples_say_what_changed_and_no_more() -> None:
    old = build(frames(sample(1)), AS_OF)
    rows = sample(1)
    for referral in rows["ssd_cin_episodes"]:
        referral["cine_close_reason"] = "RC9"
    pairs = old.join(build(frames(rows), AS_OF), on="person_id", suffix="_new")
    found = partial(pairs["json_payload"], pairs["json_payload_new"])
    for before, after, text in zip(
        pairs["json_payload"], pairs["json_payload_new"], found.payloads, strict=True
    ):
        was, now = json.loads(before), json.loads(after)
        assert json.loads(text) == {
            key: value for key, value in now.items() if key in REQUIRED or value != was.get(key)
        }


def test_a_time_of_day_changes_nothing() -> None:
    """It is not sent, so it does not move what is."""

    def payloads(hour: int) -> pl.DataFrame:
        plans = [
            {
                "cinp_cin_plan_id": key,
                "cinp_referral_id": "r1",
                "cinp_cin_plan_start_date": datetime(2025, 2, 1, at),
                "cinp_cin_plan_end_date": None,
            }
            for key, at in (("a", hour), ("b", 10))
        ]
        person = {"pers_person_id": "p1", "pers_dob": datetime(2015, 6, 1)}
        referral = {
            "cine_referral_id": "r1",
            "cine_person_id": "p1",
            "cine_referral_date": datetime(2024, 5, 1),
            "cine_close_date": None,
        }
        rows = {"ssd_person": [person], "ssd_cin_episodes": [referral], "ssd_cin_plans": plans}
        return build(frames(rows), AS_OF)

    assert payloads(9).equals(payloads(11))
