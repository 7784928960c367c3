"""Working days back, against NumPy's own business days."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.working_days import WorkingDays

FIRST = np.datetime64("2024-01-01")  # a Monday, and a working day here
DAYS = np.arange(FIRST, np.datetime64("2026-01-03"))
CHRISTMAS = ["2024-12-25", "2024-12-26", "2025-01-01", "2025-04-18", "2025-04-21"]
START = int(FIRST.astype(np.int64))


def calendar(holidays: list[str]) -> WorkingDays:
    return WorkingDays.of(np.is_busday(DAYS, holidays=holidays), START)


def slow(day: np.datetime64, by: int, holidays: list[str]) -> np.datetime64:
    """Go back from the working day before, then forth again one day of rest at a time."""
    base = np.busday_offset(day, 0, roll="backward", holidays=holidays)
    moved = np.busday_offset(base, -by, holidays=holidays)
    for _ in range(int((day - base).astype(int))):
        if not np.is_busday(moved + 1, holidays=holidays):
            moved += 1
    return moved


@given(st.lists(st.tuples(st.integers(100, len(DAYS) - 1), st.integers(1, 60)), min_size=1))
def test_days_move_as_numpy_counts_business_days(cases: list[tuple[int, int]]) -> None:
    places, by = (np.array(part) for part in zip(*cases, strict=True))
    found = calendar(CHRISTMAS).back(START + places, by)
    wanted = [slow(DAYS[place], int(n), CHRISTMAS) for place, n in cases]
    assert found.astype("datetime64[D]").tolist() == [day.tolist() for day in wanted]


def test_the_days_around_a_weekend() -> None:
    days = np.array(["2024-04-05", "2024-04-06", "2024-04-07", "2024-04-08"], "datetime64[D]")
    moved = [calendar([]).back(days.astype(np.int64), by).astype("datetime64[D]") for by in (3, 5)]
    assert [list(np.datetime_as_string(each)) for each in moved] == [
        ["2024-04-02", "2024-04-02", "2024-04-02", "2024-04-03"],
        ["2024-03-29", "2024-03-30", "2024-03-31", "2024-04-01"],
    ]


@pytest.mark.parametrize("by", [1, 7, 59])
def test_order_holds_everywhere_and_working_days_stay_apart(by: int) -> None:
    days = np.arange(START - 500, START + len(DAYS) + 500)
    held = calendar(CHRISTMAS)
    moved = held.back(days, by)
    assert (np.diff(moved) >= 0).all()
    working = np.append(np.diff(held.numbers(days)) > 0, False)
    assert (np.diff(moved)[working[:-1]] > 0).all()
    assert (held.numbers(moved) == held.numbers(days) - by).all()
    inside = days[(days >= START + 2 * by) & (days < START + len(DAYS))]
    back = inside - held.back(inside, by)
    assert (back.min(), back.max()) == (held.fewest(by), held.most(by))


def test_onwards_leads_to_working_days() -> None:
    days = START + np.arange(360, 380)
    onwards = calendar(CHRISTMAS).onwards(days)
    wanted = np.busday_offset(days.astype("datetime64[D]"), 0, roll="forward", holidays=CHRISTMAS)
    assert (onwards.astype("datetime64[D]") == wanted).all()


def test_a_calendar_has_firm_ends() -> None:
    with pytest.raises(ValueError, match="two working days"):
        WorkingDays.of(np.array([True, False, True]), 0)
