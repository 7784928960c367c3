import pytest

from scrambler.ssd import ssd
from scrambler.ssd.sampling import GROUPS, ORDER_TYPES
from scrambler.treatments.sampling import drawn, has_code
from tests.contexts import SHIPPED, staged
from tests.law import even

ORDERS = ("Adoption", "Special Guardianship Order", "Child Arrangements/ Residence Order")


def test_groups_name_columns_that_are_there_and_drawn() -> None:
    shipped = {c: SHIPPED[group.table][c] for group in GROUPS for c in group.columns}
    others = {c: a for c, a in shipped.items() if a.traits.draws not in ("code", "number")}
    # A reason may stand in the place of a UPN, and is drawn as in the column of reasons.
    assert others.keys() == {"pers_upn"}
    reasons = shipped["pers_upn_unknown"].parameters["list"]
    assert shipped["pers_upn"].parameters["codes"] == reasons
    named = [(group.table, column) for group in GROUPS for column in group.columns]
    assert len(set(named)) == len(named)


def test_order_types_stand_in_the_order_that_endings_count_on() -> None:
    assert ssd().code_lists["permanence_order_type"].codes == ORDERS
    assert len(ORDERS) == ORDER_TYPES


def test_an_order_and_the_episode_that_ends_with_it_agree() -> None:  # C093
    people = [f"p{n}" for n in range(3_000)]
    periods = [f"c{n}" for n in range(3_000)]
    stage = staged(
        {
            "ssd_cla_episodes": {
                "clae_cla_episode_id": [f"e{n}" for n in range(3_000)],
                "clae_person_id": people,
                "clae_cla_id": periods,
                "clae_cla_episode_start_date": ["2019-01-01"] * 3_000,
                "clae_cla_episode_ceased_date": ["2020-01-01"] * 3_000,
                "clae_cla_episode_ceased_reason": ["E11"] * 3_000,
            },
            "ssd_permanence": {
                "perm_table_id": [f"o{n}" for n in range(3_000)],
                "perm_person_id": people,
                "perm_cla_id": periods,
                "perm_permanence_order_date": ["2020-01-01"] * 3_000,
                "perm_permanence_order_type": ["Adoption"] * 3_000,
                # One in three was placed for adoption, as decided before, and never taken back.
                "perm_adm_decision_date": [None if n % 3 else "2019-03-01" for n in range(3_000)],
                "perm_placed_for_adoption_date": [
                    None if n % 3 else "2019-06-01" for n in range(3_000)
                ],
            },
            "ssd_cla_placement": {
                "clap_cla_placement_id": [f"l{n}" for n in range(0, 3_000, 3)],
                "clap_person_id": people[::3],
                "clap_cla_placement_start_date": ["2019-06-01"] * 1_000,
            },
        }
    )
    ends = {
        "Adoption": {"E11", "E12"},
        "Special Guardianship Order": {"E45", "E46", "E47", "E48"},
        "Child Arrangements/ Residence Order": {"E41"},
    }
    types = stage.column("ssd_permanence", "perm_permanence_order_type")
    reasons = stage.column("ssd_cla_episodes", "clae_cla_episode_ceased_reason")
    assert all(reason in ends[kind] for kind, reason in zip(types, reasons, strict=True))
    assert {*types[::3]} == {"Adoption"}
    assert even(types[1::3] + types[2::3], ORDERS[1:])
    assert {*reasons[::3]} == ends["Adoption"]


def test_the_need_is_one_in_a_period() -> None:  # C081
    stage = staged(
        {
            "ssd_cla_episodes": {
                "clae_cla_episode_id": [f"e{n}" for n in range(900)],
                "clae_cla_id": [f"c{n // 3}" for n in range(900)],
                "clae_cla_primary_need_code": ["N1"] * 900,
            }
        }
    )
    needs = stage.column("ssd_cla_episodes", "clae_cla_primary_need_code")
    assert all(len(set(needs[n : n + 3])) == 1 for n in range(0, 900, 3))
    assert even(needs[::3], ssd().code_lists["primary_need_cla"].codes)


def test_a_casenote_in_both_visit_tables_is_drawn_alike() -> None:  # C060
    keys = [f"v{n}" for n in range(300)]
    columns = ("visit_seen", "visit_seen_alone", "visit_bedroom")
    stage = staged(
        {
            "ssd_cin_visits": {
                "cinv_cin_visit_id": keys,
                **{f"cinv_cin_{c}": ["N"] * 300 for c in columns},
            },
            "ssd_cp_visits": {
                "cppv_cp_visit_id": keys,
                **{f"cppv_cp_{c}": ["Y"] * 300 for c in columns},
            },
        }
    )
    for column in columns:
        one = stage.column("ssd_cin_visits", f"cinv_cin_{column}")
        assert one == stage.column("ssd_cp_visits", f"cppv_cp_{column}")


def test_ages_are_those_of_the_scrambled_dates() -> None:
    # Born on 29 February: three years and a day or so, on either side of the fourth birthday.
    people = [f"p{n}" for n in range(2_000)]
    stage = staged(
        {
            "ssd_person": {"pers_person_id": people, "pers_dob": ["2016-02-29"] * 2_000},
            "ssd_cp_reviews": {
                "cppr_cp_review_id": people,
                "cppr_person_id": people,
                "cppr_cp_review_date": ["2020-02-28"] * 2_000,
                "cppr_cp_review_participation": ["PN1"] * 2_000,
            },
        }
    )
    born = stage.column("ssd_person", "pers_dob")
    met = stage.column("ssd_cp_reviews", "cppr_cp_review_date")
    codes = stage.column("ssd_cp_reviews", "cppr_cp_review_participation")
    for birth, day, code in zip(born, met, codes, strict=True):
        age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
        assert (code == "PN0") == (age < 4)


@pytest.mark.parametrize("value", [None, "", "SSD_PH"])
def test_what_says_nothing_is_not_coded(value: str | None) -> None:
    batch = staged({"ssd_person": {"pers_person_id": ["1"], "pers_sex": [value]}}).batch(
        "ssd_person"
    )
    assert not has_code(batch, "pers_sex").any()
    assert drawn(batch, "pers_sex").choices.tolist() == [-1]


def test_the_law_of_a_draw_is_what_it_is_drawn_by() -> None:
    keys = [f"p{n}" for n in range(30_000)]
    tables = {
        "ssd_person": {
            "pers_person_id": keys,
            "pers_sex": ["M"] * 30_000,
            "pers_is_mother": ["N"] * 30_000,
        },
        "ssd_mother": {"moth_table_id": keys[:9_000], "moth_person_id": keys[:9_000]},
    }
    draw = drawn(staged(tables).batch("ssd_person"), "pers_sex")
    for stratum in (0, 1):
        here = draw.choices[draw.strata == stratum]
        expected = draw.chances[stratum]
        assert abs(expected.sum() - 1) < 1e-12
        for choice, chance in enumerate(expected):
            limit = 6 * (len(here) * chance * (1 - chance)) ** 0.5
            assert abs((here == choice).sum() - len(here) * chance) <= limit
