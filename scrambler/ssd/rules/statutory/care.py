"""The return on children looked after, about episodes of care: what begins and ends them."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import aged, implies, in_order, together, under
from scrambler.ssd.rules.statutory.links import (
    PERMANENCE_CHILD,
    beside,
    next_of,
    permanence_of,
    previous_of,
    summed,
    within,
)
from scrambler.ssd.rules.statutory.rule import Record, Tables, codes_of, looked_after

_CHILD, _BEGUN, _ENDED = (
    "clae_person_id",
    "clae_cla_episode_start_date",
    "clae_cla_episode_ceased_date",
)
_START, _CEASED = col(_BEGUN), col(_ENDED)
_WHY, _WAY_OUT = col("clae_cla_episode_start_reason"), col("clae_cla_episode_ceased_reason")
_PLACED = {
    "type": "clap_cla_placement_type",
    "provider": "clap_cla_placement_provider",
    "urn": "clap_cla_placement_urn",
    "postcode": "clap_cla_placement_postcode",
}
_STATUS, _TYPE = col("lega_legal_status"), col("clap_cla_placement_type")
_SHORT_BREAKS, _TEMPORARY = ["V3", "V4"], ["T0", "T1", "T2", "T3", "T4"]
_ADOPTED, _GUARDED = ["E11", "E12"], ["E45", "E46", "E47", "E48"]
_ADOPTIVE = ["A3", "A4", "A5", "A6"]


def episodes_of(tables: Tables) -> pl.LazyFrame:
    """Return the episodes with placement, and the legal status that holds on the day they start."""
    rows = beside(tables["ssd_cla_episodes"], "clae_cla_placement_id", tables["ssd_cla_placement"],
                  "clap_cla_placement_id")  # fmt: skip
    statuses = (
        tables["ssd_legal_status"]
        .drop_nulls(["lega_person_id", "lega_legal_status_start_date"])
        .sort("lega_legal_status_start_date", "lega_legal_status_end_date", nulls_last=False)
    )
    rows = rows.sort(_BEGUN, nulls_last=True).join_asof(
        statuses, left_on=_BEGUN, right_on="lega_legal_status_start_date", by_left=_CHILD,
        by_right="lega_person_id", coalesce=False, check_sortedness=False,
    )  # fmt: skip
    holds = col("lega_legal_status_end_date").is_null() | (
        col("lega_legal_status_end_date") > _START
    )
    return rows.with_columns(pl.when(holds).then("lega_legal_status").alias("lega_legal_status"))


def _episodes(tables: Tables) -> pl.LazyFrame:
    rows = beside(episodes_of(tables), _CHILD, tables["ssd_person"], "pers_person_id")
    reversal = together("perm_decision_reversed_date", "perm_decision_reversed_reason")
    rows = summed(
        rows, _CHILD, permanence_of(tables), "perm_person_id",
        decided=col("perm_adm_decision_date").min(),
        is_reversed=(col("perm_decision_reversed_date").is_not_null() & reversal).any(),
    )  # fmt: skip
    before = {
        f"before_{name}": previous_of(column, _CHILD, _BEGUN)
        for name, column in {**_PLACED, "status": "lega_legal_status", "end": _ENDED,
                             "reason": "clae_cla_episode_ceased_reason"}.items()
    }  # fmt: skip
    return rows.with_columns(
        **before,
        is_first=within(_CHILD, _START.min() == _START),
        next_start=next_of(_BEGUN, _CHILD, _BEGUN),
        next_reason=next_of("clae_cla_episode_start_reason", _CHILD, _BEGUN),
        next_type=next_of("clap_cla_placement_type", _CHILD, _BEGUN),
        needs=within("clae_cla_id", col("clae_cla_primary_need_code").drop_nulls().n_unique()),
        was_placed=within(_CHILD, _TYPE.is_in(_ADOPTIVE).any() | (_STATUS == "E1").any()),
    ).with_columns(
        moved=pl.any_horizontal(col(c).ne_missing(col(f"before_{n}")) for n, c in _PLACED.items()),
        status_changed=_STATUS.ne_missing(col("before_status")),
        follows_on=(col("before_end") == _START).fill_null(False),
        has_status=_STATUS.is_not_null() & col("before_status").is_not_null(),
    )


EPISODES = Record(
    "episode of care", _CHILD,
    (
        "clae_cla_episode_id", _CHILD, "clae_cla_placement_id", _BEGUN, _ENDED,
        "clae_cla_episode_start_reason", "clae_cla_episode_ceased_reason", "clae_cla_id",
        "clae_cla_primary_need_code", "clap_cla_placement_id", *_PLACED.values(),
        "clap_cla_placement_distance", "clap_cla_placement_change_reason", "lega_person_id",
        "lega_legal_status", "lega_legal_status_start_date", "lega_legal_status_end_date",
        "pers_person_id", "pers_dob", *PERMANENCE_CHILD, "perm_adm_decision_date",
        "perm_decision_reversed_date", "perm_decision_reversed_reason",
    ),
    _episodes,
)  # fmt: skip

_LAST = col("next_start").is_null()
_CONTINUES = _WHY.is_in(["L", "P", "T", "B", "U"]) & col("follows_on")
_DAYS = (_CEASED - _START).dt.total_days()
_BREAK = _STATUS.is_in(_SHORT_BREAKS)
_KNOWN = col("clae_cla_episode_id").is_not_null()


def _listed(column: str, code_list: str) -> pl.Expr:
    return implies(_KNOWN, col(column).is_in(codes_of(code_list)).fill_null(False))


CARE = (
    looked_after("302", EPISODES, in_order("pers_dob", _BEGUN)),
    looked_after("352", EPISODES, implies(_WHY == "S", under(18, _BEGUN))),
    looked_after("353", EPISODES, pl.date(1991, 10, 14) <= _START),
    looked_after("142", EPISODES, implies(_CEASED.is_null(), _LAST)),
    looked_after("143", EPISODES, _listed("clae_cla_episode_start_reason", "cla_start_reason")),
    looked_after("145", EPISODES, _listed("clae_cla_primary_need_code", "primary_need_cla")),
    looked_after("149", EPISODES, _WAY_OUT.is_in(codes_of("cla_ceased_reason"))),
    looked_after("148", EPISODES, together(_ENDED, "clae_cla_episode_ceased_reason")),
    looked_after("355", EPISODES, _START != _CEASED),
    looked_after("356", EPISODES, in_order(_BEGUN, _ENDED)),
    looked_after("501", EPISODES, (col("next_start") >= _CEASED).fill_null(_LAST)),
    looked_after("504", EPISODES, col("needs") <= 1),
    looked_after("357", EPISODES, implies(col("is_first"), _WHY == "S")),
    looked_after("388", EPISODES, implies(
        _CEASED.is_not_null(),
        (_WAY_OUT == "X1") == (col("next_start") == _CEASED).fill_null(False),
    )),
    looked_after("431", EPISODES, implies(_WHY == "S", ~col("follows_on"))),
    looked_after("432", EPISODES, implies(
        col("before_reason").is_not_null() & (col("before_reason") != "X1"), _WHY == "S"
    ), excused=(_WHY != "S") & ~col("follows_on") & col("before_end").is_not_null()),
    looked_after("433", EPISODES, implies(_WHY != "S", col("follows_on") | col("is_first"))),
    looked_after("434", EPISODES, implies(
        _CONTINUES & (_WHY == "L") & col("has_status"), col("status_changed") & ~col("moved")
    )),
    looked_after("435", EPISODES, implies(
        _CONTINUES & _WHY.is_in(["P", "T"]) & col("has_status"),
        col("moved") & ~col("status_changed"),
    )),
    looked_after("436", EPISODES, implies(
        _CONTINUES & _WHY.is_in(["B", "U"]) & col("has_status"),
        col("moved") & col("status_changed"),
    )),
    looked_after("437", EPISODES, implies(_WAY_OUT.is_in(["E2", "E15"]), _LAST)),
    looked_after("199", EPISODES, implies(_WAY_OUT.is_in(_ADOPTED), _LAST)),
    looked_after("386", EPISODES, implies(_WAY_OUT.is_in(_ADOPTED), under(18, _ENDED))),
    looked_after("407", EPISODES, implies(_WAY_OUT.is_in(_GUARDED), under(18, _ENDED))),
    looked_after("387", EPISODES, implies(_WAY_OUT.is_in(["E5", "E6"]), aged(14, _ENDED))),
    looked_after("389", EPISODES, implies(_WAY_OUT == "E7", aged(16, _ENDED))),
    looked_after("460", EPISODES, implies(_WAY_OUT == "E17", aged(18, _ENDED))),
    looked_after("359", EPISODES, implies(
        aged(18, "year_end") & _CEASED.is_null(), (_STATUS == "V2") & (_TYPE == "K2")
    ), of_year=True),
    looked_after("516", EPISODES, implies(
        _WAY_OUT.is_in(["E45", "E46"]), _TYPE.str.starts_with("U")
    )),
    looked_after("390", EPISODES, implies(_WAY_OUT.is_in(_ADOPTED), _TYPE.is_in(_ADOPTIVE))),
    looked_after("365", EPISODES, implies(_STATUS == "V3", _DAYS <= 17)),
    looked_after("366", EPISODES, implies(_STATUS == "V3", _WHY == "S")),
    looked_after("367", EPISODES, implies(
        _BREAK, within(_CHILD, pl.when(_BREAK).then(_DAYS).sum()) <= 75
    )),
    looked_after("382", EPISODES, implies(_BREAK, ~_TYPE.is_in(_TEMPORARY))),
    looked_after("384", EPISODES, implies(_BREAK, ~_TYPE.is_in(["U1", "U4"]))),
    looked_after("398", EPISODES, implies(_BREAK, col("clap_cla_placement_distance").is_null())),
    looked_after("214", EPISODES, implies(
        _BREAK,
        col("clap_cla_placement_urn").is_null() & col("clap_cla_placement_postcode").is_null(),
    )),
    looked_after("380", EPISODES, implies(_WHY == "S", ~_TYPE.is_in(_TEMPORARY))),
    looked_after("381", EPISODES, implies(
        _CEASED.is_not_null() & (_WAY_OUT != "X1"), ~_TYPE.is_in(_TEMPORARY)
    )),
    looked_after("225", EPISODES, implies(
        (col("next_start") == _CEASED) & col("next_reason").is_in(["P", "B", "T", "U"])
        & ~_TYPE.is_in(_TEMPORARY) & ~col("next_type").is_in(_TEMPORARY).fill_null(False),
        col("clap_cla_placement_change_reason").is_not_null(),
    )),
    looked_after("378", EPISODES, implies(_TYPE == "P1", _STATUS != "V2")),
    looked_after("217", EPISODES, implies(
        _TYPE.is_in(["A3", "A5"]) & ~_TYPE.eq_missing(col("before_type")),
        _WHY.is_in(["S", "T", "U"]),
    )),
    looked_after("408", EPISODES, implies(_TYPE.is_in(["A5", "A6"]), _STATUS == "E1")),
    looked_after("557", EPISODES, implies(
        _LAST & col("was_placed") & _WAY_OUT.is_not_null() & ~_WAY_OUT.is_in(_ADOPTED),
        col("is_reversed").fill_null(False),
    )),
    looked_after("551", EPISODES, implies(_TYPE.is_in(_ADOPTIVE), col("decided").is_not_null())),
)  # fmt: skip
