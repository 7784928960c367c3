from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from scrambler.errors import OutputError
from scrambler.payload import Window, window


@pytest.mark.parametrize(
    ("as_of", "start", "end"),
    [
        (date(2025, 3, 31), date(2022, 4, 1), date(2025, 4, 1)),
        (date(2025, 4, 1), date(2023, 4, 1), date(2025, 4, 2)),
        (date(2024, 2, 29), date(2021, 4, 1), date(2024, 3, 1)),
        (date(2024, 12, 31), date(2022, 4, 1), date(2025, 1, 1)),
        (date(2025, 1, 1), date(2022, 4, 1), date(2025, 1, 2)),
    ],
)
def test_first_of_april_24_months_back_to_tomorrow(as_of: date, start: date, end: date) -> None:
    assert window(as_of) == Window(start, end)


@pytest.mark.parametrize(
    ("as_of", "census"),
    [
        (date(2025, 3, 29), None),
        (date(2025, 3, 30), date(2025, 3, 31)),
        (date(2025, 12, 30), date(2025, 3, 31)),
        (date(2025, 12, 31), None),
    ],
)
def test_no_census_day_from_31_december_to_29_march(as_of: date, census: date | None) -> None:
    assert window(as_of).census == census


def test_both_days_belong_to_the_window_and_a_later_time_on_the_last_does_not() -> None:
    days = pl.DataFrame(
        {
            "day": [
                datetime(2023, 3, 31, 23, 59),
                datetime(2023, 4, 1),
                datetime(2025, 5, 21),
                datetime(2025, 5, 21, 0, 1),
                None,
            ]
        }
    )
    held = days.select(window(date(2025, 5, 20)).holds("day")).to_series()
    assert held.to_list() == [False, True, True, False, None]


def test_a_spell_meets_the_window_when_they_share_a_day() -> None:
    spells = pl.DataFrame(
        {
            "start": [datetime(2020, 1, 1)] * 3
            + [datetime(2025, 5, 21), datetime(2025, 5, 22), None],
            "end": [datetime(2023, 3, 31), datetime(2023, 4, 1), None, None, None, None],
        }
    )
    met = spells.filter(window(date(2025, 5, 20)).meets("start", "end"))
    assert met.rows() == [spells.row(1), spells.row(2), spells.row(3)]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31), date(1899, 12, 31)])
def test_a_day_out_of_reach_is_said(day: date) -> None:
    with pytest.raises(OutputError, match="--as-of"):
        window(day)
