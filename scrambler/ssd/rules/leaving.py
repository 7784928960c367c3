"""Rules about health, missing episodes and leaving care."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.check import each
from scrambler.ssd.rules.condition import aged, distinct, implies, in_order, together, under
from scrambler.ssd.rules.rule import LATEST, rule

_CONTACT = "clea_care_leaver_latest_contact"
_IN_TOUCH, _ELIGIBILITY = col("clea_care_leaver_in_touch"), col("clea_care_leaver_eligibility")


def _at(first: int, last: int) -> pl.Expr:
    return aged(first, _CONTACT) & under(last + 1, _CONTACT)


LEAVING = (
    rule("C101", each(distinct("clai_person_id"))),
    rule(
        "C102",
        each(
            col("csdq_sdq_score").is_between(0, 40)
            & (col("csdq_sdq_reason").is_null() | col("csdq_sdq_score").is_null())
        )
        & each(
            implies(
                col("csdq_sdq_score").is_not_null(),
                aged(4, "csdq_sdq_completed_date") & under(17, "csdq_sdq_completed_date"),
            ),
            "csdq_person_id",
        ),
        why="The age is judged where there is a score: outside 4 to 16 is a reason for none.",
    ),
    rule(
        "C103",
        each(in_order("miss_missing_episode_start_date", "miss_missing_episode_end_date"))
        & each(under(18, "miss_missing_episode_end_date"), "miss_person_id"),
    ),
    rule(
        "C104",
        each(
            implies(
                col("miss_missing_rhi_accepted").is_in(["Y", "N"]),
                col("miss_missing_rhi_offered").eq_missing("Y"),
            )
        ),
    ),
    rule(
        "C105",
        each(implies(col(_CONTACT).is_not_null(), _IN_TOUCH == "YES"))
        & each(
            implies(_IN_TOUCH == "DIED", col("pers_death_date").is_not_null()), "clea_person_id"
        ),
    ),
    rule(
        "C106",
        each(_at(16, 25), "clea_person_id"),
        why="That the latest row of a child stays the latest compares source and output.",
        lost=LATEST,
    ),
    rule(
        "C107",
        each(
            implies(_ELIGIBILITY.is_in(["Eligible", "Relevant"]), _at(16, 17))
            & implies(_ELIGIBILITY == "Former Relevant", aged(18, _CONTACT))
            & implies(_ELIGIBILITY == "Qualifying", _at(16, 25)),
            "clea_person_id",
        ),
    ),
    rule(
        "C108",
        each(together("clea_care_leaver_accommodation", "clea_care_leaver_accom_suitable"))
        & each(
            implies(col("clea_care_leaver_accommodation") == "Z", aged(18, _CONTACT)),
            "clea_person_id",
        ),
    ),
)
