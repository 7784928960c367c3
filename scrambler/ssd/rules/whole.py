"""Rules about the whole record of a child, and about values that mean that there is none."""

from __future__ import annotations

from functools import reduce
from operator import and_

from polars import col

from scrambler.ssd.rules.check import each
from scrambler.ssd.rules.rule import LASTING, rule

_EVENTS = {
    "cont_person_id": "cont_contact_date",
    "cine_person_id": "cine_referral_date",
    "cina_person_id": "cina_assessment_start_date",
    "s47e_person_id": "s47e_s47_start_date",
    "icpc_person_id": "icpc_icpc_date",
    "cinp_person_id": "cinp_cin_plan_start_date",
    "cinv_person_id": "cinv_cin_visit_date",
    "cppl_person_id": "cppl_cp_plan_start_date",
    "cppv_person_id": "cppv_cp_visit_date",
    "cppr_person_id": "cppr_cp_review_date",
    "clae_person_id": "clae_cla_episode_start_date",
    "clap_person_id": "clap_cla_placement_start_date",
    "clav_person_id": "clav_cla_visit_date",
    "miss_person_id": "miss_missing_episode_start_date",
    "earl_person_id": "earl_episode_start_date",
}

WHOLE = (
    rule(
        "C119",
        why="Compares source and output: one offset a child keeps the order of a child's events; "
        "the run compares every date.",
    ),
    rule(
        "C120",
        why="Compares source and output: every date of a child moves by one offset, so intervals "
        "stay; what siblings share does not (C067).",
        lost=LASTING,
    ),
    rule(
        "C121",
        reduce(
            and_,
            [
                each(col(event) <= col("pers_death_date"), person)
                for person, event in _EVENTS.items()
            ],
        ),
    ),
    rule(
        "C138",
        why="Compares source and output: the run counts placeholders on both sides; here they "
        "read as nothing recorded.",
    ),
    rule(
        "C139",
        why="A way of comparing, not a state: every check reads text without its right blanks.",
    ),
    rule(
        "C140",
        why="Compares source and output: the run counts nulls and blanks on both sides.",
    ),
)
