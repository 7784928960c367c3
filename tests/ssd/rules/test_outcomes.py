from .cases import Case, judged

CONTACT = {"cont_contact_outcome_json": '{"NFA_FLAG":"Y","NEW_REFERRAL_FLAG":"N"}'}

CASES = (
    Case(
        "C040",
        {
            "cine_referral_nfa": ["Y", "N", "Y", "1"],
            "cine_referral_outcome_json": [
                '{"NFA_FLAG":"Y"}',
                '{"OUTCOME_NFA_FLAG":"N"}',
                '{"NFA_FLAG":"N", broken',
                '{"COMMENTS":"none"}',
            ],
        },
        {"cine_referral_nfa": ["N", "Y", "Y", "Y"]},
    ),
    Case(
        "C041",
        {"cine_referral_nfa": "Y", "cine_referral_id": "r", "cina_referral_id": "q"},
        {"cina_referral_id": "r"},
    ),
    Case(
        "C041",
        {
            "cine_referral_nfa": "Y",
            "cine_referral_outcome_json": '{"SINGLE_ASSESSMENT_FLAG":"N"}',
        },
        {"cine_referral_outcome_json": '{"SINGLE_ASSESSMENT_FLAG":"Y"}'},
    ),
    Case(
        "C042",
        {"cina_assessment_outcome_nfa": "Y", "cina_assessment_outcome_json": '{"NFA_FLAG":"Y"}'},
        {"cina_assessment_outcome_nfa": "N"},
    ),
    Case(
        "C043",
        {"s47e_s47_nfa": "N", "s47e_s47_outcome_json": '{"NFA_FLAG":"N"}'},
        {"s47e_s47_outcome_json": '{"NFA_FLAG":"Y"}'},
    ),
    Case(
        "C044",
        {"icpc_icpc_outcome_cp_flag": "Y", "icpc_icpc_outcome_json": '{"CP_FLAG":"Y"}'},
        {"icpc_icpc_outcome_cp_flag": "N"},
    ),
    Case(
        "C045",
        CONTACT,
        {"cont_contact_outcome_json": '{"NFA_FLAG":"Y","NEW_REFERRAL_FLAG":"Y"}'},
    ),
    Case(
        "C046",
        {"cont_contact_outcome_json": ['{"NUMBER_OF_OUTCOMES":2}', "text", '{"A":1}']},
        {"cont_contact_outcome_json": ['{"NUMBER_OF_OUTCOMES":"2"}', None, None]},
    ),
    Case(
        "C046",
        {"icpc_icpc_outcome_json": '{"TOTAL_NO_OF_OUTCOMES": null, "COMMENTS": ""}'},
        {"icpc_icpc_outcome_json": '{"TOTAL_NO_OF_OUTCOMES": two}'},
    ),
)

test_rule = judged(CASES)
