"""The CIN census about referrals: their dates, flag, closure, and what hangs on them."""

from __future__ import annotations

from functools import reduce
from operator import or_

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import answer, implies, in_order, together, under
from scrambler.ssd.rules.statutory.links import beside, summed, within
from scrambler.ssd.rules.statutory.rule import CHOSEN, Record, Tables, cin, codes_of

_NO_ACTION = col("cine_referral_nfa") == "Y"
_DATE, _CLOSED, _REASON = (
    col("cine_referral_date"),
    col("cine_close_date"),
    col("cine_close_reason"),
)
_OPEN = _CLOSED.is_null()
_ASSESSED_ONLY = ["RC8", "RC9"]
_FORTY_WEEKS = pl.duration(weeks=40)


def _referrals(tables: Tables) -> pl.LazyFrame:
    rows = beside(tables["ssd_cin_episodes"], "cine_person_id", tables["ssd_person"],
                  "pers_person_id")  # fmt: skip
    referral = "cine_referral_id"
    enquiries = tables["ssd_s47_enquiry"].with_columns(
        conference=answer("s47e_s47_outcome_json", "CP_CONFERENCE_FLAG")
    )
    start, auth = col("cina_assessment_start_date"), col("cina_assessment_auth_date")
    rows = summed(
        rows, referral, tables["ssd_cin_assessments"], "cina_referral_id",
        assessments=pl.len(), unfinished=auth.is_null().sum(),
        assessed_to=pl.max_horizontal(start.max(), auth.max()),
    )  # fmt: skip
    rows = summed(
        rows, referral, enquiries, "s47e_referral_id",
        enquiries=pl.len(), enquired_to=col("s47e_s47_start_date").max(),
    )  # fmt: skip
    rows = summed(
        rows, referral, tables["ssd_initial_cp_conference"], "icpc_referral_id",
        conferences=pl.len(), conferred_to=col("icpc_icpc_date").max(),
    )  # fmt: skip
    begun, ended = col("cinp_cin_plan_start_date"), col("cinp_cin_plan_end_date")
    rows = summed(
        rows, referral, tables["ssd_cin_plans"], "cinp_referral_id",
        cin_plans=pl.len(), open_cin_plans=ended.is_null().sum(),
        planned_to=pl.max_horizontal(begun.max(), ended.max()),
    )  # fmt: skip
    begun, ended = col("cppl_cp_plan_start_date"), col("cppl_cp_plan_end_date")
    rows = summed(
        rows, referral, tables["ssd_cp_plans"], "cppl_referral_id",
        cp_plans=pl.len(), open_cp_plans=ended.is_null().sum(),
        protected_to=pl.max_horizontal(begun.max(), ended.max()),
    )  # fmt: skip
    rows = rows.with_columns(
        # An open referral without further action is no episode of need.
        counts=~(col("cine_referral_nfa").eq_missing("Y") & col("cine_close_date").is_null()),
    )
    return rows.with_columns(
        next_date=pl.when(col("cine_person_id").is_not_null()).then(
            col("cine_referral_date").shift(-1).over(
                "cine_person_id", "counts", order_by="cine_referral_date"
            )
        ),
        open_ones=within("cine_person_id", (col("counts") & _OPEN).sum()),
    )  # fmt: skip


REFERRALS = Record(
    "referral", "cine_person_id",
    (
        "cine_referral_id", "cine_person_id", "cine_referral_date", "cine_cin_primary_need_code",
        "cine_referral_source_code", "cine_referral_nfa", "cine_close_reason", "cine_close_date",
        "pers_person_id", "pers_dob", "pers_expected_dob", "pers_death_date",
        "cina_referral_id", "cina_assessment_start_date", "cina_assessment_auth_date",
        "s47e_referral_id", "s47e_s47_start_date", "s47e_s47_outcome_json",
        "icpc_referral_id", "icpc_icpc_date",
        "cinp_referral_id", "cinp_cin_plan_start_date", "cinp_cin_plan_end_date",
        "cppl_referral_id", "cppl_cp_plan_start_date", "cppl_cp_plan_end_date",
    ),
    _referrals,
)  # fmt: skip


def _has(*what: str) -> pl.Expr:
    return reduce(or_, (col(name).is_not_null() for name in what))


_OVER = [
    col(day) <= _CLOSED
    for day in ("assessed_to", "enquired_to", "conferred_to", "planned_to", "protected_to")
]
_BIRTH = pl.coalesce("pers_dob", "pers_expected_dob")

REFERRAL = (
    cin("2990", REFERRALS, implies(
        _REASON.is_in(_ASSESSED_ONLY), ~_has("enquiries", "conferences", "cin_plans", "cp_plans")
    )),
    cin("2991Q", REFERRALS, implies(_has("enquiries"), _has("assessments"))),
    cin("4000", REFERRALS, implies(_NO_ACTION, ~_has("cin_plans"))),
    cin("4001", REFERRALS, ~((col("open_cin_plans") > 0) & (col("open_cp_plans") > 0))),
    cin("8555Q", REFERRALS, col("pers_death_date") >= _DATE),
    cin("8565", REFERRALS, pl.all_horizontal(_OVER)),
    cin("8568", REFERRALS, implies(
        col("cine_referral_id").is_not_null(), col("cine_referral_nfa").is_not_null()
    )),
    cin("8569Q", why=CHOSEN),
    cin("8585Q", REFERRALS, implies(_REASON == "RC2", col("pers_death_date").is_not_null())),
    cin("8600", REFERRALS, col("year_end") >= _DATE, of_year=True),
    cin("8606", REFERRALS, _DATE >= _BIRTH - _FORTY_WEEKS),
    cin("8610", REFERRALS, implies(
        col("cine_referral_nfa") == "N", col("cine_cin_primary_need_code").is_not_null()
    )),
    cin("8620", why=CHOSEN),
    cin("8630", REFERRALS, in_order("cine_referral_date", "cine_close_date")),
    cin("8640", REFERRALS, _REASON.is_in(codes_of("closure_reason"))),
    cin("8650", REFERRALS, col("cine_cin_primary_need_code").is_in(codes_of("primary_need_cin"))),
    cin("8775Q", REFERRALS, under(25, "cine_close_date") & implies(_OPEN, under(25, "year_end")),
        of_year=True),
    cin("8805", REFERRALS, implies(_CLOSED.is_not_null(), _REASON.is_not_null())),
    cin("8810", REFERRALS, together("cine_close_date", "cine_close_reason")),
    cin("8815", REFERRALS, implies(col("counts") & _OPEN, col("open_ones") <= 1)),
    cin("8816", REFERRALS, implies(col("counts") & _OPEN, col("next_date").is_null())),
    cin("8820", REFERRALS, implies(
        col("counts"), (col("next_date") >= _CLOSED).fill_null(col("next_date").is_null())
    )),
    cin("8825Q", REFERRALS, implies(_REASON.is_in(_ASSESSED_ONLY), _has("assessments"))),
    cin("8831", REFERRALS, implies(
        _NO_ACTION, ~_has("assessments", "enquiries", "conferences")
    )),
    cin("8832", REFERRALS, implies(_NO_ACTION, ~_has("cp_plans"))),
    cin("8866", REFERRALS, col("cine_referral_source_code").is_in(codes_of("referral_source"))),
    cin("8867", REFERRALS, implies(_CLOSED.is_not_null(), col("unfinished") == 0)),
    cin("8896", REFERRALS, col("unfinished") <= 1),
)  # fmt: skip
