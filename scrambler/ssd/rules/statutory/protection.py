"""The CIN census about section 47 enquiries and initial child protection conferences."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import answer, implies, in_order
from scrambler.ssd.rules.statutory.links import beside, next_of, summed, within
from scrambler.ssd.rules.statutory.rule import CHOSEN, Record, Tables, cin
from scrambler.ssd.working_days import bank_holidays

_FIFTEEN_WORKING_DAYS = "-3w"


def _enquiries(tables: Tables) -> pl.LazyFrame:
    rows = beside(tables["ssd_s47_enquiry"], "s47e_referral_id", tables["ssd_cin_episodes"],
                  "cine_referral_id")  # fmt: skip
    rows = summed(
        rows, "s47e_s47_enquiry_id", tables["ssd_initial_cp_conference"], "icpc_s47_enquiry_id",
        held=col("icpc_icpc_date").min(),
    )  # fmt: skip
    rows = rows.with_columns(needed=answer("s47e_s47_outcome_json", "CP_CONFERENCE_FLAG"))
    start = "s47e_s47_start_date"
    waits = (col("needed") == "Y") & col("held").is_null()
    return rows.with_columns(
        waits=waits,
        waiting=within("s47e_referral_id", waits.sum()),
        next_start=next_of(start, "s47e_referral_id", start),
    )


ENQUIRIES = Record(
    "enquiry", "s47e_person_id",
    (
        "s47e_s47_enquiry_id", "s47e_referral_id", "s47e_person_id", "s47e_s47_start_date",
        "s47e_s47_outcome_json", "icpc_s47_enquiry_id", "icpc_icpc_date",
        "cine_referral_id", "cine_referral_date", "cine_close_date",
    ),
    _enquiries,
)  # fmt: skip


def _conferences(tables: Tables) -> pl.LazyFrame:
    rows = beside(tables["ssd_initial_cp_conference"], "icpc_referral_id",
                  tables["ssd_cin_episodes"], "cine_referral_id")  # fmt: skip
    return beside(rows, "icpc_s47_enquiry_id", tables["ssd_s47_enquiry"], "s47e_s47_enquiry_id")


CONFERENCES = Record(
    "conference", "icpc_person_id",
    (
        "icpc_person_id", "icpc_referral_id", "icpc_s47_enquiry_id", "icpc_icpc_date",
        "icpc_icpc_target_date", "cine_referral_id", "cine_referral_date",
        "s47e_s47_enquiry_id", "s47e_s47_start_date", "s47e_referral_id",
    ),
    _conferences,
)  # fmt: skip

_START, _HELD, _WAITS = col("s47e_s47_start_date"), col("held"), col("waits")


def _on_weekdays(day: str) -> pl.Expr:
    return col(day).dt.weekday() <= 5


def _on_bank_holidays(day: str) -> pl.Expr:
    """Return what was held on a bank holiday: that is no working day and may become a Saturday."""
    return col(day).cast(pl.Date).is_in(bank_holidays().tolist())


PROTECTION = (
    cin("2889", ENQUIRIES, in_order("cine_referral_date", "s47e_s47_start_date")),
    cin("8615", ENQUIRIES, implies(_HELD.is_not_null(), (_START <= _HELD).fill_null(False))),
    cin("8675Q", ENQUIRIES, implies(
        _WAITS, col("year_end").dt.offset_by(_FIFTEEN_WORKING_DAYS) <= _START
    ), of_year=True),
    cin("8740", ENQUIRIES, implies(_WAITS, col("year_start") <= _START), of_year=True),
    cin("8839", ENQUIRIES, implies(_WAITS, col("waiting") <= 1)),
    cin("8868", ENQUIRIES, implies(
        col("cine_close_date").is_not_null(), (col("needed") == "Y") == _HELD.is_not_null()
    )),
    cin("8890", ENQUIRIES, implies(
        _HELD.is_not_null() | _WAITS,
        (col("next_start") >= _HELD).fill_null(col("next_start").is_null()),
    )),
    cin("1104", CONFERENCES, in_order("cine_referral_date", "icpc_icpc_date")),
    cin("2884", CONFERENCES, implies(
        col("icpc_s47_enquiry_id").is_not_null(), col("s47e_referral_id") == col("icpc_referral_id")
    )),
    cin("8715", why=CHOSEN),
    cin("8870Q", CONFERENCES, _on_weekdays("icpc_icpc_target_date"),
        excused=_on_bank_holidays("icpc_icpc_target_date")),
    cin("8875", CONFERENCES, _on_weekdays("icpc_icpc_date"),
        excused=_on_bank_holidays("icpc_icpc_date")),
)  # fmt: skip
