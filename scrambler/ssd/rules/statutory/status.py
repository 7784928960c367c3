"""The return on children looked after, about legal statuses: how long, how old, and adoption."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import aged, implies
from scrambler.ssd.rules.statutory.links import (
    PERMANENCE_CHILD,
    beside,
    permanence_of,
    summed,
    within,
)
from scrambler.ssd.rules.statutory.rule import Record, Tables, codes_of, looked_after

_CHILD, _BEGUN, _ENDED = (
    "lega_person_id",
    "lega_legal_status_start_date",
    "lega_legal_status_end_date",
)
_STATUS, _START, _END = col("lega_legal_status"), col(_BEGUN), col(_ENDED)


def _statuses(tables: Tables) -> pl.LazyFrame:
    rows = beside(tables["ssd_legal_status"], _CHILD, tables["ssd_person"], "pers_person_id")
    rows = summed(
        rows, _CHILD, permanence_of(tables), "perm_person_id",
        decided=col("perm_adm_decision_date").min(),
        reversed=col("perm_decision_reversed_date").min(),
    )  # fmt: skip
    rows = summed(
        rows, _CHILD, tables["ssd_cla_reviews"], "clar_cla_person_id",
        reviewed=col("clar_cla_review_date").count(),
    )  # fmt: skip
    return rows.with_columns(
        is_of_both=within(_CHILD, (_STATUS == "V3").any() & (_STATUS == "V4").any()),
    )


STATUSES = Record(
    "legal status", _CHILD,
    (
        "lega_legal_status_id", _CHILD, "lega_legal_status", _BEGUN, _ENDED, "pers_person_id",
        "pers_dob", "pers_is_mother", *PERMANENCE_CHILD, "perm_adm_decision_date",
        "perm_decision_reversed_date", "clar_cla_person_id", "clar_cla_review_date",
    ),
    _statuses,
)  # fmt: skip


def _no_longer(than: int, *codes: str) -> pl.Expr:
    """Return whether a status that ended lasted so many days at most."""
    return implies(_STATUS.is_in(codes), (_START.dt.offset_by(f"{than}d") >= _END))


_PLACED = _STATUS == "E1"

STATUS = (
    looked_after("144", STATUSES, implies(
        col("lega_legal_status_id").is_not_null(),
        _STATUS.is_in(codes_of("legal_status")).fill_null(False),
    )),
    looked_after("358", STATUSES, implies(_STATUS.is_in(["J1", "J2", "J3"]), aged(10, _BEGUN))),
    looked_after("361", STATUSES, _no_longer(3, "L1")),
    looked_after("362", STATUSES, _no_longer(21, "L2")),
    looked_after("363", STATUSES, _no_longer(7, "L3")),
    looked_after("364", STATUSES, _no_longer(21, "J2")),
    looked_after("399", STATUSES, implies(
        _STATUS.is_in(["V3", "V4"]),
        (col("reviewed").fill_null(0) == 0) & col("pers_is_mother").ne_missing("Y"),
    )),
    looked_after("426", STATUSES, implies(_STATUS.is_in(["V3", "V4"]), ~col("is_of_both"))),
    looked_after("446", STATUSES, implies(_PLACED, pl.date(2005, 12, 30) <= _START)),
    looked_after("553", STATUSES, implies(
        _PLACED, col("decided").is_not_null() & (_END.is_not_null() | col("reversed").is_null())
    )),
    looked_after("554", STATUSES, implies(_PLACED, col("decided") <= _START)),
)  # fmt: skip
