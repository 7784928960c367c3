"""Rules about placements."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.check import each, over
from scrambler.ssd.rules.condition import implies
from scrambler.ssd.rules.rule import SHORT, rule

_KIND = col("clap_cla_placement_type")
_PROVIDER, _POSTCODE = col("clap_cla_placement_provider"), col("clap_cla_placement_postcode")


def _between_placements(placements: pl.LazyFrame) -> pl.LazyFrame:
    start, end = "clap_cla_placement_start_date", "clap_cla_placement_end_date"
    placements = placements.drop_nulls(["clap_cla_id", start])
    placements = placements.sort("clap_cla_id", start, end, nulls_last=True)
    return placements.filter(
        col("clap_cla_id") == col("clap_cla_id").shift(-1), col(start).shift(-1) != col(end)
    )


def _status_changed_otherwise(placements: pl.LazyFrame, episodes: pl.LazyFrame) -> pl.LazyFrame:
    return (
        placements.filter(col("clap_cla_placement_change_reason") == "PLACE")
        .join(
            episodes,
            left_on=["clap_cla_id", "clap_cla_placement_end_date"],
            right_on=["clae_cla_id", "clae_cla_episode_start_date"],
        )
        .filter(~col("clae_cla_episode_start_reason").is_in(["T", "U"]))
    )


def _placed_without_order(
    placements: pl.LazyFrame, statuses: pl.LazyFrame, permanence: pl.LazyFrame
) -> pl.LazyFrame:
    orders = pl.concat(
        [
            statuses.filter(col("lega_legal_status").is_in(["E1", "D1"])).select(
                clap_person_id="lega_person_id", ordered="lega_legal_status_start_date"
            ),
            permanence.select(clap_person_id="perm_person_id", ordered="perm_placement_order_date"),
        ]
    )
    first = orders.group_by("clap_person_id").agg(col("ordered").min())
    late = col("ordered") > col("clap_cla_placement_start_date")
    return (
        placements.filter(_KIND.is_in(["A5", "A6"]))
        .join(first, on="clap_person_id", how="left")
        .filter(col("ordered").is_null() | late)
    )


PLACEMENT = (
    rule(
        "C083",
        each(col("clap_cla_placement_start_date") < col("clap_cla_placement_end_date"))
        & over(
            _between_placements,
            "clap_cla_id",
            "clap_cla_placement_start_date",
            "clap_cla_placement_end_date",
        ),
        lost=SHORT,
    ),
    rule(
        "C084",
        each(
            implies(
                col("clap_cla_placement_change_reason").is_not_null(),
                col("clap_cla_placement_end_date").is_not_null(),
            )
        ),
    ),
    rule(
        "C085",
        each(
            ((_KIND == "P1") == _PROVIDER.eq_missing("PR0"))
            & implies(_KIND.is_in(["T0", "T1", "T2", "T3", "T4", "Z1"]), _PROVIDER.is_null())
        ),
    ),
    rule(
        "C086",
        each(
            implies(col("clap_cla_placement_urn").is_not_null(), _KIND != "P1")
            & col("clap_cla_placement_urn").str.contains(r"^(?:SC\d{6}|\d{7})$")
        ),
        why="Uninspected types other than P1 are not named by the sources; that equal URNs stay "
        "equal compares source and output.",
    ),
    rule(
        "C087",
        each(
            (col("clap_cla_placement_distance") >= 0)
            & implies(_POSTCODE.is_null(), col("clap_cla_placement_distance").is_null())
        ),
    ),
    rule(
        "C088",
        each(
            _POSTCODE.str.len_chars().is_between(5, 8)
            & _POSTCODE.str.contains(r"(?i)^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$")
        ),
    ),
    rule(
        "C089",
        over(
            _status_changed_otherwise,
            "clap_cla_placement_change_reason",
            "clap_cla_id",
            "clap_cla_placement_end_date",
            "clae_cla_id",
            "clae_cla_episode_start_date",
            "clae_cla_episode_start_reason",
        ),
        kept=False,
        why="The two reasons stand in two tables and are drawn apart.",
    ),
    rule(
        "C090",
        over(
            _placed_without_order,
            "clap_cla_placement_type",
            "clap_person_id",
            "clap_cla_placement_start_date",
            "lega_legal_status",
            "lega_person_id",
            "lega_legal_status_start_date",
            "perm_person_id",
            "perm_placement_order_date",
        ),
        kept=False,
        why="Placement types are drawn evenly, whatever orders the child has.",
    ),
)
