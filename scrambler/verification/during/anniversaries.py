"""Birthdays, and on which side of one a day must be: worked out for the check alone."""

from __future__ import annotations

import numpy as np

from scrambler.ssd.working_days import FIRST, LAST, bank_holidays
from scrambler.verification.during.derivation import Numbers

_MONTHS = 12


def anniversary(days: Numbers, years: int) -> Numbers:
    """Return the days ``years`` years later; where there is no 29 February, the day before March.

    Leap years are told by the day itself: what is a month too far was no day of its month.
    """
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    later = month + np.timedelta64(years * _MONTHS, "M")
    found = later.astype("datetime64[D]") + (dates - month.astype("datetime64[D]"))
    over = found.astype("datetime64[M]") != later
    number: Numbers = np.where(over, found - np.timedelta64(1, "D"), found).astype(np.int64)
    return number


def on_its_side(
    days: Numbers, target: Numbers, limit: Numbers, new: Numbers, *, works: bool, down: bool
) -> Numbers:
    """Return where days go that were before, on or after ``limit``, if that is now on ``new``.

    With ``works`` a day that would change sides goes to the nearest working day of its own side,
    and the limit's own day, if it worked, to the next one ``down`` or up.
    """
    side = np.sign(days - limit)
    least, greatest = new + 1, new - 1
    own = new
    if works:
        least, greatest = _rolled(least, "forward"), _rolled(greatest, "backward")
        worked = _rolled(limit, "forward") == limit
        own = np.where(worked, _rolled(new, "backward" if down else "forward"), new)
    result: Numbers = np.select(
        [side < 0, side > 0], [np.minimum(target, greatest), np.maximum(target, least)], own
    )
    return result


def _rolled(days: Numbers, roll: str) -> Numbers:
    """Return the nearest working day forward or backward; outside the calendar all days are."""
    dates = days.astype("datetime64[D]")
    there = np.busday_offset(dates, 0, roll=roll, holidays=bank_holidays())  # type: ignore[call-overload]
    inside = (dates >= FIRST) & (dates <= LAST)
    number: Numbers = np.where(inside, there, dates).astype(np.int64)
    return number
