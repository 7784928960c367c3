from .cases import Case, judged

# UPN, ULN and NHS number published with their check digits; see spec README.
UPN, ULN, NHS = "B801200005001", "9276308686", "9434765919"

CASES = (
    Case("C001", {"pers_person_id": ["a", "b"]}, {"pers_person_id": ["a", "a"]}),
    Case("C001", {"pers_person_id": "a"}, {"pers_person_id": None}),
    Case("C002", {"pers_person_id": "a1_-"}, {"pers_person_id": "a 1"}),
    Case(
        "C002",
        {"pers_person_id": ["1" * 20, "2" * 20]},
        {"pers_person_id": ["1" * 20 + "2", "1" * 20 + "3"]},
    ),
    Case("C003", {"pers_person_id": "a0yx", "pers_legacy_id": "b"}, {"pers_legacy_id": "b0Xb"}),
    Case("C003", {"cine_referral_id": "1"}, {"cine_referral_id": "0x1"}),
    Case("C008", {"pers_upn": UPN, "pers_upn_unknown": ""}, {"pers_upn_unknown": "UN1"}),
    Case("C008", {"pers_upn": "UN3", "pers_upn_unknown": "UN1"}, {"pers_upn": UPN}),
    Case("C009", {"pers_upn": UPN, "pers_upn_unknown": UPN}, {"pers_upn": "B801200005002"}),
    Case(
        "C010",
        {"pers_person_id": "1", "pers_upn": UPN, "send_person_id": "1", "send_upn": UPN + " "},
        {"send_upn": "X"},
    ),
    Case(
        "C010",
        {
            "pers_person_id": "1",
            "pers_upn": UPN,
            "link_person_id": "1",
            "link_identifier_type": "Former Unique Pupil Number",
            "link_identifier_value": "X",
        },
        {"link_identifier_value": UPN},
    ),
    Case(
        "C010",
        {
            "pers_person_id": "1",
            "pers_upn": UPN,
            "link_person_id": "1",
            "link_identifier_type": "Unique Pupil Number",
            "link_identifier_value": UPN,
        },
        {"link_identifier_value": "X"},
    ),
    Case("C011", {"pers_upn": [UPN, "UN10", "UN10", None]}, {"pers_upn": [UPN, UPN, "UN10", ""]}),
    Case("C011", {"pers_upn": UPN}, {"pers_upn": "A801200005001"}),
    Case(
        "C012",
        {"link_identifier_type": "Unique Pupil Number", "link_identifier_value": UPN},
        {"link_identifier_value": NHS},
    ),
    Case(
        "C012",
        {"link_identifier_type": "NHS Number", "link_identifier_value": NHS},
        {"link_identifier_value": ULN},
    ),
    Case(
        "C013",
        {"link_valid_from_date": "2020-01-01", "link_valid_to_date": "2020-01-01"},
        {"link_valid_to_date": "2019-12-31"},
    ),
    Case(
        "C015",
        {"send_upn": None, "send_uln": "", "send_upn_unknown": "UN2"},
        {"send_uln": ULN},
    ),
    Case(
        "C015",
        {"send_upn": None, "send_uln": ULN, "send_upn_unknown": "SSD_PH"},
        {"send_uln": NHS},
    ),
    Case("C016", {"pers_single_unique_id": NHS}, {"pers_single_unique_id": ULN}),
    Case(
        "C016",
        {
            "pers_person_id": "1",
            "pers_common_child_id": NHS,
            "link_person_id": "1",
            "link_identifier_type": "NHS Number",
            "link_identifier_value": NHS,
        },
        {"link_identifier_value": "9990000018"},
    ),
)

test_rule = judged(CASES)
