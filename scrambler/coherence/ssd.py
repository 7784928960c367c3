"""The groups of the SSD: which of its columns are drawn together, and what they allow.

Each function states one or more rules of consistency.csv, named beside it. A column that stands in
no group is drawn alone, evenly from its whole list.
"""

from __future__ import annotations

import numpy as np

from scrambler.batch import Batch
from scrambler.coherence.given import (
    aged,
    died,
    died_on,
    died_or_unborn,
    filled,
    known,
    number,
    order_on,
)
from scrambler.coherence.group import Codes, Given, Group, Marks

_TEMPORARY = {"T0", "T1", "T2", "T3", "T4", "Z1"}
_UNINSPECTED = _TEMPORARY | {"P1", "P2", "P3"}
_ENDED_BY_ORDER = (
    {"E11", "E12"},
    {"E45", "E46", "E47", "E48"},
    {"E41"},
)  # in the order of the code list of order types


def _motherhood(codes: Codes, given: Given) -> bool:  # C017, C018, C020
    sex, mother = codes.get("pers_sex"), codes.get("pers_is_mother")
    if given["mother"]:
        return sex != "M" and mother in ("Y", None)
    return not (sex == "M" and mother == "Y")


def _send(codes: Codes, given: Given) -> bool:  # C022
    return not given["planned"] or (codes["pers_send_flag"] == "Y") == (given["planned"] == 2)


def _planned(batch: Batch) -> Marks:
    """0 where the SEND tables are empty, else 1 without and 2 with an active plan."""
    held = batch.scene.indexes.get("planned")
    if not held:
        return np.zeros(len(batch), dtype=np.int64)
    return 1 + held.holds(batch.lane("pers_person_id")).astype(np.int64)


def _closure(codes: Codes, given: Given) -> bool:  # C035, C036
    reason = codes["cine_close_reason"]
    return (reason != "RC2" or bool(given["ended"])) and (
        reason not in ("RC8", "RC9") or bool(given["assessed"])
    )


def _visit(codes: Codes, given: Given) -> bool:  # C059
    seen = next((code for name, code in codes.items() if name.endswith("_seen")), None)
    alone = next((code for name, code in codes.items() if name.endswith("_alone")), None)
    bedroom = next((code for name, code in codes.items() if name.endswith("_bedroom")), None)
    return (alone != "Y" or seen in ("Y", None)) and (bedroom != "Y" or seen is not None)


def _participation(codes: Codes, given: Given) -> bool:  # C073
    return all((code == "PN0") == (given["age"] == 0) for code in codes.values())


def _start_reason(codes: Codes, given: Given) -> bool:  # C077
    unknown = given["first"] not in (0, 1)
    return unknown or (codes["clae_cla_episode_start_reason"] == "S") == (given["first"] == 1)


def _ceased_reason(codes: Codes, given: Given) -> bool:  # C076, C078, C079, C093
    reason = codes["clae_cla_episode_ceased_reason"]
    if given["followed"] == 1 or reason == "X1":
        return given["followed"] == 1 and reason == "X1"
    if given["order"]:
        return reason in _ENDED_BY_ORDER[given["order"] - 1]
    return (reason != "E2" or bool(given["died"])) and (reason != "E17" or given["adult"] == 1)


def _placement(codes: Codes, given: Given) -> bool:  # C085, C086
    kind = codes.get("clap_cla_placement_type")
    provider = codes.get("clap_cla_placement_provider")
    if given["urn"] and kind in _UNINSPECTED:
        return False
    if provider is None or kind is None:
        return kind != "P1"
    return kind not in _TEMPORARY and (kind == "P1") == (provider == "PR0")


def _adopters(codes: Codes, given: Given) -> bool:  # C094
    sex = codes.get("perm_adopter_sex")
    status = codes.get("perm_adopter_legal_status")
    adopters = codes.get("perm_number_of_adopters")
    options = [
        (s, status_, n)
        for s, statuses, n in (
            ("F1", ("L0",), "1"),
            ("M1", ("L0",), "1"),
            ("FF", ("L12", "L2", "L4"), "2"),
            ("MM", ("L12", "L2", "L4"), "2"),
            ("MF", ("L11", "L2", "L3"), "2"),
        )
        for status_ in statuses
    ]
    return any(
        sex in (s, None) and status in (status_, None) and adopters in (n, None)
        for s, status_, n in options
    )


def _siblings(codes: Codes, given: Given) -> bool:  # C095
    group = codes.get("perm_part_of_sibling_group")
    together = codes.get("perm_siblings_placed_together")
    apart = codes.get("perm_siblings_placed_apart")
    if group == "1":
        return together not in (None, "0")
    alone = together in (None, "0", "1") and apart in (None, "0")
    return alone or (group is None and together != "0")


def _previous(codes: Codes, given: Given) -> bool:  # C099
    return codes["lapp_previous_permanence_option"] != "Z1" or not given["told"]


def _return_interview(codes: Codes, given: Given) -> bool:  # C104
    accepted = codes.get("miss_missing_rhi_accepted")
    return accepted not in ("Y", "N") or codes.get("miss_missing_rhi_offered") == "Y"


def _in_touch(codes: Codes, given: Given) -> bool:  # C105
    touch = codes["clea_care_leaver_in_touch"]
    return touch == "YES" if given["contact"] else touch != "DIED" or bool(given["died"])


def _accommodation(codes: Codes, given: Given) -> bool:  # C108
    return codes["clea_care_leaver_accommodation"] != "Z" or given["age"] not in (0, 1)


def _outcome(codes: Codes, given: Given) -> bool:  # C124
    return codes["prep_pre_pro_outcome"] != "Decision to step down" or not given["court"]


def _final_plan(codes: Codes, given: Given) -> bool:  # C124
    return codes["prep_la_final_care_plan"] != "H" or not given["approved"]


def _request(codes: Codes, given: Given) -> bool:  # C127
    return (codes["ehcr_ehcp_req_outcome"] in ("Y", "N")) == bool(given["dated"])


def _assessment(codes: Codes, given: Given) -> bool:  # C128
    outcome = codes["ehca_ehcp_assessment_outcome"]
    return outcome not in ("A", "W") if given["dated"] else outcome != "N"


def _ceased_plan(codes: Codes, given: Given) -> bool:  # C129
    return codes["ehcn_named_plan_ceased_reason"] != "8" or bool(given["died"])


GROUPS = (
    Group(
        "motherhood",
        "ssd_person",
        ("pers_sex", "pers_is_mother"),
        _motherhood,
        {"mother": known("mothers", "pers_person_id")},
    ),
    Group("send", "ssd_person", ("pers_send_flag",), _send, {"planned": _planned}),
    Group(
        "closure",
        "ssd_cin_episodes",
        ("cine_close_reason",),
        _closure,
        {"ended": died_or_unborn, "assessed": known("assessed", "cine_referral_id")},
    ),
    # One name: a casenote may stand in both tables and is drawn alike (C060).
    Group(
        "visit",
        "ssd_cin_visits",
        ("cinv_cin_visit_seen", "cinv_cin_visit_seen_alone", "cinv_cin_visit_bedroom"),
        _visit,
    ),
    Group(
        "visit",
        "ssd_cp_visits",
        ("cppv_cp_visit_seen", "cppv_cp_visit_seen_alone", "cppv_cp_visit_bedroom"),
        _visit,
    ),
    Group(
        "cla visit", "ssd_cla_visits", ("clav_cla_visit_seen", "clav_cla_visit_seen_alone"), _visit
    ),
    Group(
        "cp participation",
        "ssd_cp_reviews",
        ("cppr_cp_review_participation",),
        _participation,
        {"age": aged("cppr_cp_review_date", 4)},
    ),
    Group(
        "cla participation",
        "ssd_cla_reviews",
        ("clar_cla_review_participation",),
        _participation,
        {"age": aged("clar_cla_review_date", 4)},
    ),
    Group(
        "start reason",
        "ssd_cla_episodes",
        ("clae_cla_episode_start_reason",),
        _start_reason,
        {"first": number("episodes", "first", default=2)},
    ),
    Group(
        "ceased reason",
        "ssd_cla_episodes",
        ("clae_cla_episode_ceased_reason",),
        _ceased_reason,
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
        keyed_by=lambda batch: batch.lane("clae_cla_id"),  # C081
    ),
    Group(
        "placement",
        "ssd_cla_placement",
        ("clap_cla_placement_type", "clap_cla_placement_provider"),
        _placement,
        {"urn": filled("clap_cla_placement_urn")},
    ),
    Group(
        "adopters",
        "ssd_permanence",
        ("perm_adopter_sex", "perm_adopter_legal_status", "perm_number_of_adopters"),
        _adopters,
    ),
    Group(
        "siblings",
        "ssd_permanence",
        (
            "perm_part_of_sibling_group",
            "perm_siblings_placed_together",
            "perm_siblings_placed_apart",
        ),
        _siblings,
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
        _previous,
        {
            "told": filled(
                "lapp_previous_permanence_order_date", "lapp_previous_permanence_la"
            )
        },
    ),
    Group(
        "return interview",
        "ssd_missing",
        ("miss_missing_rhi_offered", "miss_missing_rhi_accepted"),
        _return_interview,
    ),
    Group(
        "in touch",
        "ssd_care_leavers",
        ("clea_care_leaver_in_touch",),
        _in_touch,
        {"contact": filled("clea_care_leaver_latest_contact"), "died": died},
    ),
    Group(
        "accommodation",
        "ssd_care_leavers",
        ("clea_care_leaver_accommodation",),
        _accommodation,
        {"age": aged("clea_care_leaver_latest_contact", 17, 18)},
    ),
    Group(
        "pre-proceedings outcome",
        "ssd_pre_proceedings",
        ("prep_pre_pro_outcome",),
        _outcome,
        {
            "court": filled(
                "prep_court_reference", "prep_care_proc_court_hearings", "prep_care_pro_letter_date"
            )
        },
    ),
    Group(
        "final plan",
        "ssd_pre_proceedings",
        ("prep_la_final_care_plan",),
        _final_plan,
        {"approved": filled("prep_la_final_plan_approved")},
    ),
    Group(
        "ehcp request",
        "ssd_ehcp_requests",
        ("ehcr_ehcp_req_outcome",),
        _request,
        {"dated": filled("ehcr_ehcp_req_outcome_date")},
    ),
    Group(
        "ehcp assessment",
        "ssd_ehcp_assessment",
        ("ehca_ehcp_assessment_outcome",),
        _assessment,
        {"dated": filled("ehca_ehcp_assessment_outcome_date")},
    ),
    Group(
        "ceased plan",
        "ssd_ehcp_named_plan",
        ("ehcn_named_plan_ceased_reason",),
        _ceased_plan,
        {"died": died},
    ),
)
