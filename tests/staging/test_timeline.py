"""Payloads as people read them: days in order, labels of codes, what changed."""

from __future__ import annotations

import json

from scrambler.staging.timeline import Change, changes, timeline

PLACED = {
    "la_child_id": "a1",
    "child_details": {"first_name": "Ann", "sex": "F", "date_of_birth": "2010-01-02"},
    "social_care_episodes": [
        {
            "social_care_episode_id": "e1",
            "referral_date": "2024-03-03",
            "referral_no_further_action_flag": False,
            "child_looked_after_placements": [
                {
                    "child_looked_after_placement_id": "p1",
                    "start_date": "2024-04-01",
                    "placement_type": "U1",
                    "end_date": "2024-05-01",
                }
            ],
        }
    ],
}


def test_events_stand_in_the_order_of_their_days_with_labels() -> None:
    events = timeline(json.dumps(PLACED))
    assert [(one.day, one.what) for one in events] == [
        ("2010-01-02", "Child, date of birth"),
        ("2024-03-03", "Referral, referral"),
        ("2024-04-01", "Placement in care, start"),
        ("2024-05-01", "Placement in care, end"),
    ]
    assert ("sex", "F Female") in events[0].details
    assert ("referral no further action flag", "no") in events[1].details
    (label,) = (said for name, said in events[2].details if name == "placement type")
    assert label.startswith("U1 Foster, relative")


def test_what_changed_is_found_by_ids_and_not_by_places() -> None:
    later = json.loads(json.dumps(PLACED))
    first = {**later["social_care_episodes"][0], "social_care_episode_id": "e0"}
    later["social_care_episodes"].insert(0, {**first, "child_looked_after_placements": []})
    del later["social_care_episodes"][1]["child_looked_after_placements"][0]["end_date"]
    later["child_details"]["sex"] = "M"
    found = changes(json.dumps(PLACED), json.dumps(later))
    assert found[0] == Change("Child 1 · sex", "F Female", "M Male")
    end = "Referral e1 · Placement in care p1 · end date"
    assert Change(end, "2024-05-01", None) in found
    assert Change("Referral e0 · referral date", None, "2024-03-03") in found
    assert len(found) == 5
    assert changes(json.dumps(PLACED), json.dumps(PLACED)) == ()


def test_what_is_no_payload_has_no_events() -> None:
    for text in (None, "", "no JSON", "[]", '{"la_child_id": "a", "purge": true}', "[" * 9999):
        assert timeline(text) == ()
        assert changes(text, text) == ()
