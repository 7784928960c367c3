"""Rules about the outcome objects of contacts, referrals, assessments, enquiries, conferences."""

from __future__ import annotations

from functools import reduce
from operator import and_

import polars as pl
from polars import col

from scrambler.ssd.rules.check import Check, each, over
from scrambler.ssd.rules.condition import answer, implies
from scrambler.ssd.rules.rule import rule

_OUTCOMES = (
    "cont_contact_outcome_json",
    "cine_referral_outcome_json",
    "cina_assessment_outcome_json",
    "s47e_s47_outcome_json",
    "icpc_icpc_outcome_json",
)
_COUNT_KEY = r'"(NUMBER_OF_OUTCOMES|TOTAL_NO_OF_OUTCOMES)"\s*:'
_COUNT = _COUNT_KEY + r'\s*(-?\d+|null|"\s*")\s*[,}]'


def _assessed_without_action(episodes: pl.LazyFrame, assessments: pl.LazyFrame) -> pl.LazyFrame:
    return episodes.filter(col("cine_referral_nfa") == "Y").join(
        assessments, left_on="cine_referral_id", right_on="cina_referral_id", how="semi"
    )


def _counted(json: str) -> Check:
    text = col(json)
    return each(implies(text.str.contains(_COUNT_KEY), text.str.contains(_COUNT)))


OUTCOMES = (
    rule(
        "C040",
        each(col("cine_referral_nfa") == answer("cine_referral_outcome_json", "NFA_FLAG")),
    ),
    rule(
        "C041",
        each(
            implies(
                col("cine_referral_nfa") == "Y",
                answer("cine_referral_outcome_json", "SINGLE_ASSESSMENT_FLAG") != "Y",
            )
        )
        & over(
            _assessed_without_action, "cine_referral_nfa", "cine_referral_id", "cina_referral_id"
        ),
    ),
    rule(
        "C042",
        each(
            col("cina_assessment_outcome_nfa") == answer("cina_assessment_outcome_json", "NFA_FLAG")
        ),
    ),
    rule("C043", each(col("s47e_s47_nfa") == answer("s47e_s47_outcome_json", "NFA_FLAG"))),
    rule(
        "C044",
        each(col("icpc_icpc_outcome_cp_flag") == answer("icpc_icpc_outcome_json", "CP_FLAG")),
        why="That Y goes with a plan id is soft and left out.",
    ),
    rule(
        "C045",
        each(
            (answer("cont_contact_outcome_json", "NFA_FLAG") != "Y")
            | (answer("cont_contact_outcome_json", "NEW_REFERRAL_FLAG") != "Y")
        ),
        kept=False,
        why="Outcome flags are drawn evenly and each on its own.",
    ),
    rule(
        "C046",
        reduce(and_, map(_counted, _OUTCOMES)),
        why="Only the form of the count is checked; that it equals the number of Y flags is soft.",
    ),
)
