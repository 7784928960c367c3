"""A dataset of a few children that breaks no statutory rule, and changes of it that break one."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.ssd.rules.check import Frames
from scrambler.ssd.rules.statutory import STATUTORY, Evaluation, evaluate

Row = dict[str, Any]
Dataset = dict[str, list[Row]]

YEAR_END = date(2026, 3, 31)
_BY_CODE = {(rule.census, rule.code): rule for rule in STATUTORY}

UPN = "B801200005001"
FLAG = '{"NFA_FLAG":"N","CP_CONFERENCE_FLAG":"%s"}'


def _person(number: str, **told: Any) -> Row:
    return {
        "pers_person_id": number, "pers_sex": "M", "pers_ethnicity": "WBRI",
        "pers_upn_unknown": "UN3", **told,
    }  # fmt: skip


# 1 is a boy in need and then protected; 2 is not born yet; 3 is a girl in care, moved once, under
# an interim and then a care order; 4 was adopted; 5 is a young mother who left care at 18.
BASE: Dataset = {
    "ssd_person": [
        _person("1", pers_dob="2015-05-11", pers_upn=UPN, pers_upn_unknown=None),
        _person("2", pers_expected_dob="2026-06-01", pers_sex="U"),
        _person("3", pers_dob="2010-02-01", pers_sex="F", pers_is_mother="N"),
        _person("4", pers_dob="2019-01-10"),
        _person("5", pers_dob="2004-07-05", pers_sex="F", pers_is_mother="Y"),
        _person("6", pers_dob="2022-01-05", pers_upn_unknown="UN1"),
    ],
    "ssd_mother": [
        {"moth_person_id": "5", "moth_childs_person_id": "6", "moth_childs_dob": "2022-01-05"}
    ],
    "ssd_disability": [
        *({"disa_person_id": child, "disa_disability_code": "NONE"} for child in "13456"),
    ],
    "ssd_linked_identifiers": [
        {"link_person_id": "1", "link_identifier_type": "Former Unique Pupil Number",
         "link_identifier_value": "A123456789012"},
    ],
    "ssd_address": [
        {"addr_person_id": child, "addr_address_postcode": "XX1 1AA"} for child in "1345"
    ],
    "ssd_cin_episodes": [
        {"cine_referral_id": "r1", "cine_person_id": "1", "cine_referral_date": "2023-01-09",
         "cine_referral_nfa": "N", "cine_cin_primary_need_code": "N1",
         "cine_referral_source_code": "1A", "cine_close_date": "2023-03-01",
         "cine_close_reason": "RC8"},
        {"cine_referral_id": "r2", "cine_person_id": "1", "cine_referral_date": "2024-01-08",
         "cine_referral_nfa": "N", "cine_cin_primary_need_code": "N1",
         "cine_referral_source_code": "1A"},
        {"cine_referral_id": "r3", "cine_person_id": "2", "cine_referral_date": "2026-01-12",
         "cine_referral_nfa": "N", "cine_cin_primary_need_code": "N4",
         "cine_referral_source_code": "3A"},
        {"cine_referral_id": "r4", "cine_person_id": "6", "cine_referral_date": "2024-02-05",
         "cine_referral_nfa": "Y", "cine_referral_source_code": "3A"},
    ],
    "ssd_cin_assessments": [
        {"cina_assessment_id": "a1", "cina_person_id": "1", "cina_referral_id": "r1",
         "cina_assessment_start_date": "2023-01-11", "cina_assessment_auth_date": "2023-02-15"},
        {"cina_assessment_id": "a2", "cina_person_id": "1", "cina_referral_id": "r2",
         "cina_assessment_start_date": "2024-01-10", "cina_assessment_auth_date": "2024-02-20"},
        {"cina_assessment_id": "a3", "cina_person_id": "2", "cina_referral_id": "r3",
         "cina_assessment_start_date": "2026-02-20"},
    ],
    "ssd_assessment_factors": [
        {"cinf_assessment_id": "a1", "cinf_assessment_factors_json": '["21"]'},
        {"cinf_assessment_id": "a2", "cinf_assessment_factors_json": '["2B","3B"]'},
    ],
    "ssd_s47_enquiry": [
        {"s47e_s47_enquiry_id": "s1", "s47e_referral_id": "r2", "s47e_person_id": "1",
         "s47e_s47_start_date": "2024-01-15", "s47e_s47_outcome_json": FLAG % "Y"},
        {"s47e_s47_enquiry_id": "s2", "s47e_referral_id": "r2", "s47e_person_id": "1",
         "s47e_s47_start_date": "2025-01-15", "s47e_s47_outcome_json": FLAG % "N"},
    ],
    "ssd_initial_cp_conference": [
        {"icpc_icpc_id": "i1", "icpc_s47_enquiry_id": "s1", "icpc_person_id": "1",
         "icpc_referral_id": "r2", "icpc_icpc_date": "2024-02-05",
         "icpc_icpc_target_date": "2024-02-05", "icpc_icpc_transfer_in": "N"},
    ],
    "ssd_cin_plans": [
        {"cinp_cin_plan_id": "n1", "cinp_referral_id": "r2", "cinp_person_id": "1",
         "cinp_cin_plan_start_date": "2024-08-05"},
    ],
    "ssd_cp_plans": [
        {"cppl_cp_plan_id": "k1", "cppl_referral_id": "r2", "cppl_icpc_id": "i1",
         "cppl_person_id": "1", "cppl_cp_plan_start_date": "2024-02-05",
         "cppl_cp_plan_end_date": "2024-08-01", "cppl_cp_plan_initial_category": "Neglect",
         "cppl_cp_plan_latest_category": "Neglect"},
    ],
    "ssd_cp_reviews": [
        {"cppr_cp_review_id": "w1", "cppr_cp_plan_id": "k1", "cppr_person_id": "1",
         "cppr_cp_review_date": "2024-04-30"},
    ],
    "ssd_cla_episodes": [
        {"clae_cla_episode_id": "e1", "clae_person_id": "3", "clae_cla_placement_id": "p1",
         "clae_cla_id": "c3", "clae_cla_episode_start_date": "2023-01-10",
         "clae_cla_episode_start_reason": "S", "clae_cla_episode_ceased_date": "2023-06-01",
         "clae_cla_episode_ceased_reason": "X1", "clae_cla_primary_need_code": "N1",
         "clae_entered_care_date": "2023-01-10"},
        {"clae_cla_episode_id": "e2", "clae_person_id": "3", "clae_cla_placement_id": "p2",
         "clae_cla_id": "c3", "clae_cla_episode_start_date": "2023-06-01",
         "clae_cla_episode_start_reason": "P", "clae_cla_episode_ceased_date": "2023-09-01",
         "clae_cla_episode_ceased_reason": "X1", "clae_cla_primary_need_code": "N1",
         "clae_entered_care_date": "2023-01-10"},
        {"clae_cla_episode_id": "e3", "clae_person_id": "3", "clae_cla_placement_id": "p2",
         "clae_cla_id": "c3", "clae_cla_episode_start_date": "2023-09-01",
         "clae_cla_episode_start_reason": "L", "clae_cla_primary_need_code": "N1",
         "clae_entered_care_date": "2023-01-10"},
        {"clae_cla_episode_id": "e4", "clae_person_id": "4", "clae_cla_placement_id": "p3",
         "clae_cla_id": "c4", "clae_cla_episode_start_date": "2020-01-10",
         "clae_cla_episode_start_reason": "S", "clae_cla_episode_ceased_date": "2021-02-01",
         "clae_cla_episode_ceased_reason": "X1", "clae_cla_primary_need_code": "N2",
         "clae_entered_care_date": "2020-01-10"},
        {"clae_cla_episode_id": "e5", "clae_person_id": "4", "clae_cla_placement_id": "p4",
         "clae_cla_id": "c4", "clae_cla_episode_start_date": "2021-02-01",
         "clae_cla_episode_start_reason": "B", "clae_cla_episode_ceased_date": "2021-11-01",
         "clae_cla_episode_ceased_reason": "E11", "clae_cla_primary_need_code": "N2",
         "clae_entered_care_date": "2020-01-10"},
        {"clae_cla_episode_id": "e6", "clae_person_id": "5", "clae_cla_placement_id": "p5",
         "clae_cla_id": "c5", "clae_cla_episode_start_date": "2019-01-10",
         "clae_cla_episode_start_reason": "S", "clae_cla_episode_ceased_date": "2022-07-05",
         "clae_cla_episode_ceased_reason": "E17", "clae_cla_primary_need_code": "N5",
         "clae_entered_care_date": "2019-01-10"},
    ],
    "ssd_cla_placement": [
        {"clap_cla_placement_id": "p1", "clap_cla_id": "c3", "clap_person_id": "3",
         "clap_cla_placement_start_date": "2023-01-10", "clap_cla_placement_end_date": "2023-06-01",
         "clap_cla_placement_type": "U6", "clap_cla_placement_provider": "PR1",
         "clap_cla_placement_urn": "SC000001", "clap_cla_placement_distance": 3.5,
         "clap_cla_placement_postcode": "XX2 2AA", "clap_cla_placement_change_reason": "CHILD"},
        {"clap_cla_placement_id": "p2", "clap_cla_id": "c3", "clap_person_id": "3",
         "clap_cla_placement_start_date": "2023-06-01", "clap_cla_placement_type": "K2",
         "clap_cla_placement_provider": "PR4", "clap_cla_placement_urn": "SC000002",
         "clap_cla_placement_distance": 10.0, "clap_cla_placement_postcode": "XX2 3AA"},
        {"clap_cla_placement_id": "p3", "clap_cla_id": "c4", "clap_person_id": "4",
         "clap_cla_placement_start_date": "2020-01-10", "clap_cla_placement_end_date": "2021-02-01",
         "clap_cla_placement_type": "U4", "clap_cla_placement_provider": "PR1",
         "clap_cla_placement_urn": "SC000001", "clap_cla_placement_distance": 1.0,
         "clap_cla_placement_postcode": "XX2 4AA", "clap_cla_placement_change_reason": "CARPL"},
        {"clap_cla_placement_id": "p4", "clap_cla_id": "c4", "clap_person_id": "4",
         "clap_cla_placement_start_date": "2021-02-01", "clap_cla_placement_end_date": "2021-11-01",
         "clap_cla_placement_type": "A6", "clap_cla_placement_provider": "PR2",
         "clap_cla_placement_urn": "SC000003", "clap_cla_placement_distance": 30.0,
         "clap_cla_placement_postcode": "XX2 5AA"},
        {"clap_cla_placement_id": "p5", "clap_cla_id": "c5", "clap_person_id": "5",
         "clap_cla_placement_start_date": "2019-01-10", "clap_cla_placement_end_date": "2022-07-05",
         "clap_cla_placement_type": "U4", "clap_cla_placement_provider": "PR1",
         "clap_cla_placement_urn": "SC000001", "clap_cla_placement_distance": 1.0,
         "clap_cla_placement_postcode": "XX2 4AA"},
    ],
    "ssd_legal_status": [
        {"lega_legal_status_id": "l1", "lega_person_id": "3", "lega_legal_status": "C1",
         "lega_legal_status_start_date": "2023-01-10", "lega_legal_status_end_date": "2023-09-01"},
        {"lega_legal_status_id": "l2", "lega_person_id": "3", "lega_legal_status": "C2",
         "lega_legal_status_start_date": "2023-09-01"},
        {"lega_legal_status_id": "l3", "lega_person_id": "4", "lega_legal_status": "C2",
         "lega_legal_status_start_date": "2020-01-10", "lega_legal_status_end_date": "2021-02-01"},
        {"lega_legal_status_id": "l4", "lega_person_id": "4", "lega_legal_status": "E1",
         "lega_legal_status_start_date": "2021-02-01", "lega_legal_status_end_date": "2021-11-01"},
        {"lega_legal_status_id": "l5", "lega_person_id": "5", "lega_legal_status": "V2",
         "lega_legal_status_start_date": "2019-01-10", "lega_legal_status_end_date": "2022-07-05"},
    ],
    "ssd_permanence": [
        {"perm_table_id": "m1", "perm_person_id": "4", "perm_adm_decision_date": "2020-10-01",
         "perm_matched_date": "2021-01-10", "perm_placed_for_adoption_date": "2021-02-01",
         "perm_adopter_sex": "MF", "perm_adopter_legal_status": "L11",
         "perm_number_of_adopters": 2, "perm_adopted_by_carer_flag": "N"},
        {"perm_table_id": "m2", "perm_person_id": "3", "perm_adm_decision_date": "2023-10-01",
         "perm_decision_reversed_date": "2024-01-10", "perm_decision_reversed_reason": "RD1"},
    ],
    "ssd_cla_reviews": [
        {"clar_cla_review_id": "v1", "clar_cla_person_id": "3",
         "clar_cla_review_date": "2023-02-08", "clar_cla_review_cancelled": "N",
         "clar_cla_review_participation": "PN1"},
        {"clar_cla_review_id": "v2", "clar_cla_person_id": "4",
         "clar_cla_review_date": "2020-02-08", "clar_cla_review_cancelled": "N",
         "clar_cla_review_participation": "PN0"},
    ],
    "ssd_sdq_scores": [
        {"csdq_table_id": "q1", "csdq_person_id": "3", "csdq_sdq_completed_date": "2024-02-08",
         "csdq_sdq_score": 12},
        {"csdq_table_id": "q2", "csdq_person_id": "3", "csdq_sdq_completed_date": "2025-02-08",
         "csdq_sdq_reason": "SDQ2"},
    ],
    "ssd_missing": [
        {"miss_table_id": "g1", "miss_person_id": "3", "miss_missing_episode_type": "M",
         "miss_missing_episode_start_date": "2023-03-08",
         "miss_missing_episode_end_date": "2023-03-10"},
        {"miss_table_id": "g2", "miss_person_id": "5", "miss_missing_episode_type": "A",
         "miss_missing_episode_start_date": "2022-03-08",
         "miss_missing_episode_end_date": "2022-03-08"},
    ],
    "ssd_immigration_status": [
        {"immi_person_id": "3", "immi_immigration_status": "Indefinite leave",
         "immi_immigration_status_start_date": "2023-03-08",
         "immi_immigration_status_end_date": "2024-03-08"},
    ],
    "ssd_cla_previous_permanence": [
        {"lapp_person_id": "3", "lapp_previous_permanence_option": "Z1"},
        {"lapp_person_id": "4", "lapp_previous_permanence_option": "P2",
         "lapp_previous_permanence_la": "Anyshire",
         "lapp_previous_permanence_order_date": "zz/05/2019"},
    ],
    "ssd_cla_substance_misuse": [
        {"clas_person_id": "3", "clas_substance_misused": "Alcohol",
         "clas_intervention_received": "Y"},
    ],
    "ssd_cla_convictions": [
        {"clac_person_id": "3", "clac_cla_conviction_date": "2024-03-08"},
    ],
    "ssd_care_leavers": [
        {"clea_person_id": "5", "clea_care_leaver_in_touch": "YES",
         "clea_care_leaver_latest_contact": "2023-07-05", "clea_care_leaver_accommodation": "U",
         "clea_care_leaver_accom_suitable": "1", "clea_care_leaver_activity": "F1"},
    ],
    "ssd_professionals": [
        {"prof_professional_id": "x1", "prof_social_worker_registration_no": "SW1234"},
    ],
    "ssd_involvements": [
        {"invo_person_id": "3", "invo_professional_id": "x1", "invo_professional_role_id": "CW",
         "invo_involvement_start_date": "2023-01-10", "invo_involvement_end_date": "2023-06-01",
         "invo_worker_change_reason": "MANAGE"},
        {"invo_person_id": "3", "invo_professional_id": "x1", "invo_professional_role_id": "CW",
         "invo_involvement_start_date": "2023-06-01"},
    ],
}  # fmt: skip


def frames(dataset: Dataset) -> Frames:
    """Return lazy frames of all tables of ``dataset``, with every column of the spec."""
    found = {}
    for table, rows in dataset.items():
        columns = ssd().tables[table].columns.values()
        assert not {name for row in rows for name in row} - {c.name for c in columns}
        found[table] = pl.LazyFrame(
            [
                pl.Series(c.name, [_typed(row.get(c.name), c.dtype) for row in rows], c.dtype)
                for c in columns
            ]
        )
    return found


def _typed(value: Any, dtype: pl.DataType) -> Any:
    return datetime.fromisoformat(value) if value and dtype == pl.Datetime else value


@dataclass(frozen=True)
class Case:
    """``code`` is broken by ``changes`` to the row at ``at`` of ``table``, or by rows added."""

    code: str
    table: str = ""
    at: int = 0
    changes: Row = field(default_factory=dict)
    added: Dataset = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}-{'-'.join([*self.changes, *self.added])}"

    def dataset(self) -> Dataset:
        """Return the dataset that breaks the rule."""
        changed = deepcopy(BASE)
        if self.changes:
            changed[f"ssd_{self.table}"][self.at].update(self.changes)
        for table, rows in self.added.items():
            changed[f"ssd_{table}"].extend(rows)
        return changed


def change(code: str, table: str, at: int = 0, **changes: Any) -> Case:
    """Return the case of a changed row."""
    return Case(code, table, at, changes)


def another(code: str, table: str, of: int = 0, **changes: Any) -> Case:
    """Return the case of a row like another, but for ``changes``."""
    return Case(code, added={table: [{**BASE[f"ssd_{table}"][of], **changes}]})


def found(dataset: Dataset) -> Evaluation:
    """Return what breaks the rules in a dataset at the end of the year."""
    return evaluate(frames(dataset), STATUTORY, YEAR_END)


def breaking(census: Any, cases: tuple[Case, ...]) -> Callable[[Case], None]:
    """Return the test that each case breaks its rule, which the dataset without it meets."""

    @pytest.mark.parametrize("case", cases, ids=str)
    def test_rule(case: Case) -> None:
        rule = _BY_CODE[census, case.code]
        changed = frames(case.dataset())
        assert evaluate(frames(BASE), [rule], YEAR_END).failures == {rule.id: 0}
        assert evaluate(changed, [rule], YEAR_END).failures[rule.id] > 0

    return test_rule
