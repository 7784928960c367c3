from .cases import Case, judged

DAY, LATER, BEFORE = "2020-03-02", "2020-03-09", "2020-02-24"
HELP = {
    "earl_episode_start_date": DAY,
    "earl_episode_end_date": DAY,
    "earl_episode_end_reason": "Step-up",
}
COURT = {
    "prep_pre_pro_outcome": "Decision to Issue Care Proceedings",
    "prep_agree_stepdown_issue_date": DAY,
    "prep_pre_pro_decision_date": BEFORE,
    "prep_initial_pre_pro_meeting_date": None,
    "prep_court_reference": "k",
    "prep_care_proc_court_hearings": 0,
    "prep_care_pro_letter_date": DAY,
    "prep_la_final_care_plan": "H",
    "prep_la_final_plan_approved": None,
}
OUTSIDE = COURT | {
    "prep_court_reference": None,
    "prep_care_proc_court_hearings": None,
    "prep_care_pro_letter_date": None,
    "prep_pre_pro_outcome": "Decision to step down",
}
FAMILY = {"prep_plo_family_id": ["f", "f", "f"], "prep_court_reference": ["k", None, "k"]}
REQUEST = {
    "ehcr_ehcp_req_date": [DAY, DAY],
    "ehcr_ehcp_req_outcome": ["Y", "A"],
    "ehcr_ehcp_req_outcome_date": [DAY, None],
}
ASSESSMENT = {
    "ehca_ehcp_assessment_outcome": ["Y", "N", "W"],
    "ehca_ehcp_assessment_outcome_date": [None, DAY, None],
}
NAMED = {
    "ehcn_ehcp_asmt_id": "a",
    "ehcn_named_plan_start_date": BEFORE,
    "ehcn_named_plan_ceased_date": DAY,
    "ehcn_named_plan_ceased_reason": "8",
    "ehca_ehcp_assessment_id": "a",
    "ehca_ehcp_request_id": "r",
    "ehcr_ehcp_request_id": "r",
    "ehcr_send_table_id": "s",
    "send_table_id": "s",
    "send_person_id": "1",
    "pers_person_id": "1",
    "pers_death_date": DAY,
}
NEEDS = {
    "senn_active_ehcp_id": ["p", "p", "q"],
    "senn_active_ehcp_need_rank": ["1", "2", "1"],
    "senn_active_ehcp_need_type": ["ASD", "HI", "HI"],
}

CASES = (
    Case("C122", HELP, {"earl_episode_end_date": BEFORE}),
    Case("C122", HELP, {"earl_episode_end_date": None}),
    Case("C123", COURT, {"prep_pre_pro_outcome": None}),
    Case("C124", COURT, {"prep_pre_pro_outcome": "Decision to step down"}),
    Case("C124", OUTSIDE, {"prep_court_reference": "k"}),
    Case("C124", OUTSIDE, {"prep_care_proc_court_hearings": 0}),
    Case("C124", OUTSIDE, {"prep_care_pro_letter_date": DAY}),
    Case("C124", COURT, {"prep_la_final_plan_approved": "N"}),
    Case("C125", FAMILY, {"prep_court_reference": ["k", None, "m"]}),
    Case("C126", COURT, {"prep_pre_pro_decision_date": LATER}),
    Case("C127", REQUEST, {"ehcr_ehcp_req_outcome": ["H", "A"]}),
    Case("C127", REQUEST, {"ehcr_ehcp_req_outcome": ["Y", "N"]}),
    Case("C127", REQUEST, {"ehcr_ehcp_req_outcome_date": [BEFORE, None]}),
    Case("C128", ASSESSMENT, {"ehca_ehcp_assessment_outcome": ["N", "N", "W"]}),
    Case("C128", ASSESSMENT, {"ehca_ehcp_assessment_outcome": ["Y", "A", "W"]}),
    Case("C129", NAMED, {"ehcn_named_plan_ceased_date": "2020-01-01"}),
    Case("C129", NAMED, {"ehcn_named_plan_ceased_reason": None}),
    Case("C129", NAMED, {"pers_death_date": None}),
    Case("C130", NEEDS, {"senn_active_ehcp_need_rank": ["2", "2", "1"]}),
    Case("C130", NEEDS, {"senn_active_ehcp_need_rank": ["1", "2", "2"]}),
    Case("C130", NEEDS, {"senn_active_ehcp_need_type": ["HI", "HI", "HI"]}),
    Case("C130", NEEDS, {"senn_active_ehcp_id": ["p", "p", "p"]}),
)

test_rule = judged(CASES)
