"""Tables that only the SQL makes, or that a run leaves behind: cohort, staging, versions, days."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from scrambler.ssd.row_states import DELETED, NEW, UNCHANGED, UPDATED
from scrambler.synthetic.block import NEVER, TODAY, Block, Ints, Mask, between, spread, taken
from scrambler.synthetic.care import Periods
from scrambler.synthetic.cases import Cases
from scrambler.synthetic.frames import Frames, either, frame, joined, kept, moments
from scrambler.synthetic.numbers import uuids
from scrambler.synthetic.people import SEXES, People

_SECOND = 1_000_000
_STATES = (NEW, UPDATED, UNCHANGED, DELETED)
_STATUSES = ("Pending", "Pending", "Sent", "Error")


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


def staging(who: People, cases: Cases) -> Frames:
    """Return a staged payload for every child with a referral open in the last two years."""
    rng, block = who.block.rng("staging"), who.block
    child = np.flatnonzero(_marked(block.size, cases.c_child[cases.c_until > TODAY - 820]))
    n = len(child)
    state = spread(rng, (15, 20, 63, 2), n)
    payload, before = _payload(who, child, "surname"), _payload(who, child, "first_name")
    status = np.where(state == 2, 2, spread(rng, (45, 45, 0, 10), n))
    late = between(rng, 0, 36_000, n) * _SECOND
    sent = np.where(status > 1, TODAY - between(rng, 1, 6, n), NEVER)
    receipt = joined("2026-03-30_09:00:00.00_", uuids(rng, n).str.to_lowercase(), ".json")
    refused = joined("400 malformed request: record of ", who.names(child), " has no episode")
    answer = either(status == 3, refused, receipt)
    return {"ssd_api_data_staging": frame(
        "ssd_api_data_staging", id=1 + block.number * 5_000 + np.arange(n),
        person_id=who.id(child), legacy_id=who.legacy.gather(child),
        previous_json_payload=kept(before, state > 0), json_payload=payload,
        partial_json_payload=kept(before, state == 1), current_hash=_hashes(block, "current", n),
        previous_hash=kept(_hashes(block, "previous", n), state > 0),
        submission_status=taken(_STATUSES, status), submission_timestamp=moments(sent, late),
        api_response=kept(answer, status > 1), row_state=taken(_STATES, state),
        last_updated=moments(TODAY - between(rng, 1, 6, n), late),
    )}  # fmt: skip


def _marked(n: int, children: Ints) -> Mask:
    mask = np.zeros(n, dtype=np.bool_)
    mask[children] = True
    return mask


def _payload(who: People, child: Ints, key: str) -> pl.Series:
    """Return a small payload a child: its ids and details, one name of the two under ``key``."""
    named = who.surname if key == "surname" else who.forename
    born = who.dob[child] > NEVER
    day = pl.Series(np.where(born, who.dob[child], who.expected[child])).cast(pl.Date)
    return joined(
        '{"la_child_id":"', who.id(child), '","mis_child_id":"', who.legacy.gather(child),
        f'","purge":false,"child_details":{{"{key}":"', named.gather(child),
        taken(('","expected_date_of_birth":"', '","date_of_birth":"'), born * 1),
        day.dt.strftime("%Y-%m-%d"), '","sex":"', taken(SEXES, who.sex[child]), '","purge":false}}',
    )  # fmt: skip


def _hashes(block: Block, purpose: str, count: int) -> pl.Series:
    """Return 32 random bytes a row, in the place of a SHA-256."""
    bits = block.rng(f"hash {purpose}").bytes(32 * count)
    array = pa.FixedSizeBinaryArray.from_buffers(pa.binary(32), count, [None, pa.py_buffer(bits)])
    return pl.Series(pl.from_arrow(array.cast(pa.binary())))


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
