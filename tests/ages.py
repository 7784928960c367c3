"""Days near an age that rules ask about, by the calendar alone: there a child's dates may be held.

Plain Python, a day at a time: the reference of what is done to whole columns.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from scrambler.ssd.read_facts import facts

_NEAR = timedelta(days=90)
"""No date moves further than that by default."""


def births(people: pl.DataFrame) -> dict[str, date]:
    """The day on which each child was born, or was to be, by its trimmed id."""
    born = pl.coalesce(pl.col("pers_dob", "pers_expected_dob").cast(pl.Date))
    rows = people.select(pl.col("pers_person_id").cast(pl.String).str.strip_chars(), born)
    return {child: day for child, day in rows.drop_nulls().rows() if day.year > 1900}


def near_an_age(day: date, born: date) -> bool:
    """Whether ``day`` lies near a limit of age_limits.csv of somebody born on ``born``."""
    for row in facts("age_limits"):
        year = born.year + int(row["years"])
        leap = born.month == 2 and born.day == 29 and not (year % 4 == 0 and year % 100)
        birthday = date(year, born.month, 28 if leap else born.day)
        if abs(day - birthday - timedelta(days=int(row["days"]))) <= _NEAR:
            return True
    return False


def held_back(days: pl.DataFrame, people: pl.DataFrame) -> list[bool]:
    """Whether an age explains each of ``days`` (child, before): it lies near one of the child."""
    born = births(people)
    rows = days.select("child", "before").rows()
    return [child in born and near_an_age(day, born[child]) for child, day in rows]
