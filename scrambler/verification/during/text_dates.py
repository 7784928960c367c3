"""Dates written as text, with parts that may be unknown, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from scrambler.verification.during.derivation import Numbers
from scrambler.verification.during.sides import Mask

_CLOCK = r"[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_BRITISH = (
    r"^([0-9]{1,2}|[zZ]{2})/([0-9]{1,2}|[zZ]{2})/([0-9]{4}|[0-9]{2}|[zZ]{4}|)"
    rf"({_CLOCK})?$"
)
_ISO = rf"^([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})({_CLOCK})?$"
_TYPED = r"^ 00:00:00\.0+$"
_UNKNOWN = -1
_FIRST_DAY = -719_162  # 0001-01-01
_LAST_OF_2000S = 49


@dataclass(frozen=True, repr=False)
class TextDates:
    """Day, month and year of each text, -1 where that part is unknown, and the time of day.

    ``days`` (since 1970) is the day that it counts as: unknown parts are the first of January, an
    unknown year is 2000. ``short`` tells years of two digits. ``is_date`` is False for what is no
    date, or a day that no calendar has.
    """

    day: Numbers
    month: Numbers
    year: Numbers
    clock: pl.Series
    short: Mask
    days: Numbers
    is_date: Mask

    @classmethod
    def of(cls, texts: pl.Series) -> TextDates:
        """Read dd/MM/yyyy with ``zz`` for unknown parts, yy for yyyy, and ISO 8601."""
        text = texts.str.strip_chars()
        british = text.str.extract_groups(_BRITISH).struct.rename_fields(["d", "m", "y", "c"])
        iso = text.str.extract_groups(_ISO).struct.rename_fields(["y", "m", "d", "c"])
        parts = {
            name: british.struct.field(name).zip_with(
                iso.struct.field("y").is_null(), iso.struct.field(name)
            )
            for name in "dmyc"
        }
        known = parts["m"].is_not_null().to_numpy()
        day, month, year = (
            parts[name].cast(pl.Int64, strict=False).fill_null(_UNKNOWN).to_numpy()
            for name in "dmy"
        )
        short = (parts["y"].str.len_bytes() == 2).fill_null(False).to_numpy() & (year >= 0)
        year = np.where(short, year + np.where(year > _LAST_OF_2000S, 1900, 2000), year)
        days, real = _counted(day, month, year)
        # What a DATE column reads as has no time of day.
        midnight = iso.struct.field("c").str.contains(_TYPED).fill_null(False)
        clock = parts["c"].set(midnight, "").fill_null("")
        return cls(day, month, year, clock, short, days, known & real)

    def says_nothing(self, missing: Sequence[int]) -> Mask:
        """Return where nothing of a date is known, or it is one of the ``missing`` days."""
        parts = np.stack([self.day, self.month, self.year])
        nothing = (parts == _UNKNOWN).all(axis=0)
        whole = (parts != _UNKNOWN).all(axis=0)
        found: Mask = nothing | (whole & np.isin(self.days, missing))
        return found

    def moved(self, by: Numbers) -> TextDates:
        """Return the known parts of the day that each date moves to, ``by`` days away.

        Without a year a date may come round to where it was, and then moves on: by a month where
        the day is unknown, else by a day. ``zz/05/zzzz`` stays in no May.
        """
        days = self.days + by
        day, month, _ = _calendar(days)
        round_about = (self.year == _UNKNOWN) & (
            ((self.day == _UNKNOWN) | (self.day == day))
            & ((self.month == _UNKNOWN) | (self.month == month))
        )
        days -= np.where(round_about, np.where(self.day == _UNKNOWN, 31, 1), 0)
        parts = zip((self.day, self.month, self.year), _calendar(days), strict=True)
        day, month, year = (np.where(old == _UNKNOWN, _UNKNOWN, new) for old, new in parts)
        return replace(self, day=day, month=month, year=year, days=days)

    def agrees(self, other: TextDates) -> Mask:
        """Return where both have the same parts known, equal, and ``other`` says midnight.

        It says so in as many digits as this one has, and says nothing where this one does not.

        A day before the first of the calendar agrees with one of which nothing is known.
        """
        years = np.where(self.short, self.year % 100 - other.year % 100, self.year - other.year)
        same: Mask = other.is_date & (self.day == other.day) & (self.month == other.month)
        midnight = self.clock.str.replace_all("[1-9]", "0")
        same &= (years == 0) & (midnight == other.clock).to_numpy()
        none = (self.days < _FIRST_DAY) & (other.day == _UNKNOWN) & (other.month == _UNKNOWN)
        return np.where(self.days < _FIRST_DAY, none & (other.year == _UNKNOWN), same)


def _counted(day: Numbers, month: Numbers, year: Numbers) -> tuple[Numbers, Mask]:
    """Return days since 1970, and which are in the calendar."""
    year, month, day = (
        np.where(part == _UNKNOWN, default, part)
        for part, default in ((year, 2000), (month, 1), (day, 1))
    )
    sound = (month >= 1) & (month <= 12) & (year >= 1) & (day >= 1)
    months = ((year - 1970) * 12 + np.where(sound, month, 1) - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]")
    length = ((months + 1).astype("datetime64[D]") - first).astype(np.int64)
    sound &= day <= length
    return np.where(sound, first.astype(np.int64) + day - 1, 0), sound


def _calendar(days: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return day, month and year of days since 1970."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return day, month % 12 + 1, np.floor_divide(month, 12) + 1970
