"""Rules about early help, pre-proceedings, and education, health and care plans."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.check import each
from scrambler.ssd.rules.condition import constant, distinct, implies, in_order, together
from scrambler.ssd.rules.rule import rule

_COURT = ("prep_court_reference", "prep_care_proc_court_hearings", "prep_care_pro_letter_date")
_REQUEST = col("ehcr_ehcp_req_outcome")
_REQUEST_DATED = col("ehcr_ehcp_req_outcome_date").is_not_null()
_ASSESSMENT = col("ehca_ehcp_assessment_outcome")
_ASSESSMENT_DATED = col("ehca_ehcp_assessment_outcome_date").is_not_null()
_PLAN, _RANK = "senn_active_ehcp_id", "senn_active_ehcp_need_rank"

SUPPORT = (
    rule(
        "C122",
        each(
            in_order("earl_episode_start_date", "earl_episode_end_date")
            & implies(
                col("earl_episode_end_reason").is_not_null(),
                col("earl_episode_end_date").is_not_null(),
            )
        ),
    ),
    rule("C123", each(together("prep_pre_pro_outcome", "prep_agree_stepdown_issue_date"))),
    rule(
        "C124",
        each(
            implies(
                pl.any_horizontal(col(name).is_not_null() for name in _COURT),
                col("prep_pre_pro_outcome") != "Decision to step down",
            )
            & implies(
                col("prep_la_final_care_plan") == "H", col("prep_la_final_plan_approved").is_null()
            )
        ),
    ),
    rule("C125", each(constant("prep_court_reference", within="prep_plo_family_id"))),
    rule(
        "C126",
        each(
            in_order(
                "prep_pre_pro_decision_date",
                "prep_initial_pre_pro_meeting_date",
                "prep_agree_stepdown_issue_date",
            )
        ),
    ),
    rule(
        "C127",
        each(
            (_REQUEST.is_in(["Y", "N"]) == _REQUEST_DATED)
            & in_order("ehcr_ehcp_req_date", "ehcr_ehcp_req_outcome_date")
        ),
    ),
    rule(
        "C128",
        each(
            implies(_ASSESSMENT.is_in(["A", "W"]), ~_ASSESSMENT_DATED)
            & implies(_ASSESSMENT == "N", _ASSESSMENT_DATED)
        ),
        why="That only requests with Y or H are assessed is soft and left out.",
    ),
    rule(
        "C129",
        each(
            in_order("ehcn_named_plan_start_date", "ehcn_named_plan_ceased_date")
            & together("ehcn_named_plan_ceased_date", "ehcn_named_plan_ceased_reason")
        )
        & each(
            implies(
                col("ehcn_named_plan_ceased_reason") == "8", col("pers_death_date").is_not_null()
            ),
            "ehcn_ehcp_asmt_id",
            "ehca_ehcp_request_id",
            "ehcr_send_table_id",
            "send_person_id",
        ),
    ),
    rule(
        "C130",
        each(
            col(_PLAN).is_null()
            | (
                (pl.len().over(_PLAN) <= 2)
                & (col(_RANK) == "1").any().over(_PLAN)
                & distinct(_PLAN, _RANK)
                & distinct(_PLAN, "senn_active_ehcp_need_type")
            )
        ),
        why="Plans without any recorded need are not judged.",
    ),
)
