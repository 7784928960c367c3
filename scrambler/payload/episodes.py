"""`social_care_episodes`: one object a referral, everything about it inside."""

from __future__ import annotations

import polars as pl

from scrambler.payload.care import adoption, care_leavers, placements
from scrambler.payload.codes import cut_code, meant
from scrambler.payload.episode_arrays import (
    assessments,
    enquiries,
    in_need_plans,
    protection_plans,
    workers,
)
from scrambler.payload.json_text import (
    PURGE,
    cut_text,
    day,
    json_arrays,
    json_object,
    member,
    nested,
    truth,
)
from scrambler.payload.tables import Tables, among
from scrambler.payload.window import Window

_SOURCE = r"^\s*(10|[1-3][A-F]|5[A-D]|[46-9])"

_ARRAYS = {
    "child_and_family_assessments": assessments,
    "child_in_need_plans": in_need_plans,
    "section_47_assessments": enquiries,
    "child_protection_plans": protection_plans,
    "child_looked_after_placements": placements,
    "care_worker_details": workers,
}


def social_care_episodes(tables: Tables, people: pl.DataFrame, when: Window) -> pl.LazyFrame:
    """Return ``person_id`` and ``social_care_episodes`` of those with a referral in the window.

    Newest referral first, then the greatest referral id. Adoption and leaving care are the child's,
    and stand in every episode.
    """
    ids = people["pers_person_id"]
    columns = (
        "cine_referral_id",
        "cine_referral_date",
        "cine_referral_source_code",
        "cine_close_date",
        "cine_close_reason",
        "cine_referral_nfa",
    )
    referrals = (
        among(tables, "ssd_cin_episodes", "cine_person_id", ids, columns)
        .filter(when.meets("cine_referral_date", "cine_close_date"))
        .rename({"cine_person_id": "person_id", "cine_referral_id": "referral_id"})
        .collect()
    )
    episodes = referrals.lazy()
    for key, build in _ARRAYS.items():
        array = build(tables, referrals["referral_id"], when).rename({"array": key})
        episodes = episodes.join(array, on="referral_id", how="left")
    for part in (adoption(tables, ids, when), care_leavers(tables, ids)):
        episodes = episodes.join(part, on="person_id", how="left")
    newest = ("cine_referral_date", "referral_id")
    return json_arrays(episodes, "person_id", newest, _episode()).rename(
        {"array": "social_care_episodes"}
    )


def _episode() -> pl.Expr:
    # Workers are sent only of a referral that sends a plan.
    gated = pl.when(pl.col("child_in_need_plans").is_not_null()).then("care_worker_details")
    source = "cine_referral_source_code"
    said = pl.coalesce(meant("ssd_cin_episodes", source), source)
    return json_object(
        cut_text("social_care_episode_id", "referral_id"),
        day("referral_date", pl.col("cine_referral_date")),
        member("referral_source", said.str.extract(_SOURCE)),
        day("closure_date", pl.col("cine_close_date")),
        cut_code("closure_reason", "ssd_cin_episodes", "cine_close_reason"),
        member("referral_no_further_action_flag", truth(pl.col("cine_referral_nfa"))),
        nested("child_and_family_assessments", pl.col("child_and_family_assessments")),
        nested("child_in_need_plans", pl.col("child_in_need_plans")),
        nested("section_47_assessments", pl.col("section_47_assessments")),
        nested("child_protection_plans", pl.col("child_protection_plans")),
        nested("child_looked_after_placements", pl.col("child_looked_after_placements")),
        nested("adoption", pl.col("adoption")),
        nested("care_leavers", pl.col("care_leavers")),
        nested("care_worker_details", gated),
        PURGE,
    )
