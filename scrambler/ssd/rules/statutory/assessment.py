"""The CIN census about assessments and the factors found in them."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import implies, in_order
from scrambler.ssd.rules.statutory.links import beside, next_of, summed, within
from scrambler.ssd.rules.statutory.rule import CHOSEN, Record, Tables, cin

_FORTY_FIVE_WORKING_DAYS = "-9w"


def _assessments(tables: Tables) -> pl.LazyFrame:
    rows = beside(tables["ssd_cin_assessments"], "cina_referral_id", tables["ssd_cin_episodes"],
                  "cine_referral_id")  # fmt: skip
    rows = summed(
        rows, "cina_assessment_id", tables["ssd_assessment_factors"], "cinf_assessment_id",
        factor_rows=pl.len(), factors=col("cinf_assessment_factors_json").first(),
    )  # fmt: skip
    start = "cina_assessment_start_date"
    return rows.with_columns(
        next_start=next_of(start, "cina_referral_id", start),
        of_referral=within("cina_referral_id", pl.len()),
        found=col("factors").str.extract_all(r'"[^"]*"'),
        # What no table holds cannot be missed.
        tells_factors=col("factor_rows").is_not_null().any(),
    )


ASSESSMENTS = Record(
    "assessment", "cina_person_id",
    (
        "cina_assessment_id", "cina_person_id", "cina_referral_id", "cina_assessment_start_date",
        "cina_assessment_auth_date", "cinf_assessment_id", "cinf_assessment_factors_json",
        "cine_referral_id", "cine_referral_date", "cine_close_reason", "cine_close_date",
    ),
    _assessments,
)  # fmt: skip

_START, _DONE, _FOUND = (
    col("cina_assessment_start_date"),
    col("cina_assessment_auth_date"),
    col("found"),
)
_NOTHING_FOUND = (_FOUND.list.len() == 1) & _FOUND.list.contains('"21"')


def _without(code: str) -> pl.Expr:
    return ~_FOUND.list.contains(f'"{code}"')


ASSESSMENT = (
    cin("1103", ASSESSMENTS, in_order("cine_referral_date", "cina_assessment_start_date")),
    cin("8608", ASSESSMENTS, in_order("cina_assessment_start_date", "cina_assessment_auth_date")),
    cin("8614", ASSESSMENTS, implies(col("factor_rows") > 0, _DONE.is_not_null())),
    cin("8670Q", ASSESSMENTS, implies(
        _DONE.is_null(), col("year_end").dt.offset_by(_FORTY_FIVE_WORKING_DAYS) <= _START
    ), of_year=True),
    cin("8696", why=CHOSEN),
    cin("8736", ASSESSMENTS, implies(_DONE.is_null(), col("year_start") <= _START), of_year=True),
    cin("8863Q", ASSESSMENTS, (col("next_start") >= _DONE).fill_null(col("next_start").is_null())),
    cin("8869", ASSESSMENTS, implies(_FOUND.list.contains('"21"'), _FOUND.list.len() == 1)),
    cin("8873Q", ASSESSMENTS, implies(
        (col("of_referral") == 1) & _NOTHING_FOUND, col("cine_close_reason").is_in(["RC8", "RC9"])
        & col("cine_close_reason").is_not_null() | col("cine_close_date").is_null()
    )),
    cin("8897Q", ASSESSMENTS, implies(
        _DONE.is_not_null() & col("tells_factors"), _FOUND.list.len().fill_null(0) > 0
    )),
    cin("8898", ASSESSMENTS, _FOUND.list.n_unique() == _FOUND.list.len()),
    cin("8945Q", ASSESSMENTS, _without("18A")),
    cin("8950Q", ASSESSMENTS, _without("19A")),
)  # fmt: skip
