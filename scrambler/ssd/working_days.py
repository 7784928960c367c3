"""England's working days: Monday to Friday, but for bank holidays.

Bank holidays are those of the package ``holidays`` (GB, ENG), which takes them from the Banking and
Financial Dealings Act 1971 and the proclamations since. It knows them back to 1871 and works out
those to come; here they count from 1950 to 2050, weekends from 1900 to 2099.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kernels.working_days import WorkingDays

_YEARS = range(1950, 2051)

FIRST, LAST = np.datetime64("1900-01-01"), np.datetime64("2099-12-31")
"""A Monday, and a Thursday."""


@cache
def bank_holidays() -> NDArray[np.datetime64]:
    """Return the bank holidays of England in their order, those that fall on weekends too."""
    from holidays import country_holidays  # 0.2 s, which no `--help` should take

    held = country_holidays("GB", subdiv="ENG", years=_YEARS)
    return np.array(sorted(held), dtype="datetime64[D]")


@cache
def working_days() -> WorkingDays:
    """Return the working days of 1900 to 2099, numbered."""
    days = np.arange(FIRST, LAST + 1)
    first = int(FIRST.astype(np.int64))
    monday_is_0 = (days.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    working = (monday_is_0 < 5) & ~np.isin(days, bank_holidays())
    return WorkingDays.of(working, first)
