from datetime import date

import polars as pl
import pytest

from scrambler.run.prescan import INDEX_DEFINITIONS
from tests.contexts import SHIPPED, Stage, staged

SEND = {
    "ssd_send": {"send_table_id": ["s1", "s2"], "send_person_id": ["p1", "p2"]},
    "ssd_ehcp_requests": {
        "ehcr_ehcp_request_id": ["r1", "r2"],
        "ehcr_send_table_id": ["s1", "s2"],
    },
    "ssd_ehcp_assessment": {
        "ehca_ehcp_assessment_id": ["a1"],
        "ehca_ehcp_request_id": ["r2"],
    },
    "ssd_ehcp_named_plan": {"ehcn_named_plan_id": ["n1"], "ehcn_ehcp_asmt_id": ["a1"]},
    "ssd_ehcp_active_plans": {
        "ehcp_active_ehcp_id": ["e1", "e2"],
        "ehcp_ehcp_request_id": ["r1", "gone"],
    },
    "ssd_sen_need": {"senn_table_id": ["x1"], "senn_active_ehcp_id": ["e1"]},
}


def _lane(stage: Stage, person: str) -> int:
    ids = stage.context.pseudonyms.identify("person", pl.Series([person]))
    return int(ids.tokens[0])


@pytest.mark.parametrize(
    ("table", "persons"),
    [
        ("ssd_send", ["p1", "p2"]),
        ("ssd_ehcp_requests", ["p1", "p2"]),
        ("ssd_ehcp_assessment", ["p2"]),
        ("ssd_ehcp_named_plan", ["p2"]),
        ("ssd_ehcp_active_plans", ["p1", None]),
        ("ssd_sen_need", ["p1"]),
    ],
)
def test_the_child_is_found_over_joins(table: str, persons: list[str | None]) -> None:
    stage = staged(SEND)
    expected = [_lane(stage, person) if person else 0 for person in persons]
    assert stage.batch(table).subjects.tolist() == expected


CLA = {
    "ssd_cla_episodes": {
        "clae_cla_episode_id": ["e1", "e2"],
        "clae_person_id": ["p1", "p1"],
        "clae_cla_id": ["c1", "c1"],
    },
    "ssd_cla_placement": {"clap_cla_placement_id": ["l1"], "clap_person_id": ["p1"]},
    "ssd_s251_finance": {"s251_table_id": ["f1"], "s251_cla_placement_id": ["l1"]},
}


def test_reviews_finance_and_orders_find_theirs() -> None:
    stage = staged(
        {
            **CLA,
            "ssd_cla_reviews": {
                "clar_cla_review_id": ["v1", "v2", "v3"],
                "clar_cla_id": ["c1", "c1", "gone"],
                "clar_cla_person_id": [None, "p9", None],
            },
            "ssd_permanence": {
                "perm_table_id": ["o1", "o2"],
                "perm_cla_id": ["c1", None],
                "perm_person_id": ["p9", "p2"],
            },
        }
    )
    first, second, ninth = (_lane(stage, person) for person in ("p1", "p2", "p9"))
    assert stage.batch("ssd_s251_finance").subjects.tolist() == [first]
    # The row's own child comes first, then the join; an order trusts its period more.
    assert stage.batch("ssd_cla_reviews").subjects.tolist() == [first, ninth, 0]
    assert stage.batch("ssd_permanence").subjects.tolist() == [first, second]


def test_factors_find_the_child_of_their_assessment() -> None:
    stage = staged(
        {
            "ssd_cin_assessments": {"cina_assessment_id": ["a1 "], "cina_person_id": [" p1"]},
            "ssd_assessment_factors": {
                "cinf_table_id": ["f1", "f2"],
                "cinf_assessment_id": ["a1", "gone"],
            },
        }
    )
    assert stage.batch("ssd_assessment_factors").subjects.tolist() == [_lane(stage, "p1"), 0]


def test_facts_about_persons() -> None:
    stage = staged(
        {
            "ssd_person": {
                "pers_person_id": ["p1", "p2", "p3"],
                "pers_dob": ["2015-01-01", None, "1900-01-01"],
                "pers_death_date": ["2020-05-05", None, None],
            }
        }
    )
    person = stage.context.indexes["deaths"]
    batch = stage.batch("ssd_person")
    died = (date(2020, 5, 5) - date(1970, 1, 1)).days
    (day, *_) = person.get("death", batch.token("pers_person_id"), 0)
    assert day == batch.moved("pers_death_date")[0]  # it is that of the output
    assert 14 <= died - day <= 120


def _episodes(**columns: list[str | None]) -> dict[str, list[str | None]]:
    return {f"clae_{name}": values for name, values in columns.items()}


def test_episodes_know_their_place_in_the_period() -> None:
    stage = staged(
        {
            "ssd_cla_episodes": _episodes(
                cla_episode_id=["e3", "e1", "e2", "x1", "n1", "n2"],
                person_id=["p"] * 6,
                cla_id=["c1", "c1", "c1", "c2", None, None],
                cla_episode_start_date=[
                    "2020-03-01",
                    "2020-01-01",
                    "2020-02-01",
                    "2020-02-01",
                    "2020-01-01",
                    "2020-02-01",
                ],
                cla_episode_ceased_date=[
                    None,
                    "2020-02-01",
                    "2020-02-25",
                    "2020-03-01",
                    "2020-02-01",
                    None,
                ],
            )
        }
    )
    index, rows = stage.context.indexes["episodes"], stage.batch("ssd_cla_episodes").rows
    assert index.get("last", rows, 2).tolist() == [1, 0, 0, 0, 2, 2]
    assert index.get("first", rows, 2).tolist() == [0, 1, 0, 1, 2, 2]
    assert index.get("followed", rows, 2).tolist() == [0, 1, 0, 0, 2, 2]


def test_siblings_are_numbered() -> None:
    stage = staged(
        {
            "ssd_disability": {
                "disa_table_id": ["d1", "d2", "d3", "d4"],
                "disa_person_id": ["p1", "p2", "p1", "p1"],
            }
        }
    )
    index, rows = stage.context.indexes["disabilities"], stage.batch("ssd_disability").rows
    assert index.get("count", rows, 0).tolist() == [3, 1, 3, 3]
    ranks = index.get("rank", rows, -1)
    assert sorted(ranks[[0, 2, 3]].tolist()) == [0, 1, 2]
    assert ranks[1] == 0


def test_plans_orders_mothers_and_assessed_referrals() -> None:
    stage = staged(
        {
            **SEND,
            **CLA,
            "ssd_mother": {"moth_table_id": ["m"], "moth_person_id": ["p5"]},
            "ssd_cin_assessments": {"cina_assessment_id": ["a"], "cina_referral_id": ["r7"]},
            "ssd_permanence": {
                "perm_table_id": ["o1", "o2"],
                "perm_person_id": ["p1", "p2"],
                "perm_permanence_order_date": ["2020-01-01", "1900-01-01"],
            },
        }
    )
    indexes = stage.context.indexes
    assert indexes["planned"].tokens.tolist() == [_lane(stage, "p1")]
    assert indexes["mothers"].tokens.tolist() == [_lane(stage, "p5")]
    assert len(indexes["assessed"]) == 1
    assert indexes["orders"].tokens.tolist() == [_lane(stage, "p1")]


@pytest.mark.parametrize("fact", INDEX_DEFINITIONS, ids=lambda fact: fact.name)
def test_a_fact_without_its_table_or_rows_is_empty(fact) -> None:  # type: ignore[no-untyped-def]
    assert fact.name not in staged({"ssd_family": {"fami_table_id": ["1"]}}).context.indexes
    none = pl.DataFrame({name: pl.Series([], dtype=pl.String) for name in fact.columns})
    assert not staged({fact.table: none}).context.indexes[fact.name]


def test_a_fact_without_its_other_columns_counts_them_empty() -> None:
    for fact in INDEX_DEFINITIONS:
        first = fact.columns[0]
        value = "2020-01-01" if SHIPPED[fact.table][first].treatment == "date" else "1"
        stage = staged({fact.table: {first: [value]}})
        assert fact.name in stage.context.indexes
