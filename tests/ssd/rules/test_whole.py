from .cases import Case, judged

CHILD = {"pers_person_id": "1", "pers_death_date": "2020-03-02"}

CASES = (
    Case(
        "C121",
        CHILD | {"cont_person_id": ["1", "2"], "cont_contact_date": ["2020-03-02", "2020-04-01"]},
        {"cont_contact_date": ["2020-03-03", "2020-04-01"]},
    ),
    Case(
        "C121",
        CHILD | {"miss_person_id": "1", "miss_missing_episode_start_date": "2020-03-02"},
        {"miss_missing_episode_start_date": "2020-03-03"},
    ),
)

test_rule = judged(CASES)
