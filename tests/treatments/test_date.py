from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from scrambler.errors import SourceError
from tests.contexts import Stage, epoch, staged
from tests.law import even
from tests.run.prescan.test_facts import CLA, SEND

DAY = datetime(2020, 5, 17, 13, 45)


def _dated(tables: dict[str, Any], **dates: str) -> dict[str, Any]:
    """Add a date column, all rows of DAY, to each table named."""
    return {
        table: {
            **columns,
            **({dates[table]: [DAY] * len(next(iter(columns.values())))} if table in dates else {}),
        }
        for table, columns in tables.items()
    }


def _moved(stage: Stage, table: str, column: str) -> list[int]:
    return [(value.date() - DAY.date()).days for value in stage.column(table, column)]


PERSONS = {"ssd_person": {"pers_person_id": ["p1", "p2"]}}
DATES = {
    "ssd_person": "pers_dob",
    "ssd_ehcp_requests": "ehcr_ehcp_req_date",
    "ssd_ehcp_assessment": "ehca_ehcp_assessment_outcome_date",
    "ssd_ehcp_named_plan": "ehcn_named_plan_start_date",
    "ssd_ehcp_active_plans": "ehcp_active_ehcp_last_review_date",
    "ssd_cla_episodes": "clae_cla_episode_start_date",
    "ssd_cla_placement": "clap_cla_placement_start_date",
    "ssd_cla_reviews": "clar_cla_review_date",
    "ssd_permanence": "perm_matched_date",
}


@pytest.fixture
def stage() -> Stage:
    reviews = {"clar_cla_review_id": ["v1"], "clar_cla_id": ["c1"]}
    orders = {"perm_table_id": ["o1"], "perm_cla_id": ["c1"], "perm_person_id": ["p2"]}
    tables = {**PERSONS, **SEND, **CLA, "ssd_cla_reviews": reviews, "ssd_permanence": orders}
    return staged(_dated(tables, **DATES))


def test_all_dates_of_a_child_move_as_one_over_all_tables(stage: Stage) -> None:  # C120
    first, second = _moved(stage, "ssd_person", "pers_dob")
    assert first != second
    moved = {table: _moved(stage, table, column) for table, column in DATES.items()}
    assert moved["ssd_ehcp_requests"] == [first, second]
    assert moved["ssd_ehcp_assessment"] == moved["ssd_ehcp_named_plan"] == [second]
    assert moved["ssd_ehcp_active_plans"][0] == first
    assert moved["ssd_cla_episodes"] == [first, first]
    assert moved["ssd_cla_placement"] == moved["ssd_cla_reviews"] == [first]
    assert moved["ssd_permanence"] == [first]  # of its period, not of its person column


def test_the_same_time_of_a_child_on_a_day_is_the_same_time_in_all_tables(stage: Stage) -> None:
    first, second = stage.column("ssd_person", "pers_dob")
    assert DAY.time() not in {first.time(), second.time()}
    assert stage.column("ssd_cla_placement", "clap_cla_placement_start_date") == [first]
    assert stage.column("ssd_ehcp_named_plan", "ehcn_named_plan_start_date") == [second]


def test_order_within_a_day_holds_and_midnight_stays() -> None:
    times = [DAY.replace(hour=hour, minute=0) for hour in (0, 9, 9, 12, 23)]
    contacts = {
        "cont_contact_id": [f"c{n}" for n in range(5)],
        "cont_person_id": ["p1"] * 5,
        "cont_contact_date": times,
    }
    found = staged({**PERSONS, "ssd_contacts": contacts}).column(
        "ssd_contacts", "cont_contact_date"
    )
    assert found[0].time() == time()
    assert found[0] < found[1] == found[2] < found[3] < found[4]
    assert len({moment.date() for moment in found}) == 1
    assert not {moment.time() for moment in found[1:]} & {moment.time() for moment in times}


def test_what_falls_together_with_a_friday_keeps_its_order() -> None:
    moments = [datetime(2020, 5, day, hour) for day, hour in ((15, 18), (16, 9), (17, 8))]
    for child in range(20):
        tables = {
            "ssd_person": {"pers_person_id": [f"p{child}"]},
            "ssd_contacts": {"cont_contact_id": ["a", "b", "c"],
                             "cont_person_id": [f"p{child}"] * 3, "cont_contact_date": moments},
        }  # fmt: skip
        found = staged(tables).column("ssd_contacts", "cont_contact_date")
        assert found == sorted(set(found))


def test_a_row_without_a_child_gets_an_offset_of_its_own() -> None:
    tables = {
        "ssd_cla_reviews": {
            "clar_cla_review_id": [f"v{n}" for n in range(40)],
            "clar_cla_id": ["gone"] * 40,
            "clar_cla_review_date": [DAY] * 40,
            "clar_cla_review_due_date": [DAY] * 40,
        }
    }
    stage = staged(tables)
    held, due = (
        _moved(stage, "ssd_cla_reviews", f"clar_cla_review_{c}") for c in ("date", "due_date")
    )
    assert held == due
    assert len(set(held)) > 20


def test_a_childs_birthday_follows_the_child_not_the_mother() -> None:  # C019
    stage = staged(
        {
            "ssd_person": {
                "pers_person_id": ["mother", "child"],
                "pers_dob": [datetime(1990, 1, 1), datetime(2015, 5, 17)],
            },
            "ssd_mother": {
                "moth_table_id": ["m1", "m2"],
                "moth_person_id": ["mother", "mother"],
                "moth_childs_person_id": ["child", None],
                "moth_childs_dob": [datetime(2015, 5, 17)] * 2,
            },
        }
    )
    birthdays = stage.column("ssd_mother", "moth_childs_dob")
    assert birthdays[0] == stage.column("ssd_person", "pers_dob")[1]
    assert birthdays[1] is not None


def _offsets(count: int, number: int = 1, offsets: tuple[int, int] = (14, 120)) -> list[int]:
    keys = [f"p{n}" for n in range(count)]
    tables = {"ssd_person": {"pers_person_id": keys, "pers_dob": [DAY] * count}}
    return _moved(staged(tables, epoch(number), offsets=offsets), "ssd_person", "pers_dob")


def test_offsets_are_even_over_their_range_and_never_forward() -> None:
    assert even(_offsets(20_000), range(-120, -13))
    assert set(_offsets(500, offsets=(1, 3))) == {-1, -2, -3}
    assert set(_offsets(50, offsets=(7, 7))) == {-7}


def test_another_epoch_moves_otherwise() -> None:  # T3
    first, again, other = (_offsets(1_000, number) for number in (1, 1, 2))
    assert first == again
    assert sum(a == b for a, b in zip(first, other, strict=True)) < 40


def test_the_date_decides_nothing() -> None:
    keys = ["p1", "p2"]
    days = [datetime(2001, 1, 1), datetime(2024, 2, 29)]
    moved = [
        [
            (after - before).days
            for before, after in zip(
                column,
                staged({"ssd_person": {"pers_person_id": keys, "pers_dob": column}}).column(
                    "ssd_person", "pers_dob"
                ),
                strict=True,
            )
        ]
        for column in (days, days[::-1])
    ]
    assert moved[0] == moved[1]


@pytest.mark.parametrize(
    "value",
    [None, datetime(1900, 1, 1), "1900-01-01", "1900-01-01 00:00:00", ""],
)
def test_no_date_stays_no_date(value: Any) -> None:
    stage = staged({"ssd_person": {"pers_person_id": ["1"], "pers_dob": [value]}})
    assert stage.column("ssd_person", "pers_dob") == [datetime(1900, 1, 1) if value else None]


@pytest.mark.parametrize(
    "value", [DAY, DAY.date(), "2020-05-17", "2020-05-17 13:45:00.000", "2020-05-17T13:45"]
)
def test_all_forms_of_a_date_move_alike(value: Any) -> None:
    stage = staged({"ssd_person": {"pers_person_id": ["1"], "pers_dob": [value]}}, offsets=(20, 20))
    (after,) = stage.column("ssd_person", "pers_dob")
    assert after.date() == date(2020, 4, 27)


PREVIOUS = "lapp_previous_permanence_order_date"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("17/05/2020", "27/04/2020"),
        ("zz/05/2020", "zz/04/2020"),
        ("zz/zz/2020", "zz/zz/2019"),
        ("ZZ/ZZ/2020", "ZZ/ZZ/2019"),
        ("zz/zz/zzzz", "zz/zz/zzzz"),
        ("01/01/1900", "01/01/1900"),
        ("17/05/", "27/04/"),
        ("", ""),
        ("SSD_PH", "SSD_PH"),
        ("2020-05-17", "27/04/2020"),
        ("2020-05-17 00:00:00", "2020-04-27 00:00:00"),
        ("17/05/20", "27/04/20"),
        ("1900-01-01", "1900-01-01"),
        (date(2020, 5, 17), "27/04/2020"),
        (datetime(2020, 5, 17), "27/04/2020"),
        (date(1900, 1, 1), "1900-01-01"),
        ("in the spring of 2019", "zz/zz/zzzz"),
        ("31/02/2020", "zz/zz/zzzz"),
        (None, None),
    ],
)
def test_dates_kept_as_text(text: str | date | None, after: str | None) -> None:  # C098
    tables = {"ssd_cla_previous_permanence": {"lapp_table_id": ["1"], PREVIOUS: [text]}}
    assert staged(tables, offsets=(20, 20)).column("ssd_cla_previous_permanence", PREVIOUS) == [
        after
    ]


def test_intervals_hold() -> None:
    days = [DAY - timedelta(days=n) for n in range(50)]
    keys = [f"c{n}" for n in range(50)]
    stage = staged(
        {
            "ssd_contacts": {
                "cont_contact_id": keys,
                "cont_person_id": ["p"] * 50,
                "cont_contact_date": days,
            }
        }
    )
    after = stage.column("ssd_contacts", "cont_contact_date")
    moved = {a.date() - b.date() for a, b in zip(after, days, strict=True)}
    assert len(moved) == 1


def _ordered(days: list[datetime], child: str = "p") -> list[datetime]:
    contacts = {
        "cont_contact_id": [f"c{n}" for n in range(len(days))],
        "cont_person_id": [child] * len(days),
        "cont_contact_date": days,
    }
    return staged({"ssd_contacts": contacts}, dates="order").column(
        "ssd_contacts", "cont_contact_date"
    )


def test_order_only_keeps_the_order_and_nothing_more() -> None:
    days = [DAY - timedelta(days=n) for n in range(2_000)]
    after = _ordered(days)
    back = [(before.date() - moved.date()).days for before, moved in zip(days, after, strict=True)]
    assert 14 <= min(back) <= max(back) - 10
    assert max(back) <= 120
    assert max(back) - min(back) <= 28
    assert after == sorted(after, reverse=True)
    assert len(set(after)) == len(after)
    assert all(one > another for one, another in zip(after, after[2:], strict=False))


def test_order_only_is_one_map_for_every_form_of_a_date() -> None:
    days = [DAY - timedelta(days=41 * n) for n in range(100)]
    after = _ordered(days)
    previous = {
        "lapp_table_id": [f"t{n}" for n in range(100)],
        "lapp_person_id": ["p"] * 100,
        PREVIOUS: [f"{day:%d/%m/%Y}" for day in days],
    }
    mothers = {
        "moth_table_id": [f"m{n}" for n in range(100)],
        "moth_person_id": ["mother"] * 100,
        "moth_childs_person_id": ["p"] * 100,
        "moth_childs_dob": days,
    }
    tables = {"ssd_cla_previous_permanence": previous, "ssd_mother": mothers}
    stage = staged(tables, dates="order")
    assert stage.column("ssd_cla_previous_permanence", PREVIOUS) == [
        f"{day:%d/%m/%Y}" for day in after
    ]
    assert stage.column("ssd_mother", "moth_childs_dob") == after


@pytest.mark.parametrize("value", [None, datetime(1900, 1, 1), "1900-01-01"])
def test_order_only_leaves_no_date_alone(value: Any) -> None:
    stage = staged({"ssd_person": {"pers_person_id": ["1"], "pers_dob": [value]}}, dates="order")
    assert stage.column("ssd_person", "pers_dob") == [datetime(1900, 1, 1) if value else None]


@pytest.mark.parametrize("early", [date(1, 1, 14), datetime(1, 1, 14, 23, 59)])
def test_a_date_that_would_move_out_of_the_calendar_is_refused(early: date) -> None:
    held = {"pers_person_id": ["p1", "p2"], "pers_dob": [early, date(2015, 1, 1)]}
    stage = staged({"ssd_person": held}, offsets=(14, 14))
    with pytest.raises(SourceError, match=r"ssd_person\.pers_dob: 1 dates are so early") as refused:
        stage.column("ssd_person", "pers_dob")
    assert "0001" not in str(refused.value)
    last = {"ssd_person": {**held, "pers_dob": [date(1, 1, 15), date(2015, 1, 1)]}}
    assert staged(last, offsets=(14, 14)).column("ssd_person", "pers_dob")[0] == datetime(1, 1, 1)
