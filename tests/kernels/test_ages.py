"""Birthdays as Polars has them, and dates that stay on their side of one."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.ages import birthdays, held, near
from kernels.working_days import WorkingDays

_DAYS = st.integers(-20_000, 30_000)
WEEK = WorkingDays.of(np.arange(40_000) % 7 < 5, 4)  # from Monday, 5 January 1970


@given(st.lists(_DAYS, min_size=1), st.integers(0, 26))
def test_birthdays_are_those_of_polars(born: list[int], years: int) -> None:
    wanted = pl.Series(born, dtype=pl.Int32).cast(pl.Date).dt.offset_by(f"{years}y")
    assert birthdays(np.array(born), years).tolist() == wanted.to_physical().to_list()


def test_the_29th_of_february_has_its_birthday_on_the_28th() -> None:
    born = np.array([(date(2020, 2, 29) - date(1970, 1, 1)).days])
    for years, day in ((1, date(2021, 2, 28)), (4, date(2024, 2, 29))):
        (found,) = birthdays(born, years).astype("datetime64[D]").tolist()
        assert found == day


def test_only_days_about_a_birthday_matter() -> None:
    born = np.zeros(3, dtype=np.int64)
    assert near(np.array([1_461, 1_300, 1_600]), born, 4, 0).tolist() == [True, False, False]
    assert near(np.array([-280, 0, 280]), born, 0, -280).tolist() == [True, False, False]


@pytest.mark.parametrize("below", [True, False])
@given(days=st.lists(_DAYS, min_size=1), limit=_DAYS, by=st.integers(0, 9), other=st.integers(0, 9))
def test_each_day_stays_on_its_side_in_order(
    days: list[int], limit: int, by: int, other: int, below: bool
) -> None:
    there = np.sort(np.array(days))
    bounds = np.full(len(there), limit), np.full(len(there), limit - other)
    moved = held(there, there - by, *bounds, None, below=below)
    assert (np.sign(moved - bounds[1]) == np.sign(there - limit)).all()
    assert (np.diff(moved) >= 0).all()


def test_what_changes_sides_lands_on_working_days() -> None:
    # Days 4 to 8 are Monday to Friday. The limit, Wednesday, moved to Saturday, day 9.
    days, limit = np.array([5, 6, 7]), np.full(3, 6)
    for below, own in ((True, 8), (False, 11)):
        found = held(days, np.array([11, 10, 8]), limit, np.full(3, 9), WEEK, below=below)
        assert found.tolist() == [8, own, 11]
    # A limit that was no working day may be on one no more than before.
    rested = held(np.array([10]), np.array([12]), np.array([10]), np.array([9]), WEEK, below=True)
    assert rested.tolist() == [9]
