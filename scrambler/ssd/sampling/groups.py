"""The groups of the SSD: which of its columns are drawn together, by what, and given what.

A column that stands in no group is drawn alone, evenly from its whole list.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scrambler.ssd.sampling import constraints
from scrambler.ssd.sampling.care_groups import IN_CARE
from scrambler.ssd.sampling.conditions import (
    Aged,
    Condition,
    Died,
    DiedOn,
    HasValue,
    Known,
    Number,
    Planned,
)
from scrambler.ssd.sampling.group import Group

RANKS = {"ssd_disability": "disabilities", "ssd_sen_need": "needs"}
"""The index that numbers the rows of one parent, by table."""

_FOLLOWED = {what: Known(what, "cine_referral_id") for what in constraints.FOLLOWED}

GROUPS = (
    Group(
        "motherhood",
        "ssd_person",
        ("pers_sex", "pers_is_mother"),
        constraints.motherhood,
        {
            "mother": Known("mothers", "pers_person_id"),
            "born": HasValue(("pers_dob",)),
            "due": HasValue(("pers_expected_dob",)),
        },
    ),
    Group(
        "upn reason",
        "ssd_person",
        ("pers_upn_unknown",),
        constraints.upn_reason,
        {"cared for": Known("looked after", "pers_person_id")},
    ),
    # A reason may stand in the place of the UPN.
    Group(
        "upn reason as upn",
        "ssd_person",
        ("pers_upn",),
        constraints.upn_reason,
        {"cared for": Known("looked after", "pers_person_id")},
    ),
    Group(
        "send",
        "ssd_person",
        ("pers_send_flag",),
        constraints.send,
        {"planned": Planned("pers_person_id")},
    ),
    Group(
        "closure",
        "ssd_cin_episodes",
        ("cine_close_reason",),
        constraints.closure,
        {**_FOLLOWED, "died": Died(), "died that day": DiedOn("cine_close_date")},
    ),
    Group(
        "no further action",
        "ssd_cin_episodes",
        ("cine_referral_nfa",),
        constraints.no_action,
        {
            **_FOLLOWED,
            "need": HasValue(("cine_cin_primary_need_code",)),
            "superseded": Number("referrals", "superseded"),
        },
    ),
    Group(
        "enquiry without action",
        "ssd_s47_enquiry",
        ("s47e_s47_nfa",),
        constraints.enquiry_no_action,
        {"conferred": Known("enquiries conferred", "s47e_s47_enquiry_id")},
    ),
    Group(
        "conference",
        "ssd_initial_cp_conference",
        ("icpc_icpc_outcome_cp_flag",),
        constraints.conference,
        {
            "plan": HasValue(("icpc_cp_plan_id",)),
            "planned": Known("conferences planned", "icpc_icpc_id"),
        },
    ),
    # One name: a casenote may stand in both tables and is drawn alike (C060).
    Group(
        "visit",
        "ssd_cin_visits",
        ("cinv_cin_visit_seen", "cinv_cin_visit_seen_alone", "cinv_cin_visit_bedroom"),
        constraints.visit,
    ),
    Group(
        "visit",
        "ssd_cp_visits",
        ("cppv_cp_visit_seen", "cppv_cp_visit_seen_alone", "cppv_cp_visit_bedroom"),
        constraints.visit,
    ),
    Group(
        "cla visit",
        "ssd_cla_visits",
        ("clav_cla_visit_seen", "clav_cla_visit_seen_alone"),
        constraints.visit,
    ),
    Group(
        "cp participation",
        "ssd_cp_reviews",
        ("cppr_cp_review_participation",),
        constraints.participation,
        {"age": Aged("cppr_cp_review_date", (4,))},
    ),
    Group(
        "cp review",
        "ssd_cp_reviews",
        ("cppr_cp_review_outcome_continue_cp",),
        constraints.cp_review,
        {"closing": Number("cp reviews", "closing")},
    ),
    Group(
        "cla review",
        "ssd_cla_reviews",
        ("clar_cla_review_cancelled",),
        constraints.cla_review,
        {"taken part": HasValue(("clar_cla_review_participation",))},
    ),
    Group(
        "cla participation",
        "ssd_cla_reviews",
        ("clar_cla_review_participation",),
        constraints.participation,
        {"age": Aged("clar_cla_review_date", (4,))},
    ),
    *IN_CARE,
    Group(
        "return interview",
        "ssd_missing",
        ("miss_missing_rhi_offered", "miss_missing_rhi_accepted"),
        constraints.return_interview,
    ),
    Group(
        "in touch",
        "ssd_care_leavers",
        ("clea_care_leaver_in_touch",),
        constraints.in_touch,
        {
            "contact": HasValue(("clea_care_leaver_latest_contact",)),
            "home": HasValue(("clea_care_leaver_accommodation",)),
            "activity": HasValue(("clea_care_leaver_activity",)),
            "died": Died(),
        },
    ),
    Group(
        "eligibility",
        "ssd_care_leavers",
        ("clea_care_leaver_eligibility",),
        constraints.eligibility,
        {"age": Aged("clea_care_leaver_latest_contact", (18,))},
    ),
    Group(
        "form without score",
        "ssd_sdq_scores",
        ("csdq_sdq_reason",),
        constraints.form_reason,
        {"age": Aged("csdq_sdq_completed_date", (4, 17))},
    ),
    Group(
        "accommodation",
        "ssd_care_leavers",
        ("clea_care_leaver_accommodation", "clea_care_leaver_accom_suitable"),
        constraints.accommodation,
        {"age": Aged("clea_care_leaver_latest_contact", (17, 18))},
    ),
    Group(
        "pre-proceedings outcome",
        "ssd_pre_proceedings",
        ("prep_pre_pro_outcome",),
        constraints.outcome,
        {
            "court": HasValue(
                (
                    "prep_court_reference",
                    "prep_care_proc_court_hearings",
                    "prep_care_pro_letter_date",
                )
            )
        },
    ),
    Group(
        "final plan",
        "ssd_pre_proceedings",
        ("prep_la_final_care_plan",),
        constraints.final_plan,
        {"approved": HasValue(("prep_la_final_plan_approved",))},
    ),
    Group(
        "ehcp request",
        "ssd_ehcp_requests",
        ("ehcr_ehcp_req_outcome",),
        constraints.request,
        {
            "dated": HasValue(("ehcr_ehcp_req_outcome_date",)),
            "assessed": Known("requests assessed", "ehcr_ehcp_request_id"),
        },
    ),
    Group(
        "ehcp assessment",
        "ssd_ehcp_assessment",
        ("ehca_ehcp_assessment_outcome",),
        constraints.assessment,
        {
            "dated": HasValue(("ehca_ehcp_assessment_outcome_date",)),
            "plan": Known("assessments planned", "ehca_ehcp_assessment_id"),
        },
    ),
    Group(
        "ceased plan",
        "ssd_ehcp_named_plan",
        ("ehcn_named_plan_ceased_reason",),
        constraints.ceased_plan,
        {"died": Died()},
    ),
)


FLAGS: Mapping[tuple[str, str], Condition] = {
    ("cine_referral_outcome_json", "SINGLE_ASSESSMENT_FLAG"): Known("assessed", "cine_referral_id"),
    ("s47e_s47_outcome_json", "CP_CONFERENCE_FLAG"): Known(
        "enquiries conferred", "s47e_s47_enquiry_id"
    ),
}
"""Flags of objects, by column and key, yes exactly where the condition is 1 (C041, C062)."""


@cache
def group_of(table: str, column: str) -> Group:
    """Return the group that a column is drawn with: one of its own where it stands in none."""
    for group in GROUPS:
        if group.table == table and column in group.columns:
            return group
    return Group(f"{table}.{column}", table, (column,))
