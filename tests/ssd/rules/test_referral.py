from typing import Any

from .cases import Case, judged

DAY, LATER, BEFORE = "2020-03-02", "2020-03-09", "2020-02-24"
DIED = {
    "cine_person_id": "1",
    "cine_close_reason": "RC2 Died",
    "pers_person_id": "1",
    "pers_dob": BEFORE,
    "pers_expected_dob": None,
    "pers_death_date": DAY,
}
ASSESSED = {"cine_close_reason": "RC8", "cine_referral_id": "r", "cina_referral_id": "r"}
ADOPTED = {
    "cine_referral_id": "r",
    "cine_close_reason": "RC1",
    "clae_referral_id": ["r", "r"],
    "clae_cla_episode_ceased_reason": ["X1", "E11"],
}
REFERRAL = {"cine_referral_id": "r", "cine_person_id": "1"}
ENQUIRY = {"s47e_s47_enquiry_id": "s", "s47e_person_id": "1"}
PLANS = {
    "cinp_person_id": ["1", "1", "2"],
    "cinp_cin_plan_start_date": [DAY, BEFORE, BEFORE],
    "cinp_cin_plan_end_date": [None, DAY, None],
}
NOTE = {
    "cinv_cin_visit_id": ["n", "c"],
    "cinv_cin_visit_date": [DAY, LATER],
    "cinv_cin_visit_seen": ["Y", "N"],
    "cinv_cin_visit_seen_alone": ["N", "N"],
    "cinv_cin_visit_bedroom": [None, "N"],
    "cppv_cp_visit_id": ["n", "p"],
    "cppv_cp_visit_date": [DAY, DAY],
    "cppv_cp_visit_seen": ["Y", "Y"],
    "cppv_cp_visit_seen_alone": ["N", "N"],
    "cppv_cp_visit_bedroom": [None, "N"],
}
ALONE = {
    "clav_cla_visit_seen": ["Y", "N", None],
    "clav_cla_visit_seen_alone": ["Y", "N", None],
}
IN_ROOM = {
    "cppv_cp_visit_seen": "N",
    "cppv_cp_visit_seen_alone": "N",
    "cppv_cp_visit_bedroom": "Y",
}


def _factors(*arrays: str | None) -> dict[str, Any]:
    return {"cinf_assessment_factors_json": list(arrays)}


def _of_one_person(rule: str, column: str, link: str, parents: dict[str, Any]) -> Case:
    return Case(rule, parents | {column: "1", link: next(iter(parents.values()))}, {column: "2"})


CASES = (
    Case("C033", {"cine_close_date": None, "cine_close_reason": ""}, {"cine_close_reason": "RC7"}),
    Case("C033", {"cine_close_date": DAY, "cine_close_reason": "RC7"}, {"cine_close_reason": " "}),
    Case("C034", {"cine_referral_date": DAY, "cine_close_date": DAY}, {"cine_close_date": BEFORE}),
    Case("C035", DIED, {"pers_death_date": None}),
    Case(
        "C035",
        DIED | {"cine_close_reason": "RC7", "pers_death_date": None},
        {"cine_close_reason": "Died"},
    ),
    Case("C036", ASSESSED, {"cina_referral_id": "q"}),
    Case(
        "C036",
        ASSESSED | {"cina_referral_id": "q", "cine_close_reason": "RC7"},
        {"cine_close_reason": "RC9"},
    ),
    Case("C037", ADOPTED, {"cine_close_reason": "RC7"}),
    Case(
        "C038",
        {"cine_referral_source_code": ["2A", "77"], "cine_referral_source_desc": ["Schools", "x"]},
        {"cine_referral_source_desc": ["Police", "x"]},
    ),
    Case(
        "C039",
        {"cont_contact_source_code": ["6", None], "cont_contact_source_desc": ["Police", "Other"]},
        {"cont_contact_source_desc": ["Housing", "Other"]},
    ),
    Case(
        "C047",
        {
            "cina_assessment_start_date": [DAY, DAY],
            "cina_assessment_auth_date": [DAY, "1900-01-01"],
        },
        {"cina_assessment_auth_date": [BEFORE, None]},
    ),
    Case(
        "C048",
        {
            "cine_referral_id": "r",
            "cine_referral_date": DAY,
            "cina_referral_id": "r",
            "cina_assessment_start_date": DAY,
        },
        {"cina_assessment_start_date": BEFORE},
    ),
    _of_one_person("C049", "cina_person_id", "cina_referral_id", REFERRAL),
    _of_one_person("C050", "cinp_person_id", "cinp_referral_id", REFERRAL),
    _of_one_person("C051", "s47e_person_id", "s47e_referral_id", REFERRAL),
    _of_one_person("C052", "icpc_person_id", "icpc_referral_id", REFERRAL),
    _of_one_person("C052", "icpc_person_id", "icpc_s47_enquiry_id", ENQUIRY),
    _of_one_person("C053", "cppl_person_id", "cppl_referral_id", REFERRAL),
    _of_one_person(
        "C053", "cppl_person_id", "cppl_icpc_id", {"icpc_icpc_id": "i", "icpc_person_id": "1"}
    ),
    _of_one_person("C054", "clae_person_id", "clae_referral_id", REFERRAL),
    _of_one_person("C055", "invo_person_id", "invo_referral_id", REFERRAL),
    Case("C056", {"cinf_assessment_id": ["a", "b"]}, {"cinf_assessment_id": ["a", "a"]}),
    Case("C057", _factors('["2B","10A","20"]', '["21"]', "[]", None, "plain"), _factors('["25A"]')),
    Case("C057", _factors('[null, "1A"]', '{"9A":"Yes"}'), _factors('["10A","2B"]')),
    Case("C057", _factors('["18A","18B"]'), _factors('["1A","1A"]')),
    Case("C057", _factors('["20"]'), _factors('["20","21"]')),
    Case("C058", PLANS, {"cinp_cin_plan_end_date": [BEFORE, DAY, None]}),
    Case("C058", PLANS, {"cinp_cin_plan_end_date": [None, LATER, None]}),
    Case("C058", PLANS, {"cinp_cin_plan_end_date": [None, None, None]}),
    Case("C059", ALONE, {"clav_cla_visit_seen": ["N", "N", None]}),
    Case("C059", ALONE, {"clav_cla_visit_seen": [None, "N", None]}),
    Case("C059", IN_ROOM, {"cppv_cp_visit_seen": None}),
    Case("C060", NOTE, {"cppv_cp_visit_date": [LATER, DAY]}),
    Case("C060", NOTE, {"cinv_cin_visit_bedroom": ["Y", "N"]}),
)

test_rule = judged(CASES)
