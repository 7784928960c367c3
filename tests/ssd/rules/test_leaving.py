from .cases import Case, judged

CHILD = {"pers_person_id": "1", "pers_dob": "2002-03-02", "pers_death_date": None}
SCORES = CHILD | {
    "csdq_person_id": ["1", "1", "1"],
    "csdq_sdq_score": [40, None, 0],
    "csdq_sdq_reason": ["SSD_PH", "SDQ1", ""],
    "csdq_sdq_completed_date": ["2010-01-01", "2003-01-01", "2019-01-01"],
}
MISSING = CHILD | {
    "miss_person_id": "1",
    "miss_missing_episode_start_date": "2020-03-01T22:00",
    "miss_missing_episode_end_date": "2020-03-02T04:00",
}
LEAVER = CHILD | {
    "clea_person_id": "1",
    "clea_care_leaver_eligibility": "Former Relevant",
    "clea_care_leaver_in_touch": "YES",
    "clea_care_leaver_latest_contact": "2020-03-02",
    "clea_care_leaver_accommodation": "Z",
    "clea_care_leaver_accom_suitable": "1",
}
UNSEEN = {"clea_care_leaver_latest_contact": None}

CASES = (
    Case("C101", {"clai_person_id": ["1", "2"]}, {"clai_person_id": ["1", "1"]}),
    Case("C102", SCORES, {"csdq_sdq_score": [41, None, 0]}),
    Case("C102", SCORES, {"csdq_sdq_reason": ["SDQ2", "SDQ1", ""]}),
    Case("C102", SCORES, {"csdq_sdq_completed_date": ["2010-01-01", "2003-01-01", "2019-04-01"]}),
    Case(
        "C103",
        MISSING,
        {
            "miss_missing_episode_end_date": "2020-03-01",
            "miss_missing_episode_start_date": "2020-03-02",
        },
    ),
    Case("C103", MISSING, {"miss_missing_episode_end_date": "2020-03-09"}),
    Case(
        "C104",
        {
            "miss_missing_rhi_offered": ["Y", "N", None],
            "miss_missing_rhi_accepted": ["N", "NA", None],
        },
        {"miss_missing_rhi_offered": ["NA", "N", None]},
    ),
    Case("C105", LEAVER, {"clea_care_leaver_in_touch": "NO"}),
    Case("C105", LEAVER | UNSEEN, {"clea_care_leaver_in_touch": "DIED"}),
    Case("C106", LEAVER, {"pers_dob": "2005-03-02"}),
    Case("C106", LEAVER, {"pers_dob": "1990-03-02"}),
    Case("C107", LEAVER | {"pers_dob": "2000-01-01"}, {"clea_care_leaver_eligibility": "Eligible"}),
    Case("C107", LEAVER, {"pers_dob": "2003-03-02"}),
    Case("C108", LEAVER, {"clea_care_leaver_accom_suitable": None}),
    Case("C108", LEAVER, {"pers_dob": "2002-03-09"}),
)

test_rule = judged(CASES)
