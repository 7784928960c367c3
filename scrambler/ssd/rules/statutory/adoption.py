"""The return on children looked after, about decisions to place for adoption and the adopters."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import implies, in_order, together
from scrambler.ssd.rules.statutory.links import (
    PERMANENCE_CHILD,
    beside,
    next_of,
    permanence_of,
    summed,
)
from scrambler.ssd.rules.statutory.rule import Record, Tables, codes_of, looked_after

_CHILD = "perm_person_id"
_DECIDED, _REVERSED = col("perm_adm_decision_date"), col("perm_decision_reversed_date")
_MATCHED, _WHY = col("perm_matched_date"), col("perm_decision_reversed_reason")
_ADOPTERS, _SEX = col("perm_number_of_adopters"), col("perm_adopter_sex")
_STATUS, _BY_CARER = col("perm_adopter_legal_status"), col("perm_adopted_by_carer_flag")
_FACTS = (_MATCHED, _ADOPTERS, _SEX, _STATUS, _BY_CARER)
_ALL = pl.all_horizontal(fact.is_not_null() for fact in (_DECIDED, *_FACTS))
_NONE = pl.all_horizontal(fact.is_null() for fact in _FACTS)


def _decisions(tables: Tables) -> pl.LazyFrame:
    rows = beside(permanence_of(tables), _CHILD, tables["ssd_person"], "pers_person_id")
    begun, ceased = col("clae_cla_episode_start_date"), col("clae_cla_episode_ceased_date")
    way_out = col("clae_cla_episode_ceased_reason")
    rows = summed(
        rows, _CHILD, tables["ssd_cla_episodes"], "clae_person_id",
        first_day=begun.min(), last_day=ceased.max(), is_in_care=ceased.is_null().any(),
        is_adopted=way_out.is_in(["E11", "E12"]).any(),
        adopted_on=ceased.filter(way_out.is_in(["E11", "E12"])).max(),
    )  # fmt: skip
    rows = summed(
        rows, _CHILD, tables["ssd_cla_placement"], "clap_person_id",
        is_placed=col("clap_cla_placement_type").is_in(["A3", "A4", "A5", "A6"]).any(),
    )  # fmt: skip
    decided = "perm_adm_decision_date"
    return rows.with_columns(
        next_decision=next_of(decided, _CHILD, decided),
        # The facts of adopters belong to adoptions, not to other orders of permanence.
        orders_adoption=col("is_adopted").fill_null(False),
    )


DECISIONS = Record(
    "permanence", _CHILD,
    (
        *PERMANENCE_CHILD, "perm_adm_decision_date", "perm_matched_date", "perm_adopter_sex",
        "perm_adopter_legal_status", "perm_number_of_adopters", "perm_adopted_by_carer_flag",
        "perm_decision_reversed_date", "perm_decision_reversed_reason", "pers_person_id",
        "pers_dob", "clae_person_id", "clae_cla_episode_start_date",
        "clae_cla_episode_ceased_date", "clae_cla_episode_ceased_reason", "clap_person_id",
        "clap_cla_placement_type",
    ),
    _decisions,
)  # fmt: skip


def _of_status(status: str, *sexes: str) -> pl.Expr:
    return implies(_STATUS.eq(status), _SEX.is_in(sexes).fill_null(False))


ADOPTION = (
    looked_after("601", DECISIONS, implies(col("is_adopted"), _ALL)),
    looked_after("602", DECISIONS, implies(
        (_MATCHED.is_not_null() | _ADOPTERS.is_not_null()) & ~col("is_in_care"),
        col("is_adopted"),
    )),
    looked_after("558", DECISIONS, implies(col("is_adopted"), _REVERSED.is_null())),
    looked_after("525", DECISIONS, implies(_REVERSED.is_not_null(), _NONE)),
    looked_after("119", DECISIONS, together(
        "perm_decision_reversed_date", "perm_decision_reversed_reason"
    )),
    looked_after("120", DECISIONS, _WHY.is_in(codes_of("permanence_reversed_reason"))),
    looked_after("117", DECISIONS, implies(
        ~col("is_in_care"),
        (col("last_day") >= _DECIDED).fill_null(True)
        & (col("last_day") >= _REVERSED).fill_null(True),
    )),
    looked_after("118", DECISIONS, col("first_day") <= _REVERSED),
    looked_after("184", DECISIONS, in_order("pers_dob", "perm_adm_decision_date")),
    looked_after("1003", DECISIONS, col("first_day") <= _DECIDED),
    looked_after("334", DECISIONS, implies(col("is_adopted"), col("first_day") <= _DECIDED)),
    looked_after("522", DECISIONS, in_order(
        "perm_adm_decision_date", "perm_decision_reversed_date"
    )),
    looked_after("563", DECISIONS, implies(_REVERSED.is_not_null(), _DECIDED.is_not_null())),
    looked_after("579", DECISIONS, (col("next_decision") >= _REVERSED).fill_null(
        col("next_decision").is_null()
    )),
    looked_after("583", DECISIONS, implies(
        col("next_decision").is_not_null(), _REVERSED.is_not_null()
    )),
    looked_after("333", DECISIONS, in_order("perm_adm_decision_date", "perm_matched_date")),
    looked_after("582", DECISIONS, implies(col("is_adopted"), col("adopted_on") > _MATCHED)),
    looked_after("151", DECISIONS, _ALL | _NONE),
    looked_after("114", DECISIONS, implies(_MATCHED.is_not_null(), _BY_CARER.is_in(["Y", "N"]))),
    looked_after("175", DECISIONS, _ADOPTERS.is_between(1, 2)),
    looked_after("176", DECISIONS, _SEX.is_in(codes_of("adopter_sex"))),
    looked_after("177", DECISIONS, _STATUS.is_in(codes_of("adopter_legal_status"))),
    looked_after("511", DECISIONS, implies(_ADOPTERS == 2, _SEX.is_in(["MM", "FF", "MF"]))),
    looked_after("514", DECISIONS, implies(
        _STATUS == "L0", (_ADOPTERS == 1) & _SEX.is_in(["M1", "F1"])
    )),
    looked_after("517", DECISIONS, _of_status("L3", "MF")),
    looked_after("518", DECISIONS, _of_status("L4", "MM", "FF")),
    looked_after("519", DECISIONS, _of_status("L2", "MM", "FF", "MF")),
    looked_after("520", DECISIONS, _of_status("L11", "MF")),
    looked_after("524", DECISIONS, _of_status("L12", "MM", "FF")),
)  # fmt: skip
