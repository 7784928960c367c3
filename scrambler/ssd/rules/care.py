"""Rules about children looked after: episodes of care and placements."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd import ssd
from scrambler.ssd.rules.check import Check, each, over
from scrambler.ssd.rules.condition import aged, constant, implies, together
from scrambler.ssd.rules.rule import SHORT, rule

_START, _CEASED = col("clae_cla_episode_start_date"), col("clae_cla_episode_ceased_date")
_REASON = col("clae_cla_episode_ceased_reason")
_FIRST_START = _START.min().over("clae_cla_id")


def _ended_otherwise(episodes: pl.LazyFrame) -> pl.LazyFrame:
    ended = episodes.filter(
        col("clae_cla_id").is_not_null(), _REASON.is_not_null(), _START < _CEASED
    )
    later = episodes.group_by("clae_cla_id").agg(_START.max().alias("last_start")).drop_nulls()
    return pl.concat(
        [
            ended.filter(_REASON == "X1").join(
                episodes,
                left_on=["clae_cla_id", "clae_cla_episode_ceased_date"],
                right_on=["clae_cla_id", "clae_cla_episode_start_date"],
                how="anti",
            ),
            ended.filter(_REASON != "X1")
            .join(later, on="clae_cla_id")
            .filter(col("last_start") >= _CEASED)
            .drop("last_start"),
        ]
    )


def _one_person() -> Check:
    return (
        each(constant("clae_person_id", within="clae_cla_id"))
        & each(col("clap_person_id") == col("clae_person_id"), "clap_cla_id")
        & each(col("clav_person_id") == col("clae_person_id"), "clav_cla_id")
        & each(col("clar_cla_person_id") == col("clae_person_id"), "clar_cla_id")
    )


CARE = (
    rule("C074", each(_START < _CEASED), lost=SHORT),
    rule("C075", each(together("clae_cla_episode_ceased_date", "clae_cla_episode_ceased_reason"))),
    rule(
        "C076",
        over(
            _ended_otherwise,
            "clae_cla_id",
            "clae_cla_episode_start_date",
            "clae_cla_episode_ceased_date",
            "clae_cla_episode_ceased_reason",
        ),
    ),
    rule(
        "C077",
        each(
            col("clae_cla_id").is_null()
            | ((col("clae_cla_episode_start_reason") == "S") == (_START == _FIRST_START))
        ),
    ),
    rule(
        "C078", each(implies(_REASON == "E2", col("pers_death_date") == _CEASED), "clae_person_id")
    ),
    rule(
        "C079",
        each(implies(_REASON == "E17", aged(18, "clae_cla_episode_ceased_date")), "clae_person_id"),
    ),
    rule(
        "C080",
        each(
            constant("clae_entered_care_date", within="clae_cla_id")
            & (col("clae_cla_id").is_null() | (col("clae_entered_care_date") <= _FIRST_START))
        ),
    ),
    rule(
        "C081",
        each(
            constant("clae_cla_primary_need_code", within="clae_cla_id")
            & col("clae_cla_primary_need_code").is_in(
                list(ssd().code_lists["primary_need_cla"].codes)
            )
        ),
    ),
    rule(
        "C082",
        _one_person(),
        why="ssd_permanence is left to C096: its person may be another child in System C.",
    ),
)
