"""The dates a payload looks at: from 1 April of the financial year 24 months back to tomorrow.

Source: payload_fields.csv, ``(transport) window``. Every date filter of a payload uses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from scrambler.errors import OutputError

_YEARS_BACK = 2
_FISCAL_MONTH = 4
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


@dataclass(frozen=True)
class Window:
    """Both days inclusive. ``end`` means its midnight: a later time on that day is outside."""

    start: date
    end: date

    @property
    def census(self) -> date | None:
        """31 March of the calendar year of ``end``; None when that day is still to come."""
        day = date(self.end.year, 3, 31)
        return day if day <= self.end else None

    def holds(self, column: str) -> pl.Expr:
        """True where the date lies in the window; null where it is null."""
        return pl.col(column).is_between(self.start, self.end)

    def meets(self, start: str, end: str) -> pl.Expr:
        """True where spell and window share a day; a null end is open, a null start gives null."""
        return (pl.col(start) <= self.end) & (pl.col(end).is_null() | (pl.col(end) >= self.start))


def window(as_of: date) -> Window:
    """Return the window of a payload built on ``as_of``; OutputError for days out of all reach."""
    if not _FIRST_YEAR <= as_of.year <= _LAST_YEAR:
        raise OutputError(
            f"Payloads are built as of a day in the years {_FIRST_YEAR} to {_LAST_YEAR}: choose "
            "another --as-of."
        )
    year = as_of.year - _YEARS_BACK - (as_of.month < _FISCAL_MONTH)
    return Window(start=date(year, _FISCAL_MONTH, 1), end=as_of + timedelta(days=1))
