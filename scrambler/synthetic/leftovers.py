"""Tables that only the SQL makes: the wider cohort, versions, days."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from scrambler.synthetic.block import NEVER, TODAY, Ints, Mask, between
from scrambler.synthetic.care import Periods
from scrambler.synthetic.cases import Cases
from scrambler.synthetic.frames import Frames, frame, moments
from scrambler.synthetic.people import People

_SECOND = 1_000_000


def cohort(who: People, cases: Cases, care: Periods) -> Frames:
    """Return the wider cohort with what is known of each child; activity has a time of day."""
    rng, n = who.block.rng("cohort"), who.block.size
    first, last = np.full(n, TODAY), np.full(n, NEVER)
    np.minimum.at(first, cases.c_child, cases.of(cases.referral))
    np.maximum.at(last, cases.c_child, cases.c_until)
    referred = _marked(n, cases.c_child)
    seconds = between(rng, 0, 86_399, n) * _SECOND
    return {"ssd_cohort": frame(
        "ssd_cohort", dim_person_id=who.ids, legacy_id=who.legacy,
        has_contact=np.ones(n, dtype=np.bool_), has_referral=referred,
        has_903=_marked(n, care.child), is_care_leaver=who.leaver & _marked(n, care.child),
        has_eligibility=who.leaver, has_client_flag=np.ones(n, dtype=np.bool_),
        has_involvement=referred,
        first_activity_dttm=moments(np.where(referred, first, NEVER), seconds),
        last_activity_dttm=moments(np.where(referred, last - 1, NEVER), seconds),
    )}  # fmt: skip


def _marked(n: int, children: Ints) -> Mask:
    mask = np.zeros(n, dtype=np.bool_)
    mask[children] = True
    return mask


def versions() -> Frames:
    """Return the version log: the last of three releases is the current one."""
    released = [date(2025, 2, 3), date(2025, 9, 15), date(2026, 2, 2)]
    return {"ssd_version_log": frame(
        "ssd_version_log", version_number=pl.Series(["1.3.0", "1.4.0", "1.4.5"]),
        release_date=pl.Series(released),
        description=pl.Series(["First release", "New names of identifiers", "Corrections"]),
        is_current=np.array([False, False, True]),
        created_at=pl.Series(released).cast(pl.Datetime("us")),
        created_by=pl.Series(["akeaton", "akeaton", "mjordan"]),
        impact_description=pl.Series(["None", "Reload all tables", "None"]),
    )}  # fmt: skip


def calendar(first: date = date(2022, 4, 1), last: date = date(2026, 12, 31)) -> Frames:
    """Return a row a day from ``first`` to ``last`` inclusive; fiscal years start in April."""
    day = pl.date_range(first, last, eager=True).alias("day")
    d = pl.col("day")
    fiscal = d.dt.offset_by("-3mo").dt.year()
    quarter, year = d.dt.truncate("1q"), d.dt.truncate("1y")
    close = quarter.dt.offset_by("2mo").dt.month_end()
    april = pl.date(fiscal, 4, 1)
    drawn: dict[str, Any] = {
        "date_key": d.dt.strftime("%Y%m%d").cast(pl.Int32), "full_date": d,
        "calendar_year": d.dt.year(), "calendar_quarter": d.dt.quarter(),
        "month_number": d.dt.month(), "day_of_month": d.dt.day(),
        "iso_year": d.dt.iso_year(), "iso_week": d.dt.week(),
        "day_of_week_monday1": d.dt.weekday(), "is_weekend": d.dt.weekday() > 5,
        "month_start_date": d.dt.month_start(), "month_end_date": d.dt.month_end(),
        "quarter_start_date": quarter, "quarter_end_date": close,
        "year_start_date": year, "year_end_date": year.dt.offset_by("11mo").dt.month_end(),
        "fiscal_year_start_year": fiscal,
        "fiscal_year_label": pl.format("{}/{}", fiscal, (fiscal + 1).cast(pl.String).str.slice(2)),
        "fiscal_year_start_date": april,
        "fiscal_year_end_date": april.dt.offset_by("11mo").dt.month_end(),
        "fiscal_quarter": (d.dt.quarter() + 2) % 4 + 1, "fiscal_quarter_start_date": quarter,
        "fiscal_quarter_end_date": close,
    }  # fmt: skip
    built = day.to_frame().select(**drawn)
    return {"ssd_dim_date": frame("ssd_dim_date", **built.to_dict())}
