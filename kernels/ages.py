"""Dates that moved, held to the side of a birthday on which they were.

Born 10 June 2010, moved to 31 May. Of 8, 10 and 12 June 2014 the second is the 4th birthday, and
they moved to 29 May, 2 June and 4 June: the first stays, the second becomes 31 May 2014, the third
stays. Had the first moved to 2 June it would become 30 May.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kernels.working_days import WorkingDays

Days = NDArray[np.int64]

_YEAR = 365.2425
_NEAR = 90
"""Days around a birthday within which a move by working days, or in order, could cross it."""


def birthdays(born: Days, years: int) -> Days:
    """Return the days since 1970 of a birthday; 29 February has it on the 28th in other years."""
    months = born.astype("datetime64[D]").astype("datetime64[M]")
    into, month = born - _first(months), months + 12 * years
    days: Days = np.minimum(_first(month) + into, _first(month + 1) - 1)
    return days


def near(days: Days, born: Days, years: int, after: int) -> NDArray[np.bool_]:
    """Return which days lie so near the limit ``after`` days from a birthday that it matters."""
    found: NDArray[np.bool_] = np.abs(days - born - round(years * _YEAR) - after) <= _NEAR
    return found


def held(
    days: Days,
    moved: Days,
    limit: Days,
    moved_limit: Days,
    working: WorkingDays | None,
    *,
    below: bool,
) -> Days:
    """Return ``moved``, each before, on or after ``moved_limit`` as ``days`` were of ``limit``.

    Order holds if it did. With ``working``, what is changed lands on working days, and so does
    what was on the limit itself: where this is no working day now and was one, on the working day
    before it with ``below``, else on the one after.
    """
    before, own, after = moved_limit - 1, moved_limit, moved_limit + 1
    if working is not None:
        before, after = working.upto(before), working.onwards(after)
        landed = working.upto(own) if below else working.onwards(own)
        own = np.where(working.upto(limit) == limit, landed, own)
    result: Days = np.where(
        days < limit,
        np.minimum(moved, before),
        np.where(days == limit, own, np.maximum(moved, after)),
    )
    return result


def _first(months: NDArray[np.datetime64]) -> Days:
    return months.astype("datetime64[D]").astype(np.int64)
