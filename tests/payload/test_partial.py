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


def changed(edit: Any) -> dict[str, Any]:
    new = copy.deepcopy(CHILD)
    edit(new, new["social_care_episodes"][0])
    [text] = partial(pl.Series([json.dumps(CHILD)]), pl.Series([json.dumps(new)]))
    found: dict[str, Any] = json.loads(text)
    assert text == json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    assert {key: found.pop(key) for key in REQUIRED} == {key: new[key] for key in REQUIRED}
    return found


def in_episode(**blocks: Any) -> dict[str, Any]:
    return {"social_care_episodes": [{"social_care_episode_id": "r2"} | blocks | {"purge": False}]}


def test_no_change_leaves_the_required_parts() -> None:
    assert changed(lambda child, episode: None) == {}


def test_a_change_of_the_child_is_in_the_required_parts() -> None:
    assert changed(lambda child, episode: child["child_details"].update(sex="M")) == {}


def test_a_value_of_an_episode() -> None:
    assert changed(lambda child, episode: episode.update(closure_reason="RC1")) == in_episode(
        closure_reason="RC1"
    )


def test_the_changed_plan_alone_with_its_id_and_purge() -> None:
    plan = {"child_in_need_plan_id": "n2", "end_date": "2024-09-01", "purge": False}
    assert changed(
        lambda child, episode: episode["child_in_need_plans"][1].update(end_date="2024-09-01")
    ) == in_episode(child_in_need_plans=[plan])


def test_a_placement_keeps_no_purge_unless_it_is_new() -> None:
    new = {"child_looked_after_placement_id": "m2", "postcode": "ZZ99 2AA", "purge": False}

    def edit(child: Any, episode: Any) -> None:
        episode["child_looked_after_placements"][0]["postcode"] = "ZZ99 3AA"
        episode["child_looked_after_placements"].insert(0, new)

    old = {"child_looked_after_placement_id": "m1", "postcode": "ZZ99 3AA"}
    assert changed(edit) == in_episode(child_looked_after_placements=[new, old])


def test_blocks_that_keep_purge_and_one_that_does_not() -> None:
    def edit(child: Any, episode: Any) -> None:
        episode["care_leavers"]["activity"] = "F2"
        episode["adoption"]["matched_date"] = "2024-02-02"

    assert changed(edit) == in_episode(
        adoption={"matched_date": "2024-02-02"}, care_leavers={"activity": "F2", "purge": False}
    )


def test_scores_have_no_id_and_are_sent_together() -> None:
    def edit(child: Any, episode: Any) -> None:
        child["health_and_wellbeing"]["sdq_assessments"].insert(0, {"date": "2025-01-01"})

    scores = [{"date": "2025-01-01"}, {"date": "2024-01-01", "score": 3}]
    assert changed(edit) == {"health_and_wellbeing": {"sdq_assessments": scores, "purge": False}}


def test_two_spells_of_one_worker_are_sent_together() -> None:
    spells = [{"worker_id": "SW1"}, {"worker_id": "SW1", "start_date": "2024-06-01"}]
    assert changed(lambda child, episode: episode.update(care_worker_details=spells)) == in_episode(
        care_worker_details=spells
    )


def test_a_list_that_lost_an_item_and_an_object_that_lost_a_key_are_whole() -> None:
    def edit(child: Any, episode: Any) -> None:
        del episode["child_in_need_plans"][0]
        del episode["care_leavers"]["accommodation"]

    assert changed(edit) == in_episode(
        child_in_need_plans=[CHILD["social_care_episodes"][0]["child_in_need_plans"][1]],
        care_leavers={"activity": "F1", "purge": False},
    )


def test_a_child_that_lost_an_episode_sends_all_that_are_left() -> None:
    assert changed(lambda child, episode: child["social_care_episodes"].pop()) == {
        "social_care_episodes": CHILD["social_care_episodes"][:1]
    }


def test_a_new_payload_is_whole() -> None:
    text = json.dumps(CHILD)
    assert partial(pl.Series([None], dtype=pl.String), pl.Series([text])).to_list() == [text]


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
    texts = partial(pairs["json_payload"], pairs["json_payload_new"])
    for before, after, text in zip(
        pairs["json_payload"], pairs["json_payload_new"], texts, strict=True
    ):
        was = json.loads(before).get("social_care_episodes", [])
        now = json.loads(after).get("social_care_episodes", [])
        sent = json.loads(text).get("social_care_episodes", [])
        assert sent == [
            {
                "social_care_episode_id": new["social_care_episode_id"],
                "closure_reason": "RC9",
                "purge": False,
            }
            for new, past in zip(now, was, strict=True)
            if new != past
        ]


def test_a_list_whose_order_alone_changed_is_sent_whole() -> None:
    """An empty list would say that there is nothing."""

    def turn(child: dict[str, Any], episode: dict[str, Any]) -> None:
        episode["child_in_need_plans"].reverse()
        child["child_details"]["sex"] = "M"

    found = changed(turn)
    [episode] = found["social_care_episodes"]
    assert [plan["child_in_need_plan_id"] for plan in episode["child_in_need_plans"]] == [
        "n2", "n1",
    ]  # fmt: skip


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
