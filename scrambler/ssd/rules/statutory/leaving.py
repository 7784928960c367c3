"""The return on children looked after, about young people who left care and their workers."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.condition import aged, implies
from scrambler.ssd.rules.statutory.in_care import with_person
from scrambler.ssd.rules.statutory.links import beside, next_of, summed, within
from scrambler.ssd.rules.statutory.rule import (
    TWO_RETURNS,
    Record,
    Tables,
    codes_of,
    looked_after,
)

_TOUCH, _CONTACT = col("clea_care_leaver_in_touch"), "clea_care_leaver_latest_contact"
_HOME, _SUITED = col("clea_care_leaver_accommodation"), col("clea_care_leaver_accom_suitable")
_ACTIVITY = col("clea_care_leaver_activity")
_SINCE_2023 = pl.date(2023, 4, 1)


def _leavers(tables: Tables) -> pl.LazyFrame:
    rows = with_person(tables["ssd_care_leavers"], "clea_person_id", tables)
    return rows.with_columns(says_died=within("clea_person_id", (_TOUCH == "DIED").any()))


LEAVERS = Record(
    "care leaver", "clea_person_id",
    (
        "clea_person_id", "clea_care_leaver_in_touch", _CONTACT,
        "clea_care_leaver_accommodation", "clea_care_leaver_accom_suitable",
        "clea_care_leaver_activity", "pers_person_id", "pers_dob", "pers_death_date",
        "clae_person_id",
        "clae_cla_episode_start_date", "clae_cla_episode_ceased_date",
        "clae_cla_episode_ceased_reason",
    ),
    _leavers,
)  # fmt: skip


def _workers(tables: Tables) -> pl.LazyFrame:
    spells = tables["ssd_involvements"].filter(col("invo_professional_role_id") == "CW")
    rows = beside(spells, "invo_professional_id", tables["ssd_professionals"],
                  "prof_professional_id")  # fmt: skip
    rows = summed(
        rows, "invo_person_id", tables["ssd_cla_episodes"], "clae_person_id",
        is_in_care=col("clae_cla_episode_ceased_date").is_null().any(),
    )  # fmt: skip
    start = "invo_involvement_start_date"
    return rows.filter(col("is_in_care").is_not_null()).with_columns(
        next_start=next_of(start, "invo_person_id", start),
        open_ones=within("invo_person_id", col("invo_involvement_end_date").is_null().sum()),
    )


WORKERS = Record(
    "allocated worker", "invo_person_id",
    (
        "invo_person_id", "invo_professional_id", "invo_professional_role_id",
        "invo_involvement_start_date", "invo_involvement_end_date", "invo_worker_change_reason",
        "prof_professional_id", "prof_social_worker_registration_no", "clae_person_id",
        "clae_cla_episode_ceased_date",
    ),
    _workers,
)  # fmt: skip

_BEGUN, _ENDED = col("invo_involvement_start_date"), col("invo_involvement_end_date")
_CHANGE = col("invo_worker_change_reason")
_AT_BIRTHDAYS = "Care leavers are returned at their 17th to 21st birthday: the return chooses them."

LEAVING = (
    looked_after("131", LEAVERS, _TOUCH.is_in(codes_of("care_leaver_in_touch"))),
    looked_after("132", LEAVERS, _ACTIVITY.is_in(codes_of("care_leaver_activity"))),
    looked_after("133", LEAVERS, implies(_HOME.is_in(["S", "X"]), _SUITED == "2")),
    looked_after("153", LEAVERS, (_HOME.is_null() == _ACTIVITY.is_null())
        & implies(_HOME.is_not_null(), _TOUCH.is_not_null())),
    looked_after("344", LEAVERS, implies(
        _TOUCH.is_in(["DIED", "RHOM"]), _ACTIVITY.is_null() & _HOME.is_null()
    )),
    looked_after("345", LEAVERS, implies(
        _TOUCH == "YES", _ACTIVITY.is_not_null() & _HOME.is_not_null()
    )),
    looked_after("347", LEAVERS, implies(_HOME == "T", aged(18, _CONTACT))),
    looked_after("3001", LEAVERS, implies(_HOME == "Z", aged(18, _CONTACT))),
    looked_after("391", why=_AT_BIRTHDAYS),
    looked_after("348", LEAVERS, implies(
        col("says_died"), col(_CONTACT) <= col("pers_death_date")
    )),
    looked_after("1000", LEAVERS, col("last_way_out") != "E2"),
    looked_after("1011", LEAVERS, col("last_way_out") != "E3"),
    looked_after("1007", why=_AT_BIRTHDAYS),
    looked_after("1001", LEAVERS, implies(
        col("last_day").is_not_null() & ~col("is_in_care"),
        (col("last_day") >= col("pers_dob").dt.offset_by("16y"))
        & (col("last_day") - col("first_day") >= pl.duration(weeks=13)),
    )),
    looked_after("205A", why=TWO_RETURNS),
    looked_after("205B", why=TWO_RETURNS),
    looked_after("205D", why=TWO_RETURNS),
    looked_after("1014", why=_AT_BIRTHDAYS),
    looked_after("SW01aSTG1", WORKERS, col("invo_professional_id").is_not_null()
        & _BEGUN.is_not_null()),
    looked_after("SW01bSTG1", WORKERS, implies(
        (_ENDED >= _SINCE_2023) & col("next_start").is_not_null(), _CHANGE.is_not_null()
    )),
    looked_after("SW02STG1", WORKERS, col("prof_social_worker_registration_no").is_not_null()
        & col("prof_social_worker_registration_no").str.contains("^(?:SW|XX)")),
    looked_after("SW13STG1", WORKERS, _CHANGE.is_in(codes_of("worker_change_reason"))),
    looked_after("SW08STG2", WORKERS, implies(_ENDED.is_null(), col("next_start").is_null())),
    looked_after("SW09STG2", WORKERS, _BEGUN != _ENDED),
    looked_after("SW10STG2", WORKERS, (col("next_start") >= _ENDED).fill_null(
        col("next_start").is_null()
    )),
    looked_after("SW17STG2", WORKERS, implies(col("is_in_care"), col("open_ones") > 0)),
    looked_after("700-710", why="The SSD has no table of deprivation of liberty orders."),
)  # fmt: skip
