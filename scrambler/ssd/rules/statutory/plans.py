"""The CIN census about child in need plans, child protection plans and their reviews."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import implies, in_order
from scrambler.ssd.rules.statutory.links import beside, met_by, next_of, within
from scrambler.ssd.rules.statutory.rule import CHOSEN, Record, Tables, cin, codes_of

_CIN_START, _CIN_END = col("cinp_cin_plan_start_date"), col("cinp_cin_plan_end_date")
_CP_START, _CP_END = col("cppl_cp_plan_start_date"), col("cppl_cp_plan_end_date")
_REVIEW = col("cppr_cp_review_date")
_LISTED = codes_of("abuse_category")


def _known(rows: pl.LazyFrame, referral: str, person: str, tables: Tables) -> pl.LazyFrame:
    rows = beside(rows, referral, tables["ssd_cin_episodes"], "cine_referral_id")
    return beside(rows, person, tables["ssd_person"], "pers_person_id")


def _during(day: pl.Expr, start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Return whether a day lies in a span, its first and last day apart."""
    return (start < day) & (end.is_null() | (day < end))


def _cin_plans(tables: Tables) -> pl.LazyFrame:
    child, start = "cinp_person_id", "cinp_cin_plan_start_date"
    rows = _known(tables["ssd_cin_plans"], "cinp_referral_id", child, tables)
    rows = met_by(
        rows, tables["ssd_cp_plans"], (child, "cppl_person_id"),
        is_protected=(_CP_START <= _CIN_START) & (_CP_END.is_null() | (_CIN_START < _CP_END)),
    )  # fmt: skip
    rows = met_by(
        rows, tables["ssd_cp_reviews"], (child, "cppr_person_id"),
        is_reviewed=_during(_REVIEW, _CIN_START, _CIN_END),
    )  # fmt: skip
    return rows.with_columns(
        next_start=next_of(start, child, start), open_ones=within(child, _CIN_END.is_null().sum())
    )


CIN_PLANS = Record(
    "child in need plan", "cinp_person_id",
    (
        "cinp_cin_plan_id", "cinp_referral_id", "cinp_person_id", "cinp_cin_plan_start_date",
        "cinp_cin_plan_end_date", "cine_referral_id", "cine_referral_date",
        "pers_person_id", "pers_death_date", "cppl_person_id", "cppl_cp_plan_start_date",
        "cppl_cp_plan_end_date", "cppr_person_id", "cppr_cp_review_date",
    ),
    _cin_plans,
)  # fmt: skip


def _cp_plans(tables: Tables) -> pl.LazyFrame:
    child, start = "cppl_person_id", "cppl_cp_plan_start_date"
    rows = _known(tables["ssd_cp_plans"], "cppl_referral_id", child, tables)
    rows = beside(rows, "cppl_icpc_id", tables["ssd_initial_cp_conference"], "icpc_icpc_id")
    rows = met_by(
        rows, tables["ssd_cin_plans"], (child, "cinp_person_id"),
        is_in_need=(_CIN_START <= _CP_START) & (_CIN_END.is_null() | (_CP_START < _CIN_END)),
    )  # fmt: skip
    return rows.with_columns(
        next_start=next_of(start, child, start), open_ones=within(child, _CP_END.is_null().sum())
    )


CP_PLANS = Record(
    "child protection plan", "cppl_person_id",
    (
        "cppl_cp_plan_id", "cppl_referral_id", "cppl_icpc_id", "cppl_person_id",
        "cppl_cp_plan_start_date", "cppl_cp_plan_end_date", "cppl_cp_plan_initial_category",
        "cppl_cp_plan_latest_category", "cine_referral_id", "cine_referral_date",
        "pers_person_id", "pers_death_date", "icpc_icpc_id", "icpc_icpc_date",
        "icpc_icpc_transfer_in", "cinp_person_id", "cinp_cin_plan_start_date",
        "cinp_cin_plan_end_date",
    ),
    _cp_plans,
)  # fmt: skip


def _reviews(tables: Tables) -> pl.LazyFrame:
    return beside(tables["ssd_cp_reviews"], "cppr_cp_plan_id", tables["ssd_cp_plans"],
                  "cppl_cp_plan_id")  # fmt: skip


REVIEWS = Record(
    "child protection review", "cppr_person_id",
    (
        "cppr_cp_review_id", "cppr_person_id", "cppr_cp_plan_id", "cppr_cp_review_date",
        "cppl_cp_plan_id", "cppl_cp_plan_start_date",
    ),
    _reviews,
)  # fmt: skip


def _no_overlap(end: pl.Expr) -> pl.Expr:
    return (end <= col("next_start")).fill_null(col("next_start").is_null())


PLANS = (
    cin("4003", CIN_PLANS, ~col("is_reviewed")),
    cin("4004", CIN_PLANS, implies(_CIN_END.is_null(), col("open_ones") <= 1)),
    cin("4008", CIN_PLANS, col("pers_death_date") >= _CIN_START),
    cin("4009Q", CIN_PLANS, col("pers_death_date") >= _CIN_END),
    cin("4010", CIN_PLANS, (
        _CIN_START.is_not_null() | col("cinp_cin_plan_id").is_null()
    ) & (col("year_end") >= _CIN_START), of_year=True),
    cin("4011", CIN_PLANS, in_order("cinp_cin_plan_start_date", "cinp_cin_plan_end_date")),
    cin("4012Q", CIN_PLANS, _CIN_START != _CIN_END),
    cin("4013", why=CHOSEN),
    cin("4014", CIN_PLANS, _no_overlap(_CIN_END)),
    cin("4015", CIN_PLANS, in_order("cine_referral_date", "cinp_cin_plan_start_date")),
    cin("4016", CIN_PLANS, ~col("is_protected")),
    cin("1105", CP_PLANS, in_order("cine_referral_date", "cppl_cp_plan_start_date")),
    # The plan of a child who moves in goes on from where it was made.
    cin("2885", CP_PLANS, (col("icpc_icpc_date") == _CP_START)
        | col("icpc_icpc_transfer_in").eq_missing("Y")),
    cin("4017", CP_PLANS, ~col("is_in_need")),
    cin("8720", CP_PLANS, (
        _CP_START.is_not_null() | col("cppl_cp_plan_id").is_null()
    ) & (col("year_end") >= _CP_START), of_year=True),
    cin("8730", why="The number of earlier plans is counted from the rows themselves."),
    cin("8840", CP_PLANS, _CP_START != _CP_END),
    cin("8905", CP_PLANS, col("cppl_cp_plan_initial_category").is_in(_LISTED)
        & (col("cppl_cp_plan_initial_category").is_not_null()
           | col("cppl_cp_plan_id").is_null())),
    cin("8910", CP_PLANS, col("cppl_cp_plan_latest_category").is_in(_LISTED)
        & (col("cppl_cp_plan_latest_category").is_not_null()
           | col("cppl_cp_plan_id").is_null())),
    cin("8915", CP_PLANS, col("pers_death_date") >= _CP_START),
    cin("8920", CP_PLANS, col("pers_death_date") >= _CP_END),
    cin("8925", CP_PLANS, in_order("cppl_cp_plan_start_date", "cppl_cp_plan_end_date")),
    cin("8930", why=CHOSEN),
    cin("8935", CP_PLANS, implies(_CP_END.is_null(), col("open_ones") <= 1)),
    cin("8940", CP_PLANS, _no_overlap(_CP_END)),
    cin("8841", REVIEWS, col("cppr_cp_review_date") > _CP_START),
    cin("8842Q", REVIEWS, _REVIEW.is_not_null() | col("cppr_cp_review_id").is_null()),
)  # fmt: skip
