"""The dated things of an output by the age of the child, however a row finds its child."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from scrambler.ssd import ssd
from scrambler.verification.after.ages import Ages, Events
from scrambler.verification.after.output import parents_first

BORN = datetime(2010, 3, 1, 9, 30)


def day(age: int) -> datetime:
    return BORN + timedelta(days=age)


def described(frames: dict[str, pl.DataFrame]) -> dict[str, Any]:
    return {
        table: {
            "columns": {
                name: {
                    "type": (spec := ssd().tables[table].columns[name]).sql_type,
                    "treatment": "date" if spec.kind == "date" else "other",
                }
                for name in frame.columns
            }
        }
        for table, frame in frames.items()
    }


def gathered(frames: dict[str, pl.DataFrame], rows: int = 2, dates: str = "intervals") -> Events:
    """What batches of so many rows come to."""
    tables = described(frames)
    ages = Ages(tables, ssd(), seed=7, dates=dates)
    for name in parents_first(tables, ssd()):
        for batch in frames[name].iter_slices(rows):
            ages.add(name, batch)
        ages.close(name)
    return ages.finish()


def found(frames: dict[str, pl.DataFrame]) -> list[tuple[int, int, int]]:
    events = gathered(frames)
    assert (
        events.of(events.children(99))
        .sort("child", "kind", "age")
        .equals((whole := gathered(frames, 99)).of(whole.children(99)).sort("child", "kind", "age"))
    )
    return sorted(events.of(events.children(99)).rows())


PEOPLE = pl.DataFrame(
    {
        "pers_person_id": ["b", "a", "c", "d"],
        "pers_dob": [BORN, BORN, None, datetime(1900, 1, 1)],
        "pers_death_date": [day(5_000), None, day(1), day(1)],
    }
)


def test_children_without_a_birth_and_dates_that_are_none_are_left_out() -> None:
    contacts = pl.DataFrame(
        {
            "cont_person_id": ["a", "a", "a", "b", "c", "x", None],
            "cont_contact_date": [day(9), day(9), datetime(1900, 1, 1), None, *[day(3)] * 3],
        }
    )
    # Numbered by pseudonym: a, b. Columns by table and name: contact, death.
    assert found({"ssd_person": PEOPLE, "ssd_contacts": contacts}) == [(0, 0, 9), (1, 1, 5_000)]


def test_a_child_is_found_over_other_tables() -> None:
    frames = {
        "ssd_person": PEOPLE,
        "ssd_send": pl.DataFrame({"send_table_id": ["s"], "send_person_id": ["b"]}),
        "ssd_ehcp_requests": pl.DataFrame(
            {
                "ehcr_ehcp_request_id": ["r", "q"],
                "ehcr_send_table_id": ["s", "t"],
                "ehcr_ehcp_req_date": [day(70), day(71)],
            }
        ),
        "ssd_ehcp_active_plans": pl.DataFrame(
            {"ehcp_ehcp_request_id": ["r", "q"], "ehcp_active_ehcp_last_review_date": [day(90)] * 2}
        ),
    }
    assert sorted((child, age) for child, _, age in found(frames)) == [(1, 70), (1, 90), (1, 5_000)]
    del frames["ssd_send"]
    assert [age for _, _, age in found(frames)] == [5_000]


def test_births_are_no_other_dates() -> None:
    mothers = pl.DataFrame({"moth_person_id": ["a"], "moth_childs_dob": [day(9_000)]})
    assert found({"ssd_person": PEOPLE.head(2), "ssd_mother": mothers}) == [(1, 0, 5_000)]


def test_without_births_there_is_nothing() -> None:
    contacts = pl.DataFrame({"cont_person_id": ["a"], "cont_contact_date": [day(9)]})
    assert found({"ssd_contacts": contacts}) == []
    assert found({"ssd_person": PEOPLE.drop("pers_dob"), "ssd_contacts": contacts}) == []


def test_of_a_key_that_stands_twice_the_first_child_counts() -> None:
    frames = {
        "ssd_person": PEOPLE,
        "ssd_send": pl.DataFrame({"send_table_id": ["s"] * 2, "send_person_id": ["b", "a"]}),
        "ssd_ehcp_requests": pl.DataFrame(
            {
                "ehcr_ehcp_request_id": ["r"],
                "ehcr_send_table_id": ["s"],
                "ehcr_ehcp_req_date": [day(70)],
            }
        ),
    }
    assert [(child, age) for child, _, age in found(frames)] == [(0, 70), (1, 5_000)]


def test_only_what_is_near_is_given() -> None:
    contacts = pl.DataFrame(
        {
            "cont_person_id": ["a", "b", "b", "a"],
            "cont_contact_date": [day(9), day(10), day(12), day(40_000)],
        }
    )
    events = gathered({"ssd_person": PEOPLE, "ssd_contacts": contacts})
    wanted = pl.DataFrame({"kind": [0], "age": [9]}, schema={"kind": pl.UInt16, "age": pl.Int32})
    for days, ages in ((0, [9]), (1, [9, 10]), (3, [9, 10, 12])):
        assert sorted(events.near(wanted, days)["age"]) == ages


def test_where_working_days_hold_ages_are_counted_in_them() -> None:
    born, visited = datetime(2026, 3, 30), datetime(2026, 4, 7)  # over Easter
    frames = {
        "ssd_person": pl.DataFrame({"pers_person_id": ["a"], "pers_dob": [born]}),
        "ssd_contacts": pl.DataFrame({"cont_person_id": ["a"], "cont_contact_date": [visited]}),
    }
    for dates, age in (("working-days", 4), ("intervals", 8)):
        events = gathered(frames, dates=dates)
        assert events.of(events.children(99))["age"].to_list() == [age]
