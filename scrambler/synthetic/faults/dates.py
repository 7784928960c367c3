"""Dates that are none: 1900-01-01, and the text dates of earlier orders with unknown parts."""

from __future__ import annotations

from datetime import datetime, time

import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic.faults.injector import FaultInjector

NONE = datetime.combine(ssd().missing.dates[0], time())

_FORMS = (
    ("dd/zz/yyyy", lambda day: day.str.slice(0, 3) + "zz/" + day.str.slice(6)),
    ("d/MM/yyyy", lambda day: day.str.slice(1)),
    ("zz/MM/", lambda day: "zz" + day.str.slice(2, 4)),
    ("zz/zz/", lambda day: pl.lit("zz/zz/")),
    ("zz/zz/zzzz", lambda day: pl.lit("zz/zz/zzzz")),
)  # fmt: skip


def missing(injector: FaultInjector) -> None:
    """Put 1900-01-01 where System C has no date."""
    for table, column, share in (
        ("ssd_cin_assessments", "cina_assessment_auth_date", 0.8),
        ("ssd_care_leavers", "clea_pathway_plan_review_date", 1.0),
        ("ssd_permanence", "perm_placed_foster_carer_date", 1.0),
    ):
        injector.change(table, share, pl.col(column).is_null(), **{column: pl.lit(NONE)})
    # Where every date is known, some are not after all.
    injector.change("ssd_care_leavers", 0.05, clea_pathway_plan_review_date=pl.lit(NONE))


def unknown_parts(injector: FaultInjector) -> None:
    """Write order dates with any part unknown, a one-digit day, or no year at all."""
    table, name = "ssd_cla_previous_permanence", "lapp_previous_permanence_order_date"
    filled = pl.col("lapp_previous_permanence_option") != "Z1"
    day = pl.concat_str(
        pl.lit("07/"), pl.col(name).str.slice(3, 2).replace("zz", "05"), pl.lit("/2014")
    )
    for _, form in _FORMS:
        injector.change(table, 0.15, filled, **{name: form(day)})
