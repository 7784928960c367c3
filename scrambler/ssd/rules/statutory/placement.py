"""The return on children looked after, about placements: type, provider, URN, length, order."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import aged, implies
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
    "clap_person_id",
    "clap_cla_placement_start_date",
    "clap_cla_placement_end_date",
)
_START, _END = col(_BEGUN), col(_ENDED)
_TYPE, _PROVIDER = col("clap_cla_placement_type"), col("clap_cla_placement_provider")
_URN, _CHANGE = col("clap_cla_placement_urn"), col("clap_cla_placement_change_reason")
_POSTCODE = col("clap_cla_placement_postcode")

_TEMPORARY = ["T0", "T1", "T2", "T3", "T4"]
_UNPROVIDED = [*_TEMPORARY, "Z1"]
_UNINSPECTED = ["P1", "P3", "R1", "R2", "R5", *_UNPROVIDED]
_ADOPTIVE = ["A3", "A4", "A5", "A6"]
_FOSTER = ["U1", "U2", "U3", "U4", "U5", "U6"]


def _placements(tables: Tables) -> pl.LazyFrame:
    rows = beside(tables["ssd_cla_placement"], _CHILD, tables["ssd_person"], "pers_person_id")
    rows = summed(
        rows, _CHILD, permanence_of(tables), "perm_person_id",
        decided=col("perm_adm_decision_date").min(), matched=col("perm_matched_date").min(),
        by_carer=col("perm_adopted_by_carer_flag").first(),
    )  # fmt: skip
    rows = summed(
        rows, _CHILD, tables["ssd_immigration_status"], "immi_person_id",
        is_asylum_seeker=col("immi_immigration_status").str.contains("(?i)^U$|UASC").any(),
    )  # fmt: skip
    rows = summed(
        rows, _CHILD, tables["ssd_cla_episodes"], "clae_person_id",
        is_adopted=col("clae_cla_episode_ceased_reason").is_in(["E11", "E12"]).any(),
        is_in_care=col("clae_cla_episode_ceased_date").is_null().any(),
    )  # fmt: skip
    squeezed = _squeezed("addr_address_postcode")
    homes = tables["ssd_address"].select("addr_person_id", home=squeezed, is_home=True).unique()
    rows = rows.with_columns(home=_squeezed("clap_cla_placement_postcode")).join(
        homes, left_on=[_CHILD, "home"], right_on=["addr_person_id", "home"], how="left"
    )
    return rows.with_columns(
        next_type=next_of("clap_cla_placement_type", "clap_cla_id", _BEGUN),
        previous_type=previous_of("clap_cla_placement_type", "clap_cla_id", _BEGUN),
        next_postcode=next_of("clap_cla_placement_postcode", "clap_cla_id", _BEGUN),
        previous_postcode=previous_of("clap_cla_placement_postcode", "clap_cla_id", _BEGUN),
        holidays=within("clap_person_id", (_TYPE == "T3").sum()),
        tells_homes=col("is_home").is_not_null().any(),
    )


def _squeezed(column: str) -> pl.Expr:
    return col(column).str.replace_all(" ", "").str.to_uppercase()


PLACEMENTS = Record(
    "placement", _CHILD,
    (
        "clap_cla_placement_id", "clap_cla_id", _CHILD, _BEGUN, _ENDED, "clap_cla_placement_type",
        "clap_cla_placement_provider", "clap_cla_placement_urn", "clap_cla_placement_distance",
        "clap_cla_placement_postcode", "clap_cla_placement_change_reason",
        "pers_person_id", "pers_dob", *PERMANENCE_CHILD, "perm_adm_decision_date",
        "perm_matched_date", "perm_adopted_by_carer_flag", "immi_person_id",
        "immi_immigration_status", "addr_person_id", "addr_address_postcode",
        "clae_person_id", "clae_cla_episode_ceased_date", "clae_cla_episode_ceased_reason",
    ),
    _placements,
    as_written=("clap_cla_placement_urn", "clap_cla_placement_distance"),
)  # fmt: skip

_KNOWN = col("clap_cla_placement_id").is_not_null()


def _from(age: int, *types: str) -> pl.Expr:
    return implies(_TYPE.is_in(types), aged(age, _BEGUN))


def _no_longer(than: int, kind: str) -> pl.Expr:
    return implies(_TYPE.eq(kind), _START.dt.offset_by(f"{than}d") >= _END)


def _not_by(provider: str, *types: str) -> pl.Expr:
    return implies(_PROVIDER.eq(provider), ~_TYPE.is_in(types))


PLACEMENT = (
    looked_after("146", PLACEMENTS, implies(
        _KNOWN, _TYPE.is_in(codes_of("placement_type")).fill_null(False)
    )),
    looked_after("371", PLACEMENTS, _from(16, "H5", "K3")),
    looked_after("372", PLACEMENTS, _from(10, "R5")),
    looked_after("373", PLACEMENTS, _from(4, "S1")),
    looked_after("374", PLACEMENTS, _from(14, "P3")),
    looked_after("375", PLACEMENTS, _no_longer(42, "T1")),
    looked_after("376", PLACEMENTS, _no_longer(21, "T3")),
    looked_after("379", PLACEMENTS, _no_longer(7, "T4")),
    looked_after("377", PLACEMENTS, implies(_TYPE == "T3", col("holidays") <= 2)),
    looked_after("383", PLACEMENTS, implies(
        _TYPE.is_in(_TEMPORARY) & col("next_type").is_not_null(),
        (col("next_type") == col("previous_type"))
        & col("next_postcode").eq_missing(col("previous_postcode")),
    )),
    looked_after("178", PLACEMENTS, _PROVIDER.is_in(codes_of("placement_provider"))),
    looked_after("526", PLACEMENTS, implies(
        ~_TYPE.is_in(_UNPROVIDED), _PROVIDER.is_not_null()
    )),
    looked_after("213", PLACEMENTS, implies(_TYPE.is_in(_UNPROVIDED), _PROVIDER.is_null())),
    looked_after("527", PLACEMENTS, _not_by("PR1", "P1", "R2", "R5")),
    looked_after("528", PLACEMENTS, _not_by("PR2", "P1", "R2", "R5")),
    looked_after("529", PLACEMENTS, _not_by("PR3", "P1", *_ADOPTIVE, "K1", "K2", *_FOSTER)),
    looked_after("530", PLACEMENTS, _not_by("PR4", "P1")),
    looked_after("531", PLACEMENTS, _not_by("PR5", "P1")),
    looked_after("550", PLACEMENTS, implies(_PROVIDER == "PR0", _TYPE == "P1")),
    looked_after("218", PLACEMENTS, implies(
        ~_TYPE.is_in(_UNINSPECTED),
        _URN.is_not_null() | (col("clap_cla_placement_urn_written") == "XXXXXXX").fill_null(False),
    )),
    looked_after("222", PLACEMENTS, implies(_TYPE.is_in(_UNINSPECTED), _URN.is_null())),
    looked_after("226", PLACEMENTS, implies(
        _TYPE.is_in(_TEMPORARY) | col("next_type").is_in(_TEMPORARY).fill_null(False),
        _CHANGE.is_null(),
    )),
    looked_after("233", PLACEMENTS, implies(_CHANGE.is_not_null(), _END.is_not_null())),
    looked_after("234", PLACEMENTS, implies(_CHANGE == "CUSTOD", aged(10, _ENDED))),
    looked_after("1009", PLACEMENTS, _CHANGE.is_in(codes_of("placement_change_reason"))),
    looked_after("392b", PLACEMENTS, implies(
        _KNOWN & ~col("is_asylum_seeker").fill_null(False), _POSTCODE.is_not_null()
    )),
    looked_after("392d", PLACEMENTS, implies(
        col("is_home").fill_null(False), _TYPE == "P1"
    )),
    looked_after("392a", PLACEMENTS, implies(
        _KNOWN & ~col("is_asylum_seeker").fill_null(False),
        col("clap_cla_placement_distance_written").is_not_null(),
    )),
    looked_after("454", PLACEMENTS, col("clap_cla_placement_distance") <= 350),
    looked_after("406", PLACEMENTS, implies(
        col("is_asylum_seeker"), col("clap_cla_placement_distance").is_null()
    )),
    looked_after("336", PLACEMENTS, implies(
        _TYPE.is_in(["A3", "A5"]), col("previous_type").is_in([*_FOSTER, *_ADOPTIVE])
    )),
    looked_after("335", PLACEMENTS, implies(
        _TYPE.is_in(_ADOPTIVE) & _END.is_not_null() & col("is_adopted"),
        (col("by_carer") == "Y") == _TYPE.is_in(["A3", "A5"]),
    )),
    looked_after("552", PLACEMENTS, implies(_TYPE.is_in(_ADOPTIVE), col("decided") <= _START)),
    looked_after("521", PLACEMENTS, implies(_TYPE.is_in(_ADOPTIVE), col("decided") <= _START)),
    looked_after("331", PLACEMENTS, implies(
        _TYPE.is_in(_ADOPTIVE) & col("is_adopted"), col("matched") <= _START
    )),
)  # fmt: skip
