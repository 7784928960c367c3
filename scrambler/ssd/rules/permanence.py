"""Rules about permanence: plans for adoption, orders, and what came before care."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.read_facts import facts
from scrambler.ssd.rules.check import Check, each, over
from scrambler.ssd.rules.condition import constant, has_keys, implies, in_order, together
from scrambler.ssd.rules.rule import rule

_ENDS = {
    **dict.fromkeys(["E11", "E12", "E1"], "Adoption"),
    **dict.fromkeys(["E45", "E46", "E47", "E48", "E43", "E44"], "Special Guardianship Order"),
    "E41": "Child Arrangements/ Residence Order",
}
_PLAN_KEYS = [
    row["key"] for row in facts("json_columns") if row["column"] == "lacp_cla_care_plan_json"
]
_SEX, _STATUS = col("perm_adopter_sex"), col("perm_adopter_legal_status")
_ADOPTERS, _GROUP = col("perm_number_of_adopters"), col("perm_part_of_sibling_group")
_OPTION, _PREVIOUS_DATE = (
    col("lapp_previous_permanence_option"),
    col("lapp_previous_permanence_order_date"),
)


def _ended_by_another_order(orders: pl.LazyFrame, episodes: pl.LazyFrame) -> pl.LazyFrame:
    ordered, kind = "perm_permanence_order_date", col("perm_permanence_order_type")
    orders = orders.filter(kind.is_in(list(_ENDS.values())))
    ceased = "clae_cla_episode_ceased_date"
    by_period = orders.filter(col("perm_cla_id").is_not_null()).join(
        episodes,
        left_on=["perm_cla_id", ordered],
        right_on=["clae_cla_id", ceased],
        coalesce=False,
    )
    by_child = orders.filter(col("perm_cla_id").is_null()).join(
        episodes,
        left_on=["perm_person_id", ordered],
        right_on=["clae_person_id", ceased],
        coalesce=False,
    )
    reason = col("clae_cla_episode_ceased_reason").replace_strict(
        _ENDS, default="another", return_dtype=pl.String
    )
    return pl.concat([by_period, by_child]).filter(reason != kind)


def _placed_on_after_order(orders: pl.LazyFrame, placements: pl.LazyFrame) -> pl.LazyFrame:
    ended = placements.group_by("clap_cla_id").agg("clap_cla_placement_end_date")
    order = col("perm_permanence_order_date")
    return (
        orders.filter(order.is_not_null())
        .join(ended, left_on="perm_cla_id", right_on="clap_cla_id")
        .filter(~col("clap_cla_placement_end_date").list.contains(order))
    )


def _adopters() -> Check:
    single = _SEX.is_in(["F1", "M1"])
    one_status = _STATUS == "L0"
    return each(
        (single == one_status)
        & (single == (_ADOPTERS == 1))
        & (one_status == (_ADOPTERS == 1))
        & implies(_SEX.is_in(["FF", "MM"]), _STATUS.is_in(["L12", "L2", "L4"]))
        & implies(_SEX == "MF", _STATUS.is_in(["L11", "L2", "L3"]))
        & _ADOPTERS.is_between(1, 2)
    )


PERMANENCE = (
    rule(
        "C091",
        each(
            in_order(
                "perm_adm_decision_date",
                "perm_matched_date",
                "perm_placed_for_adoption_date",
                "perm_permanence_order_date",
            )
            & in_order("perm_ffa_cp_decision_date", "perm_placed_ffa_cp_date")
        ),
    ),
    rule(
        "C092",
        each(
            together("perm_decision_reversed_date", "perm_decision_reversed_reason")
            & (
                col("perm_decision_reversed_date").is_null()
                | col("perm_permanence_order_date").is_null()
                | (col("perm_permanence_order_type") != "Adoption")
            )
        ),
    ),
    rule(
        "C093",
        each(together("perm_permanence_order_date", "perm_permanence_order_type"))
        & over(
            _placed_on_after_order,
            "perm_permanence_order_date",
            "perm_cla_id",
            "clap_cla_id",
            "clap_cla_placement_end_date",
        )
        & over(
            _ended_by_another_order,
            "perm_permanence_order_date",
            "perm_permanence_order_type",
            "perm_cla_id",
            "perm_person_id",
            "clae_cla_id",
            "clae_person_id",
            "clae_cla_episode_ceased_date",
            "clae_cla_episode_ceased_reason",
        ),
        why="The reason is judged on the episode of care that ceased on the day of the order.",
    ),
    rule("C094", _adopters()),
    rule(
        "C095",
        each(
            implies(
                _GROUP == "0",
                (col("perm_siblings_placed_together").fill_null(0) <= 1)
                & (col("perm_siblings_placed_apart").fill_null(0) == 0),
            )
            & implies(_GROUP == "1", col("perm_siblings_placed_together") >= 1)
        ),
    ),
    rule(
        "C096",
        why="Compares source and output: foreign keys that resolved still resolve, proved in the "
        "run.",
    ),
    rule("C097", each(in_order("lega_legal_status_start_date", "lega_legal_status_end_date"))),
    rule(
        "C098",
        each(_PREVIOUS_DATE.str.contains(r"(?i)^(?:zz|\d{1,2})/(?:zz|\d{1,2})/(?:zzzz|\d{4}|)$")),
        why="That the parts given as zz or left empty stay so compares source and output.",
    ),
    rule(
        "C099",
        each(
            implies(
                _OPTION == "Z1",
                _PREVIOUS_DATE.is_null() & col("lapp_previous_permanence_la").is_null(),
            )
        ),
    ),
    rule(
        "C100",
        each(has_keys("lacp_cla_care_plan_json", _PLAN_KEYS))
        & each(constant("lacp_cla_care_plan_json", within="lacp_person_id")),
    ),
)
