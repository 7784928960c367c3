"""Dates moved by whole days, in date, timestamp and text columns.

Days are one signed number a row; negative moves back. Nulls stay null. Days that stand for "no
date" are given as ``missing`` and stay, so that "no date" stays "no date".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

UNKNOWN = "zz/zz/zzzz"
"""What a text becomes that is no date, known or partly known."""

_CLOCK = r"[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_FORM = (
    r"^(?:[0-9]{1,2}|[zZ]{2})/(?:[0-9]{1,2}|[zZ]{2})/"
    rf"(?:[0-9]{{4}}|[0-9]{{2}}|[zZ]{{4}}|)(?:{_CLOCK})?$"
)
_ISO = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:{_CLOCK})?$"
# What a DATE or DATETIME column reads as: such a moment is given the form of text.
_TYPED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?: 00:00:00\.0+)?$"

_LAST_SHORT_YEAR = 49
"""Years of two digits are those of 1950 to 2049, as SQL Server reads them."""


def shift(dates: pl.Series, days: NDArray[np.int64], missing: Sequence[date] = ()) -> pl.Series:
    """Move Date or Datetime values; dtype and time of day stay.

    ``missing`` stay as they are, in a Datetime only at midnight. A zoned Datetime moves
    by days of 24 hours. TypeError for any other dtype.
    """
    if not isinstance(dates.dtype, pl.Date | pl.Datetime):
        raise TypeError(f"dates are shifted in Date and Datetime columns, not in {dates.dtype}")
    unit = dates.dtype.time_unit if isinstance(dates.dtype, pl.Datetime) else "us"
    value = pl.col("value")
    moved = value + pl.duration(days=pl.col("days"), time_unit=unit)
    stay = pl.Series(missing, dtype=pl.Date).cast(dates.dtype)
    return (
        pl.DataFrame({"value": dates, "days": days})
        .select(pl.when(value.is_in(stay.to_list())).then(value).otherwise(moved))
        .to_series()
        .alias(dates.name)
    )


def shift_text(text: pl.Series, days: NDArray[np.int64], missing: Sequence[date] = ()) -> pl.Series:
    """Move dates written dd/MM/yyyy, where ``zz`` (any case) or an empty year means unknown.

    Unknown parts stay as written and count as their first day (day 1, January); the known parts
    are those of the moved date, the day with two digits. So a shift back of a day or more always
    changes what is known. Without a year the date counts in the leap year 2000, and moves once
    more where it would come out as it went in. Blank text, text with nothing known and
    ``missing`` stay; any other text, and a day that no calendar has, becomes ``UNKNOWN``.

    Years of two digits are kept so, and ISO 8601 as well, but for what a DATE column reads as
    (``2012-05-01``): that becomes dd/MM/yyyy. A time of day becomes midnight.
    """
    return (
        _read(text)
        .with_columns(days=pl.Series(days))
        .with_columns(moved=pl.col("reference") + pl.duration(days=pl.col("days")))
        .with_columns(moved=_moved_on())
        .select(
            pl.when(pl.col("text").is_null() | (pl.col("trimmed") == "") | _stays(missing))
            .then("text")
            .when(pl.col("month").is_null() | ~_has_four_digit_year())
            .then(pl.lit(UNKNOWN))
            .when(pl.col("iso"))
            .then(
                pl.concat_str(_part("year", 4), _part("month", 2), _part("day", 2), separator="-")
                + pl.col("clock")
            )
            .otherwise(
                pl.concat_str(_part("day", 2), _part("month", 2), _year(), separator="/")
                + pl.col("clock")
            )
        )
        .to_series()
        .alias(text.name)
    )


def text_days(text: pl.Series) -> NDArray[np.int64]:
    """Return the day since 1970 that ``shift_text`` moves each text from; any day for no date."""
    days = _read(text)["reference"].cast(pl.Int32).cast(pl.Int64)
    return days.fill_null(0).to_numpy()


def whole(text: pl.Series) -> NDArray[np.bool_]:
    """Return where a text is a date of which everything is known."""
    known = _read(text).select(
        pl.col("reference").is_not_null() & pl.all_horizontal(_number(part) for part in _PARTS)
    )
    found: NDArray[np.bool_] = known.to_series().to_numpy()
    return found


_PARTS = ("day", "month", "year")


def _number(part: str) -> pl.Expr:
    return pl.col(f"{part}_number").is_not_null()


def _read(text: pl.Series) -> pl.DataFrame:
    """Return each text with its parts, as written and as numbers, and the day that it counts as."""
    held = pl.DataFrame({"text": text}).with_columns(trimmed=pl.col("text").str.strip_chars())
    # Forms are seen and parts are cut: a pattern that takes parts out is many times as slow.
    own = held.with_columns(
        iso=pl.col("trimmed").str.contains(_ISO) & ~pl.col("trimmed").str.contains(_TYPED),
        own=_own_form(),
    )
    parts = pl.when(pl.col("own").str.contains(_FORM)).then("own").str.splitn("/", 3)
    return (
        own.with_columns(parts.struct.rename_fields(["day", "month", "rest"]).alias("parts"))
        .unnest("parts")
        .with_columns(colon=pl.col("rest").str.find(":", literal=True).cast(pl.Int64) - 3)
        .with_columns(
            year=pl.col("rest").str.slice(0, pl.col("colon").fill_null(4)),
            clock=pl.col("rest")
            .str.slice(pl.col("colon"))
            .fill_null("")
            .str.replace_all("[0-9]", "0"),
        )
        .with_columns(
            pl.col(part).cast(pl.Int32, strict=False).alias(f"{part}_number") for part in _PARTS
        )
        .with_columns(year_number=pl.col("year_number") + _century())
        .with_columns(reference=_reference())
    )


def _own_form() -> pl.Expr:
    """Write ISO 8601 as dd/MM/yyyy, a time of day behind it; that of a DATE column is none."""
    text = pl.col("trimmed")
    day, month, year = (text.str.slice(*at) for at in ((8, 2), (5, 2), (0, 4)))
    clock = pl.when(text.str.contains(_TYPED)).then(pl.lit("")).otherwise(text.str.slice(10))
    written = pl.concat_str(day, month, year, separator="/") + clock
    return pl.when(text.str.contains(_ISO)).then(written).otherwise(text)


def _short() -> pl.Expr:
    return pl.col("year").str.len_bytes() == 2


def _century() -> pl.Expr:
    last = pl.col("year_number") > _LAST_SHORT_YEAR
    return pl.when(_short()).then(pl.when(last).then(1900).otherwise(2000)).otherwise(0)


def _reference() -> pl.Expr:
    # Through text, because that alone gives null for a day that no calendar has.
    return pl.concat_str(
        pl.col("year_number").fill_null(2000).cast(pl.String).str.zfill(4),
        pl.col("month_number").fill_null(1).cast(pl.String).str.zfill(2),
        pl.col("day_number").fill_null(1).cast(pl.String).str.zfill(2),
        separator="-",
    ).str.to_date("%Y-%m-%d", strict=False)


def _moved_on() -> pl.Expr:
    """Without a year a shift may come round to the same day or month: go one further."""
    moved = pl.col("moved")
    same_day = pl.col("day_number").is_null() | (pl.col("day_number") == moved.dt.day())
    same_month = pl.col("month_number").is_null() | (pl.col("month_number") == moved.dt.month())
    further = pl.when(pl.col("day_number").is_null()).then(31).otherwise(1)
    return (
        pl.when(pl.col("year_number").is_null() & same_day & same_month)
        .then(moved - pl.duration(days=further))
        .otherwise(moved)
    )


def _stays(missing: Sequence[date]) -> pl.Expr:
    nothing = pl.col("month").is_not_null() & ~pl.any_horizontal(_number(part) for part in _PARTS)
    every = pl.all_horizontal(_number(part) for part in _PARTS)
    return nothing | (every & pl.col("reference").is_in(list(missing)))


def _has_four_digit_year() -> pl.Expr:
    return pl.col("moved").dt.year().is_between(1, 9999).fill_null(False)


def _part(part: str, digits: int) -> pl.Expr:
    number = getattr(pl.col("moved").dt, part)().cast(pl.String).str.zfill(digits)
    return pl.when(pl.col(f"{part}_number").is_null()).then(part).otherwise(number)


def _year() -> pl.Expr:
    short = (pl.col("moved").dt.year() % 100).cast(pl.String).str.zfill(2)
    return pl.when(_short()).then(short).otherwise(_part("year", 4))
