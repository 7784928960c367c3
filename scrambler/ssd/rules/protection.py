"""Rules about S47 enquiries, conferences, child protection plans and their reviews."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd import ssd
from scrambler.ssd.rules.check import each, over
from scrambler.ssd.rules.condition import answer, apart, implies, in_order, under
from scrambler.ssd.rules.rule import WEEKDAYS, rule

_ABUSE = list(ssd().code_lists["abuse_category"].codes)
_REVIEW, _PLAN_END = col("cppr_cp_review_date"), col("cppl_cp_plan_end_date")
_PARTICIPATION = col("clar_cla_review_participation")
_LAST_REVIEW = _REVIEW.max().over("cppr_cp_plan_id") == _REVIEW


def _held_on_two_days(conferences: pl.LazyFrame, reviews: pl.LazyFrame) -> pl.LazyFrame:
    meetings = pl.concat(
        [
            conferences.select(meeting="icpc_icpc_meeting_id", day="icpc_icpc_date"),
            reviews.select(meeting="cppr_cp_review_meeting_id", day="cppr_cp_review_date"),
        ]
    ).drop_nulls()
    return meetings.filter(col("day") != col("day").min().over("meeting"))


PROTECTION = (
    rule("C061", each(in_order("s47e_s47_start_date", "s47e_s47_end_date"))),
    rule(
        "C062",
        each(answer("s47e_s47_outcome_json", "CP_CONFERENCE_FLAG") == "Y", "icpc_s47_enquiry_id"),
    ),
    rule("C063", each(in_order("s47e_s47_start_date", "icpc_icpc_date"), "icpc_s47_enquiry_id")),
    rule(
        "C064",
        why="Compares source and output: working days between two dates hold as all others do.",
        lost=WEEKDAYS,
    ),
    rule(
        "C065",
        each(col("cppl_icpc_id") == col("icpc_icpc_id"), "icpc_cp_plan_id")
        & each(col("icpc_cp_plan_id") == col("cppl_cp_plan_id"), "cppl_icpc_id"),
    ),
    rule("C066", each(in_order("icpc_icpc_date", "cppl_cp_plan_start_date"), "cppl_icpc_id")),
    rule(
        "C067",
        over(
            _held_on_two_days,
            "icpc_icpc_meeting_id",
            "icpc_icpc_date",
            "cppr_cp_review_meeting_id",
            "cppr_cp_review_date",
        ),
        kept=False,
        why="Siblings keep one meeting id, but each child's dates move by the child's own offset.",
    ),
    rule(
        "C068",
        each(in_order("cppl_cp_plan_start_date", "cppl_cp_plan_end_date"))
        & apart("cppl_person_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date"),
    ),
    rule(
        "C069",
        each(
            col("cppl_cp_plan_initial_category").is_in(_ABUSE)
            & col("cppl_cp_plan_latest_category").is_in(_ABUSE)
        ),
    ),
    rule(
        "C070",
        each(
            in_order("cppl_cp_plan_start_date", "cppv_cp_visit_date", "cppl_cp_plan_end_date"),
            "cppv_cp_plan_id",
        ),
    ),
    rule(
        "C071",
        each(
            in_order("cppl_cp_plan_start_date", "cppr_cp_review_date")
            & (col("cppr_person_id") == col("cppl_person_id")),
            "cppr_cp_plan_id",
        ),
    ),
    rule(
        "C072",
        each(
            implies(
                _LAST_REVIEW & (col("cppr_cp_review_outcome_continue_cp") == "N"),
                (_PLAN_END >= _REVIEW).fill_null(False),
            ),
            "cppr_cp_plan_id",
        ),
    ),
    rule(
        "C073",
        each(
            implies(col("cppr_cp_review_participation") == "PN0", under(4, "cppr_cp_review_date")),
            "cppr_person_id",
        )
        & each(
            implies(_PARTICIPATION == "PN0", under(4, "clar_cla_review_date")),
            "clar_cla_id",
            "clae_person_id",
        ),
        why="That every child under 4 is PN0 is soft and left out.",
    ),
)
