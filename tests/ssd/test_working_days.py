"""England's bank holidays, as www.gov.uk/bank-holidays publishes them."""

from __future__ import annotations

import numpy as np

from scrambler.ssd.working_days import bank_holidays, working_days

PUBLISHED = {
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
}


def test_bank_holidays_are_those_of_england() -> None:
    held = [str(day) for day in bank_holidays() if np.is_busday(day)]
    for year, days in PUBLISHED.items():
        assert [day[5:] for day in held if day.startswith(str(year))] == days.split()


def test_working_days_leave_out_weekends_and_bank_holidays() -> None:
    december = np.arange(np.datetime64("2026-12-22"), np.datetime64("2026-12-31"))
    days = december.astype(np.int64)
    worked = december[working_days().onwards(days) == days]
    assert [str(day)[-2:] for day in worked] == ["22", "23", "24", "29", "30"]
