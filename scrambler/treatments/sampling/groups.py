"""The groups of the SSD: which of its columns are drawn together, by what, and given what.

A column that stands in no group is drawn alone, evenly from its whole list.
"""

from __future__ import annotations

from scrambler.treatments.sampling import constraints
from scrambler.treatments.sampling.conditions import (
    aged,
    died,
    died_on,
    died_or_unborn,
    has_value,
    known,
    number,
    order_on,
    planned,
)
from scrambler.treatments.sampling.group import Group

GROUPS = (
    Group(
        "motherhood",
        "ssd_person",
        ("pers_sex", "pers_is_mother"),
        constraints.motherhood,
        {"mother": known("mothers", "pers_person_id")},
    ),
    Group("send", "ssd_person", ("pers_send_flag",), constraints.send, {"planned": planned}),
    Group(
        "closure",
        "ssd_cin_episodes",
        ("cine_close_reason",),
        constraints.closure,
        {"ended": died_or_unborn, "assessed": known("assessed", "cine_referral_id")},
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
        {"age": aged("cppr_cp_review_date", 4)},
    ),
    Group(
        "cla participation",
        "ssd_cla_reviews",
        ("clar_cla_review_participation",),
        constraints.participation,
        {"age": aged("clar_cla_review_date", 4)},
    ),
    Group(
        "start reason",
        "ssd_cla_episodes",
        ("clae_cla_episode_start_reason",),
        constraints.start_reason,
        {"first": number("episodes", "first", default=2)},
    ),
    Group(
        "ceased reason",
        "ssd_cla_episodes",
        ("clae_cla_episode_ceased_reason",),
        constraints.ceased_reason,
        {
            "followed": number("episodes", "followed", default=2),
            "order": order_on("clae_cla_episode_ceased_date"),
            "died": died_on("clae_cla_episode_ceased_date"),
            "adult": aged("clae_cla_episode_ceased_date", 18),
        },
    ),
    Group(
        "primary need",
        "ssd_cla_episodes",
        ("clae_cla_primary_need_code",),
        keyed_by=lambda batch: batch.token("clae_cla_id"),  # C081
    ),
    Group(
        "placement",
        "ssd_cla_placement",
        ("clap_cla_placement_type", "clap_cla_placement_provider"),
        constraints.placement,
        {"urn": has_value("clap_cla_placement_urn")},
    ),
    Group(
        "adopters",
        "ssd_permanence",
        ("perm_adopter_sex", "perm_adopter_legal_status", "perm_number_of_adopters"),
        constraints.adopters,
    ),
    Group(
        "siblings",
        "ssd_permanence",
        (
            "perm_part_of_sibling_group",
            "perm_siblings_placed_together",
            "perm_siblings_placed_apart",
        ),
        constraints.siblings,
    ),
    # The name and the key that `given.order_type` draws by, so that episode and order agree.
    Group(
        "permanence order",
        "ssd_permanence",
        ("perm_permanence_order_type",),
        keyed_by=lambda batch: batch.subjects,
    ),
    Group(
        "previous permanence",
        "ssd_cla_previous_permanence",
        ("lapp_previous_permanence_option",),
        constraints.previous,
        {"told": has_value("lapp_previous_permanence_order_date", "lapp_previous_permanence_la")},
    ),
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
        {"contact": has_value("clea_care_leaver_latest_contact"), "died": died},
    ),
    Group(
        "accommodation",
        "ssd_care_leavers",
        ("clea_care_leaver_accommodation",),
        constraints.accommodation,
        {"age": aged("clea_care_leaver_latest_contact", 17, 18)},
    ),
    Group(
        "pre-proceedings outcome",
        "ssd_pre_proceedings",
        ("prep_pre_pro_outcome",),
        constraints.outcome,
        {
            "court": has_value(
                "prep_court_reference", "prep_care_proc_court_hearings", "prep_care_pro_letter_date"
            )
        },
    ),
    Group(
        "final plan",
        "ssd_pre_proceedings",
        ("prep_la_final_care_plan",),
        constraints.final_plan,
        {"approved": has_value("prep_la_final_plan_approved")},
    ),
    Group(
        "ehcp request",
        "ssd_ehcp_requests",
        ("ehcr_ehcp_req_outcome",),
        constraints.request,
        {"dated": has_value("ehcr_ehcp_req_outcome_date")},
    ),
    Group(
        "ehcp assessment",
        "ssd_ehcp_assessment",
        ("ehca_ehcp_assessment_outcome",),
        constraints.assessment,
        {"dated": has_value("ehca_ehcp_assessment_outcome_date")},
    ),
    Group(
        "ceased plan",
        "ssd_ehcp_named_plan",
        ("ehcn_named_plan_ceased_reason",),
        constraints.ceased_plan,
        {"died": died},
    ),
)
