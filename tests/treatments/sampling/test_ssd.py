"""Every group, as it is drawn, held against the checks of the rules that it states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, product

import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.ssd.rules import RULES
from scrambler.ssd.rules.check import Check, owner
from scrambler.ssd.rules.statutory import STATUTORY
from scrambler.ssd.sampling import GROUPS
from scrambler.treatments.sampling import choices
from tests.contexts import SHIPPED, staged
from tests.law import even

Values = Mapping[str, str | list[str | None]]

COPIES = 3_000

_NO_KEYS = {"clap_cla_placement_urn"}
"""Identifiers that lead to no other row, and whose form counts."""


_CONSISTENCY = {rule.id: rule for rule in RULES}
_STATUTORY = {f"{rule.census} {rule.code}": rule for rule in STATUTORY}


@dataclass(frozen=True)
class Scenario:
    """``drawn`` columns of the first row of one table, beside the kept ``values`` of the dataset.

    ``narrower`` says why the law allows less than the rules do; empty where it allows the same.
    ``whole`` looks at rows with all the columns only, not at those with some of them blank.
    """

    name: str
    rules: tuple[str, ...]
    drawn: tuple[str, ...]
    values: Values
    narrower: str = field(default="")
    whole: bool = field(default=False)

    def __str__(self) -> str:
        return self.name


def _person(**values: str | list[str | None]) -> Values:
    return {"pers_person_id": "p", **values}


DEAD = _person(pers_dob="2010-05-05", pers_death_date="2020-02-02")
ALIVE = _person(pers_dob="2010-05-05", pers_death_date=[None])
UNBORN = _person(pers_dob=[None], pers_expected_dob="2026-01-01", pers_death_date=[None])
ASSESSED = {"cina_assessment_id": "a", "cina_referral_id": "r"}
REFERRAL = {"cine_referral_id": "r", "cine_person_id": "p"}
PLAN = {
    "send_table_id": "s",
    "send_person_id": "p",
    "ehcr_ehcp_request_id": "q",
    "ehcr_send_table_id": "s",
    "ehcp_active_ehcp_id": "e",
    "ehcp_ehcp_request_id": "q",
}
CEASED = "clae_cla_episode_ceased_reason"
START = "clae_cla_episode_start_reason"


def _episodes(second: str | None, ceased: str | None = "2020-02-02", **more: str) -> Values:
    """An episode from January 2020, and another of the period that starts on ``second``."""
    two = second is not None
    return {
        "clae_cla_episode_id": ["e1", "e2"] if two else "e1",
        "clae_person_id": ["p", "p"] if two else "p",
        "clae_cla_id": ["c", "c"] if two else "c",
        "clae_cla_episode_start_date": ["2020-01-01", second] if two else "2020-01-01",
        "clae_cla_episode_ceased_date": [ceased, None] if two else [ceased],
        **more,
    }


def _order(day: str) -> Values:
    return {
        "perm_table_id": "o",
        "perm_person_id": "p",
        "perm_cla_id": "c",
        "perm_permanence_order_date": day,
    }


def _two_episodes(moved: bool) -> Values:
    """Two episodes of a period, in two placements or one."""
    return {
        **_episodes("2020-02-02"),
        "clae_cla_placement_id": ["l1", "l2" if moved else "l1"],
        "clap_cla_placement_id": ["l1", "l2"],
        "clap_cla_placement_urn": ["SC000001", "SC000002"],
        "clap_person_id": ["p", "p"],
    }


def _two_statuses(changed: bool) -> Values:
    """A status from the first episode on, and another from the second on, or of another child."""
    return {
        "lega_legal_status_id": ["s1", "s2"],
        "lega_person_id": ["p", "p" if changed else "other"],
        "lega_legal_status": ["C1", "C2"],
        "lega_legal_status_start_date": ["2020-01-01", "2020-02-02"],
        "lega_legal_status_end_date": ["2020-02-02" if changed else None, None],
    }


_PLACED: Values = {
    "perm_table_id": "o",
    "perm_person_id": "p",
    "perm_adm_decision_date": "2019-12-01",
    "perm_placed_for_adoption_date": "2020-01-01",
    "clap_cla_placement_id": "l",
    "clap_cla_id": "c",
    "clap_person_id": "p",
    "clap_cla_placement_start_date": "2020-01-01",
}
TYPES = (
    "C085", "C086", "SSDA903 213", "SSDA903 218", "SSDA903 222", "SSDA903 371", "SSDA903 372",
    "SSDA903 373", "SSDA903 374", "SSDA903 526", "SSDA903 527", "SSDA903 528", "SSDA903 529",
    "SSDA903 550",
)  # fmt: skip
STATUSES = (
    "SSDA903 358", "SSDA903 361", "SSDA903 362", "SSDA903 363", "SSDA903 364", "SSDA903 399",
    "SSDA903 553",
)  # fmt: skip


def _review(prefix: str, born: str | None) -> Values:
    keys = {"cppr": "cppr_cp_review_id", "clar": "clar_cla_review_id"}
    person = {"cppr": "cppr_person_id", "clar": "clar_cla_person_id"}
    dates = {"cppr": "cppr_cp_review_date", "clar": "clar_cla_review_date"}
    return {
        **_person(pers_dob=[born]),
        keys[prefix]: "v",
        person[prefix]: "p",
        dates[prefix]: "2020-06-01",
    }


NFA = "cine_referral_nfa"
NEEDED = {**REFERRAL, "cine_referral_date": "2020-01-01", "cine_cin_primary_need_code": "N1"}
NO_ACTION = ("CIN 4000", "CIN 8610", "CIN 8815", "CIN 8816", "CIN 8820", "CIN 8831", "CIN 8832")
HANGS: Mapping[str, Values] = {
    "assessed": ASSESSED,
    "enquired": {"s47e_s47_enquiry_id": "e", "s47e_referral_id": "r"},
    "conferred": {"icpc_icpc_id": "i", "icpc_referral_id": "r"},
    "in need": {"cinp_cin_plan_id": "n", "cinp_referral_id": "r"},
    "protected": {"cppl_cp_plan_id": "k", "cppl_referral_id": "r"},
}
_BORN = "the sex of who is born is known, and a mother has a child"
_ALONE = "ends by an order, or by adoption, are left to children who have one"
_PN0 = "under four is PN0, softly; without an age nobody is"
_REASON = "an end by an order is left to children who have one that day"

SCENARIOS = (
    Scenario(
        "mother",
        ("C017", "C018", "C020"),
        ("pers_sex", "pers_is_mother"),
        {**_person(), "moth_table_id": "m", "moth_person_id": "p"},
        _BORN,
    ),
    Scenario(
        "no mother",
        ("C017", "C018", "C020"),
        ("pers_sex", "pers_is_mother"),
        {**_person(), "moth_table_id": "m", "moth_person_id": "other"},
        _BORN,
    ),
    Scenario(
        "unborn",
        ("CIN 8750",),
        ("pers_sex", "pers_is_mother"),
        UNBORN,
        "who is no mother is not said to be one",
    ),
    *(
        Scenario(
            f"reason for no UPN, {name}",
            rules,
            ("pers_upn_unknown",),
            {**_person(pers_upn=[None]), **more, "cine_person_id": "p", "cine_referral_nfa": "N"},
            "UN1 depends on the day of the extract",
        )
        for name, rules, more in (
            ("in need", ("CIN 8772",), {"cine_referral_id": "r"}),
            (
                "looked after",
                ("CIN 8772", "SSDA903 168", "SSDA903 444"),
                {"cine_referral_id": "r", **_episodes(None)},
            ),
        )
    ),
    Scenario(
        "reason for no UPN in its place",
        ("SSDA903 168",),
        ("pers_upn",),
        {**_person(), "cine_person_id": "p", "cine_referral_id": "r", **_episodes(None)},
        "UN1 depends on the day of the extract",
    ),
    Scenario("planned", ("C022",), ("pers_send_flag",), {**_person(), **PLAN}),
    Scenario(
        "not planned",
        ("C022",),
        ("pers_send_flag",),
        {"pers_person_id": ["p", "other"], **PLAN, "send_person_id": "other"},
    ),
    *(
        Scenario(
            f"closure, {name}{' and assessed' if assessed else ''}",
            ("C035", "C036", "CIN 8585Q", "CIN 8825Q"),
            ("cine_close_reason",),
            {
                **REFERRAL,
                **person,
                **({**ASSESSED} if assessed else {**ASSESSED, "cina_referral_id": "other"}),
            },
        )
        for name, person in (("dead", DEAD), ("alive", ALIVE), ("unborn", UNBORN))
        for assessed in (False, True)
    ),
    *(
        Scenario(
            f"closure, {what}",
            ("C036", "CIN 2990", "CIN 8585Q"),
            ("cine_close_reason",),
            {**REFERRAL, **ALIVE, **ASSESSED, **hangs},
        )
        for what, hangs in HANGS.items()
        if what != "assessed"
    ),
    Scenario(
        "closed on the day of death",
        ("CIN 8585Q",),
        ("cine_close_reason",),
        {**REFERRAL, **DEAD, "cine_close_date": "2020-02-02"},
        "death closes the case",
    ),
    *(
        Scenario(f"no further action, {what}", NO_ACTION, (NFA,), {**NEEDED, **hangs})
        for what, hangs in {"nothing": {}, **HANGS}.items()
    ),
    Scenario(
        "no further action, no need",
        NO_ACTION,
        (NFA,),
        {**NEEDED, "cine_cin_primary_need_code": [None]},
    ),
    Scenario(
        "no further action, one referral after the other",
        NO_ACTION,
        (NFA,),
        {
            "cine_referral_id": ["r", "s"],
            "cine_person_id": ["p", "p"],
            "cine_referral_date": ["2020-01-01", "2020-03-01"],
            "cine_close_date": [None, "2020-04-01"],
            "cine_cin_primary_need_code": ["N1", "N1"],
        },
    ),
    Scenario(
        "enquiry, conferred",
        ("C043",),
        ("s47e_s47_nfa",),
        {
            "s47e_s47_enquiry_id": "e",
            "s47e_s47_outcome_json": [None],
            "icpc_icpc_id": "i",
            "icpc_s47_enquiry_id": "e",
        },
        "a conference is an action",
    ),
    *(
        Scenario(
            f"conference with {what}",
            ("C044",),
            ("icpc_icpc_outcome_cp_flag",),
            {"icpc_icpc_id": "i", "icpc_icpc_outcome_json": [None], **values},
            "the outcome is the plan that is there",
        )
        for what, values in (
            ("a plan", {"icpc_cp_plan_id": "k"}),
            ("a plan that names it", {"cppl_cp_plan_id": "k", "cppl_icpc_id": "i"}),
            ("no plan", {"icpc_cp_plan_id": [None]}),
        )
    ),
    Scenario(
        "cin visit",
        ("C059",),
        ("cinv_cin_visit_seen", "cinv_cin_visit_seen_alone", "cinv_cin_visit_bedroom"),
        {"cinv_cin_visit_id": "v"},
    ),
    Scenario(
        "cp visit",
        ("C059",),
        ("cppv_cp_visit_seen", "cppv_cp_visit_seen_alone", "cppv_cp_visit_bedroom"),
        {"cppv_cp_visit_id": "v"},
    ),
    Scenario(
        "cla visit",
        ("C059",),
        ("clav_cla_visit_seen", "clav_cla_visit_seen_alone"),
        {"clav_cla_visit_id": "v"},
    ),
    *(
        Scenario(f"{prefix} review, born {born}", ("C073",), (column,), _review(prefix, born), _PN0)
        for prefix, column in (
            ("cppr", "cppr_cp_review_participation"),
            ("clar", "clar_cla_review_participation"),
        )
        for born in ("2018-01-01", "2008-01-01", None)
    ),
    *(
        Scenario(
            f"plan that ended {ended}",
            ("C072",),
            ("cppr_cp_review_outcome_continue_cp",),
            {
                **{"cppr_cp_review_id": "v", "cppr_cp_plan_id": "k", "cppl_cp_plan_id": "k"},
                "cppr_cp_review_date": "2020-01-01",
                "cppl_cp_plan_end_date": [ended],
            },
        )
        for ended in ("2020-06-01", None)
    ),
    Scenario(
        "review before the last",
        (),
        ("cppr_cp_review_outcome_continue_cp",),
        {
            **{"cppr_cp_review_id": ["v", "w"], "cppr_cp_plan_id": ["k", "k"]},
            **{"cppr_person_id": ["p", "p"], "cppr_cp_review_date": ["2020-01-01", "2020-03-01"]},
            **{"cppl_cp_plan_id": "k", "cppl_cp_plan_end_date": "2020-06-01"},
        },
        "only the last review ends a plan",
    ),
    *(
        Scenario(
            f"review of care, part taken {part}",
            ("SSDA903 167",),
            ("clar_cla_review_cancelled",),
            {
                **{"clar_cla_review_id": "v", "clar_cla_person_id": "p", **ALIVE},
                "clar_cla_review_date": "2020-01-01",
                "clar_cla_review_participation": [part],
            },
            "what somebody took part in was held",
        )
        for part in ("PN1", None)
    ),
    Scenario("first episode", ("C077",), (START,), _episodes(None)),
    Scenario("followed", ("C076", "C078", "C079"), (CEASED,), {**_episodes("2020-02-02"), **ALIVE}),
    *(
        Scenario(
            f"second episode, {name}",
            ("SSDA903 434", "SSDA903 435", "SSDA903 436"),
            (START,),
            {**_two_episodes(moved), **_two_statuses(changed)},
            "the first starts, and others go on",
        )
        for name, moved, changed in (
            ("moved", True, False),
            ("another status", False, True),
            ("both", True, True),
        )
    ),
    Scenario(
        "last, alive",
        ("C076", "C078", "C079"),
        (CEASED,),
        {**_episodes(None), **ALIVE},
        _ALONE,
    ),
    Scenario(
        "last, dead that day",
        ("C076", "C078", "C079", "SSDA903 437"),
        (CEASED,),
        {**_episodes(None), **DEAD},
        "death ends care",
    ),
    *(
        Scenario(
            f"last, born {born}",
            ("SSDA903 386", "SSDA903 387", "SSDA903 389", "SSDA903 407", "SSDA903 460"),
            (CEASED,),
            {**_episodes(None), **_person(pers_dob=born)},
            _ALONE,
        )
        for born in ("2010-01-01", "2005-01-01", "2003-01-01", "2001-01-01")
    ),
    Scenario(
        "last, care leaver",
        ("SSDA903 1000", "SSDA903 1011"),
        (CEASED,),
        {**_episodes(None), "clea_table_id": "t", "clea_person_id": "p"},
        _ALONE,
    ),
    Scenario(
        "adopted",
        ("SSDA903 390", "SSDA903 557"),
        (CEASED,),
        {**_episodes(None), **_PLACED, "clap_cla_placement_type": "A4"},
        "adoption ends care",
    ),
    Scenario(
        "last, adult",
        ("C076", "C078", "C079"),
        (CEASED,),
        {**_episodes(None), **_person(pers_dob="2001-01-01", pers_death_date=[None])},
        _ALONE,
    ),
    Scenario(
        "order of another day",
        ("C093",),
        (CEASED,),
        {**_episodes(None), **_order("2019-01-01"), **ALIVE},
        _REASON,
    ),
    *(
        Scenario(
            f"placement, born {born}, URN {urn}",
            TYPES,
            ("clap_cla_placement_type", "clap_cla_placement_provider"),
            {
                **_person(pers_dob=born),
                "clap_cla_placement_id": "l",
                "clap_person_id": "p",
                "clap_cla_placement_start_date": "2020-06-01",
                "clap_cla_placement_urn": [urn],
            },
            "types take turns, and temporary ones are never drawn",
            whole=True,
        )
        for born in ("2018-01-01", "2008-01-01", "2003-01-01")
        for urn in ("SC123456", None)
    ),
    Scenario(
        "placement at home",
        (*TYPES, "SSDA903 392d"),
        ("clap_cla_placement_type", "clap_cla_placement_provider"),
        {
            "clap_cla_placement_id": "l",
            "clap_person_id": "p",
            "clap_cla_placement_start_date": "2020-02-02",
            "clap_cla_placement_postcode": "XX1 1AA",
            "addr_table_id": "a",
            "addr_person_id": "p",
            "addr_address_postcode": "XX11AA",
        },
        whole=True,
    ),
    Scenario(
        "placement for adoption",
        (*TYPES, "SSDA903 551"),
        ("clap_cla_placement_type", "clap_cla_placement_provider"),
        {
            **_person(),
            **_PLACED,
            "clap_cla_placement_urn": "SC123456",
        },
        "a day of placing for adoption makes a placement for adoption",
        whole=True,
    ),
    *(
        Scenario(
            f"change of placement, born {born}",
            ("SSDA903 234",),
            ("clap_cla_placement_change_reason",),
            {
                **_person(pers_dob=born),
                "clap_cla_placement_id": "l",
                "clap_person_id": "p",
                "clap_cla_placement_end_date": "2020-06-01",
            },
        )
        for born in ("2018-01-01", "2008-01-01")
    ),
    *(
        Scenario(
            f"legal status, born {born}, until {end}",
            STATUSES,
            ("lega_legal_status",),
            {
                **_person(pers_dob=born),
                "lega_legal_status_id": "l",
                "lega_person_id": "p",
                "lega_legal_status_start_date": "2020-06-01",
                "lega_legal_status_end_date": [end],
                "clar_cla_review_id": "v",
                "clar_cla_person_id": "p",
                "clar_cla_review_date": "2020-07-01",
                "perm_person_id": "other",
            },
            "statuses take turns, and none is left that ended in 2005",
        )
        for born in ("2018-01-01", "2008-01-01")
        for end in ("2020-06-03", "2020-06-07", "2020-06-20", "2020-08-01", None)
    ),
    *(
        Scenario(
            f"permanence order, {name}",
            ("C093",),
            ("perm_permanence_order_type", "perm_adopted_by_carer_flag"),
            {"perm_table_id": "o", "perm_permanence_order_date": "2020-06-01", **values},
            "adopted is who was placed for it, and not by a carer",
            whole=True,
        )
        for name, values in (
            ("placed", {**_PLACED, "perm_permanence_order_date": "2020-06-01"}),
            ("not placed", {"perm_person_id": "p"}),
        )
    ),
    Scenario(
        "adopters",
        ("C094",),
        ("perm_adopter_sex", "perm_adopter_legal_status", "perm_number_of_adopters"),
        {"perm_table_id": "o"},
    ),
    Scenario(
        "siblings",
        ("C095",),
        (
            "perm_part_of_sibling_group",
            "perm_siblings_placed_together",
            "perm_siblings_placed_apart",
        ),
        {"perm_table_id": "o"},
        "a blank count is no group, in the words of the rule",
    ),
    Scenario(
        "siblings, counted",
        ("C095",),
        (
            "perm_part_of_sibling_group",
            "perm_siblings_placed_together",
            "perm_siblings_placed_apart",
        ),
        {"perm_table_id": "o"},
        whole=True,
    ),
    Scenario(
        "previous order",
        ("C099",),
        ("lapp_previous_permanence_option",),
        {"lapp_table_id": "l", "lapp_previous_permanence_la": "Anywhere"},
    ),
    Scenario(
        "no previous order",
        ("C099",),
        ("lapp_previous_permanence_option",),
        {"lapp_table_id": "l", "lapp_previous_permanence_la": [None]},
        "no order at all is Z1",
    ),
    *(
        Scenario(
            f"form without a score, born {born}",
            ("SSDA903 157",),
            ("csdq_sdq_reason",),
            {
                **_person(pers_dob=born),
                "csdq_table_id": "q",
                "csdq_person_id": "p",
                "csdq_sdq_completed_date": "2020-06-01",
            },
        )
        for born in ("2018-01-01", "2008-01-01", "2002-01-01")
    ),
    Scenario(
        "return interview",
        ("C104",),
        ("miss_missing_rhi_offered", "miss_missing_rhi_accepted"),
        {"miss_table_id": "m"},
    ),
    *(
        Scenario(
            f"in touch, {name}, contact {contact}{', home known' if known else ''}",
            ("C105", "SSDA903 344", "SSDA903 345"),
            ("clea_care_leaver_in_touch",),
            {
                **person,
                **known,
                "clea_table_id": "t",
                "clea_person_id": "p",
                "clea_care_leaver_latest_contact": [contact],
            },
        )
        for name, person in (("dead", DEAD), ("alive", ALIVE))
        for contact in ("2020-01-01", None)
        for known in (
            {"clea_care_leaver_accommodation": "U", "clea_care_leaver_activity": "F1"},
            {},
        )
    ),
    *(
        Scenario(
            f"eligibility, born {born}",
            ("C107",),
            ("clea_care_leaver_eligibility",),
            {
                **_person(pers_dob=born),
                "clea_table_id": "t",
                "clea_person_id": "p",
                "clea_care_leaver_latest_contact": "2020-06-01",
            },
            "soft",
        )
        for born in ("2000-01-01", "2003-01-01")
    ),
    *(
        Scenario(
            f"accommodation, born {born}",
            ("C108", "SSDA903 133", "SSDA903 347", "SSDA903 3001"),
            ("clea_care_leaver_accommodation", "clea_care_leaver_accom_suitable"),
            {
                **_person(pers_dob=born),
                "clea_table_id": "t",
                "clea_person_id": "p",
                "clea_care_leaver_latest_contact": "2020-06-01",
            },
            narrower,
            whole=True,
        )
        for born, narrower in (
            ("2002-12-01", ""),
            ("2001-01-01", ""),
            ("2004-01-01", "not before seventeen either"),
        )
    ),
    Scenario(
        "in court",
        ("C124",),
        ("prep_pre_pro_outcome",),
        {"prep_table_id": "t", "prep_court_reference": "x"},
    ),
    Scenario(
        "out of court",
        ("C124",),
        ("prep_pre_pro_outcome",),
        {"prep_table_id": "t", "prep_court_reference": [None]},
    ),
    Scenario(
        "plan approved",
        ("C124",),
        ("prep_la_final_care_plan",),
        {"prep_table_id": "t", "prep_la_final_plan_approved": "Y"},
    ),
    *(
        Scenario(
            f"request dated {day}",
            ("C127",),
            ("ehcr_ehcp_req_outcome",),
            {"ehcr_ehcp_request_id": "q", "ehcr_ehcp_req_outcome_date": [day]},
        )
        for day in ("2020-01-01", None)
    ),
    *(
        Scenario(
            f"request assessed, dated {day}",
            ("C127",),
            ("ehcr_ehcp_req_outcome",),
            {
                **{"ehcr_ehcp_request_id": "q", "ehcr_ehcp_req_outcome_date": [day]},
                **{"ehca_ehcp_assessment_id": "a", "ehca_ehcp_request_id": "q"},
            },
            "what is assessed had gone on to that",
        )
        for day in ("2020-01-01", None)
    ),
    *(
        Scenario(
            f"assessment with a plan, dated {day}",
            ("C128",),
            ("ehca_ehcp_assessment_outcome",),
            {
                **{"ehca_ehcp_assessment_id": "a", "ehca_ehcp_assessment_outcome_date": [day]},
                **{"ehcn_named_plan_id": "n", "ehcn_ehcp_asmt_id": "a"},
            },
            "a plan that was made was to be issued",
        )
        for day in ("2020-01-01", None)
    ),
    *(
        Scenario(
            f"assessment dated {day}",
            ("C128",),
            ("ehca_ehcp_assessment_outcome",),
            {"ehca_ehcp_assessment_id": "a", "ehca_ehcp_assessment_outcome_date": [day]},
        )
        for day in ("2020-01-01", None)
    ),
    *(
        Scenario(
            f"ceased plan, {name}",
            ("C129",),
            ("ehcn_named_plan_ceased_reason",),
            {
                **person,
                **PLAN,
                "ehcn_named_plan_id": "n",
                "ehcn_ehcp_asmt_id": "a",
                "ehca_ehcp_assessment_id": "a",
                "ehca_ehcp_request_id": "q",
                "ehcn_named_plan_ceased_date": "2020-01-01",
            },
        )
        for name, person in (("dead", DEAD), ("alive", ALIVE))
    ),
)


def _lists(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    return {c: choices(SHIPPED[owner(c).table][c], ssd()) for c in scenario.drawn}


def _with(scenario: Scenario, codes: Mapping[str, str | None]) -> Values:
    """The dataset with ``codes`` in the first row; the other rows of the table say nothing."""
    table = owner(scenario.drawn[0]).table
    rows = max(
        len(v) if isinstance(v, list) else 1
        for c, v in scenario.values.items()
        if owner(c).table == table
    )
    return {**scenario.values, **{c: [codes.get(c)] + [None] * (rows - 1) for c in scenario.drawn}}


def _worlds(scenario: Scenario, drawn: Sequence[Mapping[str, str | None]]) -> Values:
    """The dataset once for each of ``drawn``, side by side, with ids of its own: p0000, p0001."""
    values: dict[str, list[str | None]] = {}
    for n, codes in enumerate(drawn):
        for name, value in _with(scenario, codes).items():
            treatment = SHIPPED[owner(name).table][name].treatment
            # A code that stands in the place of an identifier is the same in every copy.
            tied = treatment == "identifier" and name not in _NO_KEYS.union(scenario.drawn)
            values.setdefault(name, []).extend(
                f"{one}{n:04}" if tied and one is not None else one
                for one in (value if isinstance(value, list) else [value])
            )
    return values


def _by_table(values: Values) -> dict[str, dict[str, list[str | None]]]:
    tables: dict[str, dict[str, list[str | None]]] = {}
    for name, value in values.items():
        held = value if isinstance(value, list) else [value]
        tables.setdefault(owner(name).table, {})[name] = held
    return tables


def _combinations(scenario: Scenario, filled: tuple[str, ...]) -> set[tuple[str, ...]]:
    """What comes out for the first row, over many copies of the dataset side by side."""
    lists = _lists(scenario)
    copies = _worlds(scenario, [{c: lists[c][0] for c in filled}] * COPIES)
    table = owner(scenario.drawn[0]).table
    after = staged(_by_table(copies)).scramble(table)
    firsts = after.gather_every(after.height // COPIES).select(filled)
    drawn = [tuple(map(str, row)) for row in firsts.rows()]
    assert even(drawn, sorted(set(drawn)))
    return set(drawn)


def _allowed(scenario: Scenario, filled: tuple[str, ...]) -> set[tuple[str, ...]]:
    """What breaks none of the rules, of all the codes that the lists hold."""
    lists = _lists(scenario)
    every = [
        dict(zip(filled, codes, strict=True)) for codes in product(*(lists[c] for c in filled))
    ]
    broken = _broken_worlds(scenario, _dataset(scenario, _worlds(scenario, every)))
    checks = [_CONSISTENCY[rule].violations for rule in scenario.rules if rule in _CONSISTENCY]
    return {
        tuple(codes.values())
        for n, codes in enumerate(every)
        if n not in broken and not _breaks(checks, _dataset(scenario, _with(scenario, codes)))
    }


def _breaks(checks: Sequence[Check | None], dataset: Mapping[str, pl.LazyFrame]) -> bool:
    counts = [check(dataset) for check in checks if check]
    assert None not in counts
    return any(counts)


def _broken_worlds(scenario: Scenario, worlds: Mapping[str, pl.LazyFrame]) -> set[int]:
    """The numbers of the worlds where a statutory rule is broken, all in one pass."""
    broken: set[int] = set()
    for rule in (_STATUTORY[rule] for rule in scenario.rules if rule in _STATUTORY):
        assert rule.is_told(worlds)
        assert rule.record is not None
        assert rule.holds is not None
        children = (
            rule.record.rows(worlds)
            .filter(~rule.holds.fill_null(True))
            .select(pl.col(rule.record.child).cast(pl.String).str.tail(4).cast(pl.Int64))
            .collect()
            .to_series()
        )
        assert children.null_count() == 0, "a scenario of statutory rules names its child"
        broken |= set(children)
    return broken


def _dataset(scenario: Scenario, values: Values) -> Mapping[str, pl.LazyFrame]:
    """All tables that the rules read, with all their columns, in the types of the spec."""
    tables = _by_table(values)
    needed: set[str] = set()
    for rule in scenario.rules:
        if rule in _CONSISTENCY:
            needed |= {*_CONSISTENCY[rule].tables}
        elif record := _STATUTORY[rule].record:
            needed |= {*record.reads()}
    return {
        table: pl.LazyFrame(
            [
                pl.Series(c.name, held.get(c.name, [None] * height), dtype=pl.String)
                for c in ssd().tables[table].columns.values()
            ]
        ).with_columns(
            pl.col(c.name).str.to_datetime("%Y-%m-%d")
            if c.dtype == pl.Datetime
            else pl.col(c.name).cast(c.dtype)
            for c in ssd().tables[table].columns.values()
        )
        for table in needed | set(tables)
        for held in [tables.get(table, {})]
        for height in [len(next(iter(held.values()), []))]
    }


def _fillings(scenario: Scenario) -> list[tuple[str, ...]]:
    sizes = range(len(scenario.drawn) if scenario.whole else 1, len(scenario.drawn) + 1)
    return list(chain.from_iterable(combinations(scenario.drawn, size) for size in sizes))


CASES = [
    pytest.param(scenario, filled, id=f"{scenario}-{'+'.join(filled)}")
    for scenario in SCENARIOS
    for filled in _fillings(scenario)
]


@pytest.mark.parametrize(("scenario", "filled"), CASES)
def test_what_is_drawn_is_what_the_rules_allow(scenario: Scenario, filled: tuple[str, ...]) -> None:
    drawn, allowed = _combinations(scenario, filled), _allowed(scenario, filled)
    hard = all(_CONSISTENCY[rule].hard for rule in scenario.rules if rule in _CONSISTENCY)
    if hard and allowed:
        assert drawn <= allowed
    if not scenario.narrower and hard and allowed:
        assert drawn == allowed


def test_every_group_that_forbids_something_has_a_scenario() -> None:
    seen = {column for scenario in SCENARIOS for column in scenario.drawn}
    forbidding = {
        c for group in GROUPS for c in group.columns if group.allows.__name__ != "_anything"
    }
    assert forbidding == seen
