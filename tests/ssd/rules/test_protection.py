from .cases import Case, judged

DAY, LATER, BEFORE = "2020-03-02", "2020-03-09", "2020-02-24"
CONFERENCE = {
    "icpc_icpc_id": "i",
    "icpc_cp_plan_id": "p",
    "icpc_s47_enquiry_id": "s",
    "icpc_icpc_date": DAY,
    "s47e_s47_enquiry_id": "s",
    "s47e_s47_start_date": DAY,
    "s47e_s47_outcome_json": '{"CP_CONFERENCE_FLAG":"Y"}',
    "cppl_cp_plan_id": "p",
    "cppl_icpc_id": "i",
    "cppl_cp_plan_start_date": DAY,
}
PLAN = {
    "cppl_cp_plan_id": "p",
    "cppl_person_id": "1",
    "cppl_cp_plan_start_date": DAY,
    "cppl_cp_plan_end_date": LATER,
}
REVIEWS = PLAN | {
    "cppr_cp_plan_id": ["p", "p", "-1"],
    "cppr_person_id": ["1", "1", "2"],
    "cppr_cp_review_date": [DAY, LATER, BEFORE],
    "cppr_cp_review_outcome_continue_cp": ["N", "N", "N"],
}
MEETING = {
    "icpc_icpc_meeting_id": ["m", "m"],
    "icpc_icpc_date": [DAY, DAY],
    "cppr_cp_review_meeting_id": ["m", "n"],
    "cppr_cp_review_date": [DAY, LATER],
}
PARTICIPATION = {"pers_person_id": "1", "pers_dob": "2016-03-02"}

CASES = (
    Case(
        "C061",
        {"s47e_s47_start_date": DAY, "s47e_s47_end_date": DAY},
        {"s47e_s47_end_date": BEFORE},
    ),
    Case("C062", CONFERENCE, {"s47e_s47_outcome_json": '{"CP_CONFERENCE_FLAG":"F"}'}),
    Case("C063", CONFERENCE, {"icpc_icpc_date": BEFORE}),
    Case("C065", CONFERENCE, {"cppl_icpc_id": "other"}),
    Case("C065", CONFERENCE | {"icpc_cp_plan_id": None}, {"icpc_cp_plan_id": "other"}),
    Case("C066", CONFERENCE, {"cppl_cp_plan_start_date": BEFORE}),
    Case("C067", MEETING, {"cppr_cp_review_date": [LATER, LATER]}),
    Case("C067", MEETING, {"icpc_icpc_date": [DAY, BEFORE]}),
    Case("C068", PLAN, {"cppl_cp_plan_end_date": BEFORE}),
    Case(
        "C068",
        {
            "cppl_person_id": ["1", "1"],
            "cppl_cp_plan_start_date": [BEFORE, DAY],
            "cppl_cp_plan_end_date": [DAY, None],
        },
        {"cppl_cp_plan_end_date": [LATER, None]},
    ),
    Case(
        "C069",
        {
            "cppl_cp_plan_initial_category": "Multiple: physical abuse and neglect",
            "cppl_cp_plan_latest_category": "Physical Abuse",
        },
        {"cppl_cp_plan_latest_category": "Bullying"},
    ),
    Case(
        "C070",
        PLAN | {"cppv_cp_plan_id": ["p", "-1"], "cppv_cp_visit_date": ["2020-03-09T16:30", BEFORE]},
        {"cppv_cp_visit_date": ["2020-03-10T09:00", BEFORE]},
    ),
    Case("C071", REVIEWS, {"cppr_cp_review_date": [BEFORE, LATER, BEFORE]}),
    Case("C071", REVIEWS, {"cppr_person_id": ["2", "1", "2"]}),
    Case("C072", REVIEWS, {"cppl_cp_plan_end_date": None}),
    Case("C072", REVIEWS, {"cppl_cp_plan_end_date": DAY}),
    Case(
        "C073",
        PARTICIPATION
        | {
            "cppr_person_id": ["1", "1"],
            "cppr_cp_review_participation": ["PN0", "PN1"],
            "cppr_cp_review_date": [DAY, LATER],
        },
        {"cppr_cp_review_date": [LATER, LATER]},
    ),
    Case(
        "C073",
        PARTICIPATION
        | {
            "clae_cla_id": ["c", "c"],
            "clae_person_id": ["1", "1"],
            "clar_cla_id": "c",
            "clar_cla_review_participation": "PN0 Aged under 4",
            "clar_cla_review_date": BEFORE,
        },
        {"clar_cla_review_date": LATER},
    ),
)

test_rule = judged(CASES)
