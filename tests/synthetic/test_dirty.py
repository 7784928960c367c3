"""Every fault that real databases hold is in the dirty data, and still fits its column."""

from __future__ import annotations

import json
from datetime import datetime

import polars as pl
import pytest

from tests.synthetic.conftest import Tables
from tests.synthetic.test_rules import OUTCOMES

C = pl.col
OUTSIDE = {
    "ssd_cp_visits": "cppv_person_id",
    "ssd_cla_placement": "clap_person_id",
    "ssd_mother": "moth_childs_person_id",
    "ssd_cohort": "dim_person_id",
    "ssd_pre_cla_care_plan": "DIM_PERSON_ID",
}
USUAL = {r"^zz/zz/zzzz$", "a name in the answer"}
"""Not faults: clean data hold these too."""
FAULTS = {
    "ssd_person": {
        "SSD_SUI": C("pers_single_unique_id") == "SSD_SUI",
        "UN code as UPN": C("pers_upn").str.contains(r"^UN\d+$"),
        "UPN as reason, cut": C("pers_upn_unknown") == C("pers_upn").str.slice(0, 6),
        "padded flag": C("pers_send_flag") == "Y    ",
        "gender letters": C("pers_gender") == "F",
        "sex in words": C("pers_sex") == "Female",
        "ethnicity in words": C("pers_ethnicity") == "White British",
        "mixed case": C("pers_ethnicity") == "MWBa",
        "legacy id of another": C("pers_legacy_id").str.contains(r"^\d{7}$"),
        "four bytes": C("pers_forename").str.contains("\U00020bb7"),
    },
    "ssd_address": {
        "plain text": C("addr_address_json").str.contains(r"^\d+ .*XX\d"),
        "no blank": C("addr_address_postcode").str.contains(r"^XX\d{2,3}[A-Z]{2}$"),
        "empty": C("addr_address_postcode") == "",
        "local type": C("addr_address_type") == "LOCAL7",
    },
    "ssd_contacts": {
        "local source": C("cont_contact_source_code") == "LOCAL7",
        "null beside a description": C("cont_contact_source_code").is_null()
        & C("cont_contact_source_desc").is_not_null(),
    },
    "ssd_cin_episodes": {
        "worker name": C("cine_referral_worker_id").str.contains(" "),
        "empty reason": C("cine_close_reason") == "",
        "glued": C("cine_referral_id").str.starts_with(C("cine_person_id")),
    },
    "ssd_cin_assessments": {
        "glued": C("cina_assessment_id").str.starts_with(C("cina_person_id")),
        "1900": C("cina_assessment_auth_date") == datetime(1900, 1, 1),
        "a bare flag": C("cina_assessment_outcome_json") == "Y",
    },
    "ssd_assessment_factors": {
        "JSON null": C("cinf_assessment_factors_json").str.starts_with("[null,"),
        "none": C("cinf_assessment_factors_json") == "[]",
        "glued": C("cinf_table_id").str.len_chars() > 12,
    },
    "ssd_cin_plans": {
        team: C("cinp_cin_plan_team") == team for team in ("0", "-1", "")
    },
    "ssd_cp_reviews": {
        "no such plan": C("cppr_cp_plan_id") == "-1",
        "no plan": C("cppr_cp_plan_id").is_null(),
        "wordy flag": C("cppr_cp_review_quorate").str.len_chars() > 1,
    },
    "ssd_cla_episodes": {
        "start in words": C("clae_cla_episode_start_reason") == "S - Started to be looked after",
        "ceased in words": C("clae_cla_episode_ceased_reason").str.starts_with("X1 Episode"),
    },
    "ssd_cla_placement": {
        "not Ofsted": C("clap_cla_placement_urn") == "XXXXXXX",
        "property number": C("clap_cla_placement_urn").str.contains(r"^\d{12}$"),
        "not measurable": (C("clap_cla_placement_distance") == 999.9)
        & C("clap_cla_placement_postcode").is_not_null(),
        "local reason": C("clap_cla_placement_change_reason") == "LOCAL7",
    },
    "ssd_cla_reviews": {
        "empty": C("clar_cla_review_participation") == "",
        "in words": C("clar_cla_review_participation") == "PN0 Aged under 4",
    },
    "ssd_cla_previous_permanence": {
        form: C("lapp_previous_permanence_order_date").str.contains(form)
        for form in (r"^zz/zz/$", r"^\d{2}/zz/\d{4}$", r"^\d/\d\d/\d{4}$", r"^zz/\d\d/$",
                     r"^zz/zz/zzzz$")
    },
    "ssd_cla_care_plan": {"plain": ~C("lacp_cla_care_plan_json").str.starts_with("{")},
    "ssd_legal_status": {"in words": C("lega_legal_status") == "Full care order"},
    "ssd_immigration_status": {
        "status in words": C("immi_immigration_status").str.contains("Unaccompanied")
    },
    "ssd_early_help_episodes": {
        "SSD_PH": C("earl_episode_worker_id") == "SSD_PH",
        "pictures": C("earl_episode_reason").str.contains("\U0001f600"),
        "very long": C("earl_episode_reason").str.len_chars() > 8_000,
    },
    "ssd_missing": {"trailing blanks": C("miss_person_id").str.ends_with("  ")},
    "ssd_sdq_scores": {
        "SSD_PH": C("csdq_sdq_reason") == "SSD_PH",
        "twice": C("csdq_table_id").is_duplicated(),
    },
    "ssd_linked_identifiers": {"SSD_PH": C("link_identifier_value") == "SSD_PH"},
    "ssd_care_leavers": {
        "1900": C("clea_pathway_plan_review_date") == datetime(1900, 1, 1),
        "adviser by name": C("clea_care_leaver_personal_advisor").str.contains(" "),
        "in words": C("clea_care_leaver_activity").str.contains(" "),
    },
    "ssd_involvements": {
        "local role": C("invo_professional_role_id") == "LOCAL7",
        "team by name": C("invo_professional_team").str.contains("Team"),
    },
    "ssd_s251_finance": {"placeholder": C("s251_placeholder_1") == "PLACEHOLDER_DATA"},
    "ssd_permanence": {"1900": C("perm_placed_foster_carer_date") == datetime(1900, 1, 1)},
    "ssd_pre_proceedings": {
        "padded": C("prep_parents_legal_rep_point_of_issue").str.ends_with(" ")
    },
    "ssd_api_data_staging": {
        "lower case": C("submission_status") == "pending",
        "lower state": C("row_state") == "unchanged",
        "padded state": C("row_state").str.ends_with(" "),
        "null factor": C("json_payload").str.contains('"factors":[null,', literal=True),
        "null dates": C("json_payload").str.contains('"matched_date":null', literal=True),
        "ethnicity spelt out": C("json_payload").str.contains('"ethnicity":"White British"'),
        "no disabilities": ~C("json_payload").str.contains('"disabilities"'),
        "type cut to 3": C("json_payload").str.contains('"placement_type":"U1 "'),
        "no worker": C("json_payload").str.contains('"worker_id":"SSD_PH"'),
        "SSD_SUI": C("json_payload").str.contains('"mis_child_id":"SSD_SUI"'),
        "a name in the answer": C("api_response").str.contains("record of"),
    },
    "ssd_department": {"no such parent": C("dept_team_parent_id") == "910"},
    "ssd_professionals": {
        "typed": C("prof_social_worker_registration_no").str.starts_with("sw")
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "fault"), [(table, fault) for table, faults in FAULTS.items() for fault in faults]
)
def test_fault_is_there_and_not_in_clean_data(
    table: str, fault: str, dirty: Tables, clean: Tables
) -> None:
    assert dirty[table].filter(FAULTS[table][fault]).height > 0
    assert fault in USUAL or clean[table].filter(FAULTS[table][fault]).is_empty()


@pytest.mark.parametrize("table", OUTSIDE)
def test_people_outside_ssd_person(table: str, dirty: Tables) -> None:
    known = dirty["ssd_person"]["pers_person_id"].implode()
    assert dirty[table].filter(~C(OUTSIDE[table]).is_in(known)).height > 0


@pytest.mark.parametrize("table", OUTCOMES)
def test_outcomes_in_every_form(table: str, dirty: Tables) -> None:
    texts = dirty[table][OUTCOMES[table]].drop_nulls()
    assert (~texts.str.starts_with("{")).any()
    assert texts.str.contains('"OUTCOME_NFA_FLAG"|"OUTCOME_SINGLE_ASSESSMENT_FLAG"').any()
    assert texts.str.contains("\U0001f642").any()
    broken = 0
    for text in texts.filter(texts.str.starts_with("{")):
        try:
            json.loads(text)
        except ValueError:
            broken += 1
    escaped = table in {"ssd_s47_enquiry", "ssd_initial_cp_conference"}
    assert (broken == 0) == escaped


def test_staff_ids_and_names_are_those_of_a_worker(dirty: Tables) -> None:
    workers = dirty["ssd_professionals"]
    staff = workers["prof_staff_id"].implode()
    assert dirty["ssd_s47_enquiry"]["s47e_s47_completed_by_worker_id"].is_in(staff).all()
    assert dirty["ssd_initial_cp_conference"]["icpc_icpc_worker_id"].is_in(staff).all()
    named = dirty["ssd_cin_episodes"].filter(C("cine_referral_worker_id").str.contains(" "))
    names = workers["prof_professional_name"].implode()
    assert named["cine_referral_worker_id"].is_in(names).all()


def test_permanence_names_another_child_by_its_legacy_id(dirty: Tables) -> None:
    rows = dirty["ssd_permanence"].join(
        dirty["ssd_cla_episodes"].select("clae_cla_id", "clae_person_id").unique(),
        left_on="perm_cla_id",
        right_on="clae_cla_id",
    )
    wrong = rows.filter(C("perm_person_id") != C("clae_person_id"))
    assert wrong.height > 0
    assert wrong["perm_person_id"].is_in(dirty["ssd_person"]["pers_person_id"].implode()).all()


def test_glued_ids_no_longer_join(dirty: Tables) -> None:
    assessments = dirty["ssd_cin_assessments"]["cina_assessment_id"].implode()
    lost = dirty["ssd_assessment_factors"].filter(~C("cinf_assessment_id").is_in(assessments))
    assert 0.1 < lost.height / dirty["ssd_assessment_factors"].height < 0.3
