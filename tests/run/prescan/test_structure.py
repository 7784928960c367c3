"""What hangs on a row, what came before it, how long it lasted."""

import pytest

from tests.contexts import Stage, staged

Column = list[str | None]


def _fields(stage: Stage, index: str, table: str, field: str) -> list[int]:
    return stage.context.indexes[index].get(field, stage.batch(table).rows, 9).tolist()


@pytest.mark.parametrize(
    ("index", "table", "column"),
    [
        ("assessed", "ssd_cin_assessments", "cina_referral_id"),
        ("enquired", "ssd_s47_enquiry", "s47e_referral_id"),
        ("conferred", "ssd_initial_cp_conference", "icpc_referral_id"),
        ("in need", "ssd_cin_plans", "cinp_referral_id"),
        ("protected", "ssd_cp_plans", "cppl_referral_id"),
        ("enquiries conferred", "ssd_initial_cp_conference", "icpc_s47_enquiry_id"),
        ("conferences planned", "ssd_cp_plans", "cppl_icpc_id"),
        ("looked after", "ssd_cla_episodes", "clae_person_id"),
        ("care leavers", "ssd_care_leavers", "clea_person_id"),
    ],
)
def test_what_is_referred_to_is_known(index: str, table: str, column: str) -> None:
    stage = staged({table: {column: ["r1", "r2", "r1", None, "-1"]}})
    held = stage.context.indexes[index]
    assert held.holds(stage.batch(table).token(column)).tolist() == [True] * 3 + [False] * 2


def _referrals(made: Column, closed: Column) -> Stage:
    rows = len(made)
    return staged(
        {
            "ssd_cin_episodes": {
                "cine_referral_id": [f"r{n}" for n in range(rows)],
                "cine_person_id": ["p"] * rows,
                "cine_referral_date": made,
                "cine_close_date": closed,
            }
        }
    )


@pytest.mark.parametrize(
    ("made", "closed", "superseded"),
    [
        (["2020-01-01"], [None], [0]),
        (["2020-01-01", "2020-05-01"], [None, None], [1, 1]),
        (["2020-01-01", "2020-05-01"], [None, "2020-06-01"], [1, 0]),
        (["2020-05-01", "2020-01-01"], [None, "2020-06-01"], [1, 0]),
        (["2020-05-01", "2020-01-01"], [None, "2020-05-01"], [0, 0]),
    ],
)
def test_an_open_referral_beside_another_is_no_case(
    made: Column, closed: Column, superseded: list[int]
) -> None:
    stage = _referrals(made, closed)
    assert _fields(stage, "referrals", "ssd_cin_episodes", "superseded") == superseded


ADOPTION = {
    "ssd_permanence": {
        "perm_table_id": ["o", "q", "r"],
        "perm_person_id": ["p", "reversed", "undecided"],
        "perm_adm_decision_date": ["2020-01-01", "2020-01-01", None],
        "perm_placed_for_adoption_date": ["2020-03-01"] * 3,
        "perm_decision_reversed_date": [None, "2020-04-01", None],
        "perm_permanence_order_date": ["2020-09-01"] * 3,
    },
    "ssd_cla_placement": {
        "clap_cla_placement_id": ["l1", "l2", "l3", "l4"],
        "clap_person_id": ["p", "p", "reversed", "undecided"],
        "clap_cla_placement_start_date": ["2020-01-01", *["2020-03-01"] * 3],
    },
    "ssd_legal_status": {
        "lega_legal_status_id": ["s1", "s2", "s3"],
        "lega_person_id": ["p", "p", "reversed"],
        "lega_legal_status_start_date": ["2019-01-01", "2020-02-01", "2020-02-01"],
        "lega_legal_status_end_date": ["2020-02-01", None, None],
    },
    "ssd_cla_episodes": {
        "clae_cla_episode_id": ["e1", "e2", "e3"],
        "clae_person_id": ["p", "p", "reversed"],
        "clae_cla_id": ["c", "c", "d"],
        "clae_cla_episode_start_date": ["2020-01-01", "2020-03-01", "2020-03-01"],
        "clae_cla_episode_ceased_date": ["2020-03-01", "2020-09-01", "2020-09-01"],
    },
}


def test_who_is_placed_for_adoption_is_seen_in_every_table() -> None:
    stage = staged(ADOPTION)
    # 2 is under a placement order: a status, since the decision, that covers the day.
    assert _fields(stage, "placements", "ssd_cla_placement", "adoptive") == [0, 2, 1, 0]
    assert _fields(stage, "statuses", "ssd_legal_status", "ordered") == [0, 1, 0]
    assert _fields(stage, "episodes", "ssd_cla_episodes", "adopted") == [0, 1, 0]
    assert _fields(stage, "adoptions", "ssd_permanence", "adopted") == [1, 0, 0]


def test_statuses_take_turns_and_know_their_length() -> None:
    stage = staged(
        {
            "ssd_legal_status": {
                "lega_legal_status_id": ["s1", "s2", "s3", "s4", "s5", "t"],
                "lega_person_id": [*["p"] * 5, "q"],
                "lega_legal_status_start_date": [
                    "2020-01-01", "2020-01-04", "2020-01-11", "2020-02-01", "2021-01-01",
                    "2020-01-01",
                ],
                "lega_legal_status_end_date": [
                    "2020-01-04", "2020-01-11", "2020-02-01", "2021-01-01", None, "2020-01-05",
                ],
            }
        }
    )  # fmt: skip
    assert _fields(stage, "statuses", "ssd_legal_status", "turn") == [0, 1, 0, 1, 0, 0]
    assert _fields(stage, "statuses", "ssd_legal_status", "span") == [0, 1, 2, 3, 3, 1]


def test_an_episode_knows_what_changed_with_it() -> None:
    stage = staged(
        {
            "ssd_cla_episodes": {
                "clae_cla_episode_id": ["e1", "e2", "e3", "e4"],
                "clae_person_id": ["p"] * 4,
                "clae_cla_id": ["c"] * 4,
                "clae_cla_placement_id": ["l1", "l2", "l2", "l3"],
                "clae_cla_episode_start_date": [
                    "2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01",
                ],
            },
            "ssd_legal_status": {
                "lega_legal_status_id": ["s1", "s2", "s3", "s4"],
                "lega_person_id": ["p", "p", "p", "other"],
                "lega_legal_status_start_date": [
                    "2020-01-01", "2020-03-01", "2020-04-01", "2020-02-01",
                ],
            },
        }
    )  # fmt: skip
    assert _fields(stage, "episodes", "ssd_cla_episodes", "change") == [1, 2, 1, 3]


def test_a_placement_at_home_is_seen_however_its_postcode_is_written() -> None:
    stage = staged(
        {
            "ssd_address": {
                "addr_table_id": ["a1", "a2"],
                "addr_person_id": ["p", "q"],
                "addr_address_postcode": ["xx1 1aa", "XX2 2AA"],
            },
            "ssd_cla_placement": {
                "clap_cla_placement_id": ["l1", "l2", "l3"],
                "clap_person_id": ["p", "p", "q"],
                "clap_cla_placement_start_date": ["2020-01-01"] * 3,
                "clap_cla_placement_postcode": ["XX11AA", "XX2 2AA", ""],
            },
        }
    )
    assert _fields(stage, "placements", "ssd_cla_placement", "home") == [1, 0, 0]
    children = stage.batch("ssd_cla_placement").subjects
    assert stage.context.indexes["with parents"].holds(children).tolist() == [True, True, False]
