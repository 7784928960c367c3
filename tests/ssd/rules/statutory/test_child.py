"""Both returns about the child: identifiers, dates of birth and death, sex, mothers."""

from .dataset import BASE, UPN, Case, another, breaking, change

IN_CARE, MOTHER = 2, 4

CASES = (
    change("1510", "person", pers_upn="C801200005001"),
    another("1520", "person", 0, pers_person_id="9"),
    change("1540", "person", pers_upn="B8012X0005001"),
    change("1550", "person", pers_upn=f"{UPN[:12]}S"),
    change("1560Q", "linked_identifiers", link_identifier_value="A12345678901B"),
    change("1570", "person", pers_person_id="1" * 21),
    change("1580", "person", pers_person_id="1-2"),
    change("4180", "person", pers_sex=None),
    change("4180", "person", pers_sex="X"),
    change("4220", "person", pers_ethnicity=None),
    change("8500", "person", pers_person_id=None),
    another("8510", "person", 0),
    change("8520", "person", pers_dob="2026-04-11"),
    change("8525Q", "person", pers_expected_dob="2015-05-12"),
    change("8525Q", "person", 1, pers_expected_dob=None),
    change("8530Q", "person", 1, pers_expected_dob="2026-02-28"),
    change("8535Q", "person", pers_death_date="2015-05-10"),
    change("8540", "disability", disa_person_id="9"),
    change("8750", "person", 1, pers_sex="F"),
    change("8770Q", "person", pers_upn=None, pers_upn_unknown="UN8"),
    change("8770Q", "person", pers_upn=None, pers_upn_unknown="UN1"),
    change("8772", "person", pers_upn=None, pers_upn_unknown="UN7"),
    another("8790", "disability", disa_disability_code="MOB"),
    another("8794", "disability"),
)

CARE_CASES = (
    change("101", "person", IN_CARE, pers_sex="X"),
    change("103", "person", IN_CARE, pers_ethnicity="X"),
    change("168", "person", IN_CARE, pers_upn_unknown="UN8"),
    change("209", "person", IN_CARE, pers_upn_unknown="UN1"),
    change("210", "person", IN_CARE, pers_upn_unknown="UN4"),
    change("442", "person", IN_CARE, pers_upn_unknown=None),
    change("444", "person", IN_CARE, pers_upn_unknown="UN10"),
    change("444", "person", IN_CARE, pers_upn=UPN),
    change("102", "person", IN_CARE, pers_dob=None),
    change("232", "person", IN_CARE, pers_sex="U"),
    change("301", "person", IN_CARE, pers_dob="2026-04-01"),
    change("351", "person", IN_CARE, pers_dob="1998-04-01"),
    change("174", "person", MOTHER, pers_sex="M"),
    change("393", "person", IN_CARE, pers_is_mother=None),
    change("607", "person", MOTHER, pers_is_mother=None),
    change("611", "person", IN_CARE, pers_is_mother="Y"),
    change("612", "person", MOTHER, pers_is_mother="N"),
    change("620", "mother", moth_childs_dob="2015-07-01"),
    change("621", "mother", moth_childs_dob="2004-07-01"),
    Case(
        "625",
        "mother",
        0,
        {"moth_childs_dob": "2025-10-06"},
        {
            "cla_episodes": [
                {**BASE["ssd_cla_episodes"][5], "clae_cla_episode_ceased_date": "2025-07-05"}
            ]
        },
    ),
)

test_rule = breaking("CIN", CASES)
test_rule_of_care = breaking("SSDA903", CARE_CASES)
