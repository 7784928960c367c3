import json

from .cases import Case, judged

BORN = "2010-05-04"
ADDRESS = json.dumps(
    dict.fromkeys(
        ("ROOM", "FLOOR", "FLAT", "BUILDING", "HOUSE", "STREET", "TOWN", "UPRN", "EASTING"), ""
    )
    | {"NORTHING": ""}
)
UNBORN = {"pers_person_id": "1", "pers_dob": None, "pers_expected_dob": BORN}
MOTHER = {
    "moth_person_id": "1",
    "moth_childs_person_id": "2",
    "moth_childs_dob": BORN,
    "pers_person_id": ["1", "2"],
    "pers_dob": ["1990-01-01", BORN],
    "pers_sex": ["F", "M"],
    "pers_is_mother": ["Y", None],
}
PLANNED = {
    "pers_person_id": ["1", "2"],
    "pers_send_flag": ["Y    ", "N    "],
    "ehcp_ehcp_request_id": "r",
    "ehcr_ehcp_request_id": "r",
    "ehcr_send_table_id": "s",
    "send_table_id": "s",
    "send_person_id": "1",
}
FACTORS = {
    "cinf_assessment_id": "a",
    "cinf_assessment_factors_json": '["9A"]',
    "cina_assessment_id": "a",
    "cina_person_id": "1",
    "immi_person_id": "1",
}

CASES = (
    Case("C004", {"pers_dob": BORN, "pers_expected_dob": None}, {"pers_expected_dob": BORN}),
    Case("C005", {"pers_dob": BORN, "pers_death_date": BORN}, {"pers_death_date": "2010-05-03"}),
    Case("C005", {"pers_dob": BORN, "pers_death_date": BORN}, {"pers_dob": None}),
    Case("C006", {"pers_dob": BORN}, {"pers_dob": "2999-01-01"}),
    Case("C017", {"pers_sex": "Female", "pers_is_mother": "Y"}, {"pers_sex": "Male"}),
    Case("C018", MOTHER, {"pers_is_mother": [None, "Y"]}),
    Case("C019", MOTHER, {"moth_childs_dob": "2010-05-05"}),
    Case("C020", MOTHER, {"moth_childs_person_id": "1"}),
    Case("C020", MOTHER, {"pers_sex": ["M", "M"]}),
    Case("C020", MOTHER, {"pers_dob": [BORN, BORN]}),
    Case(
        "C021",
        {"pers_sex": ["F", "M"], "pers_gender": ["F", "02"]},
        {"pers_gender": ["M", "02"]},
    ),
    Case("C022", PLANNED, {"pers_send_flag": ["Y", "Y"]}),
    Case("C022", PLANNED, {"pers_send_flag": ["N", "N"]}),
    Case(
        "C022",
        PLANNED
        | {"send_person_id": [], "send_table_id": [], "pers_send_flag": "Y", "pers_person_id": "1"},
        {"send_person_id": "1", "send_table_id": "s", "pers_send_flag": "N"},
    ),
    Case(
        "C023",
        {"disa_person_id": ["1", "1", "2"], "disa_disability_code": ["MOB", "LD", "NONE"]},
        {"disa_disability_code": ["MOB", "NONE", "NONE"]},
    ),
    Case(
        "C023",
        {"disa_person_id": ["1", "1"], "disa_disability_code": ["MOB", "LD"]},
        {"disa_disability_code": ["MOB", "mob "]},
    ),
    Case("C024", UNBORN | {"disa_person_id": "2"}, {"disa_person_id": "1"}),
    Case(
        "C025",
        {
            "immi_immigration_status_start_date": BORN,
            "immi_immigration_status_end_date": "1900-01-01",
        },
        {"immi_immigration_status_end_date": "2010-05-03"},
    ),
    Case(
        "C026",
        {"immi_immigration_status": ["U", "Refugee Status"]},
        {"immi_immigration_status": ["U", "Unaccompanied Asylum Seeking Child"]},
    ),
    Case(
        "C027",
        FACTORS | {"immi_immigration_status": "UASC"},
        {"immi_immigration_status": "Refugee Status"},
    ),
    Case(
        "C028",
        {"addr_address_start_date": BORN, "addr_address_end_date": None},
        {"addr_address_end_date": "2010-05-03"},
    ),
    Case(
        "C031",
        {"addr_address_json": [ADDRESS, "1 High Street, ZZ99 3AA", None]},
        {"addr_address_json": ['{"TOWN": ""}', "", ""]},
    ),
)

test_rule = judged(CASES)
