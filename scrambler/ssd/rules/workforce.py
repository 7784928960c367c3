"""Rules about teams, workers and their involvement with children."""

from __future__ import annotations

import polars as pl
from polars import col

from scrambler.ssd.rules.check import each, over
from scrambler.ssd.rules.condition import constant, distinct, implies, in_order
from scrambler.ssd.rules.rule import rule

_DOUBLINGS = 6


def _named_otherwise(teams: pl.LazyFrame) -> pl.LazyFrame:
    parents = teams.select(dept_team_parent_id="dept_team_id", name="dept_team_name").unique()
    return teams.join(parents, on="dept_team_parent_id").filter(
        col("dept_team_parent_name") != col("name")
    )


def _under_itself(teams: pl.LazyFrame) -> pl.LazyFrame:
    """Teams with an ancestor 64 levels up: no hierarchy is that high without a cycle."""
    climb = teams.select(team="dept_team_id", above="dept_team_parent_id").drop_nulls()
    climb = climb.unique("team", keep="any")
    for _ in range(_DOUBLINGS):
        higher = climb.select(above="team", higher="above")
        climb = climb.join(higher, on="above").select("team", above="higher")
    return climb


WORKFORCE = (
    rule("C109", each(constant("dept_team_name", within="dept_team_id"))),
    rule(
        "C110",
        over(
            _named_otherwise,
            "dept_team_id",
            "dept_team_name",
            "dept_team_parent_id",
            "dept_team_parent_name",
        )
        & over(_under_itself, "dept_team_id", "dept_team_parent_id"),
    ),
    rule(
        "C111",
        why="Compares source and output: foreign keys that resolved still resolve, proved in the "
        "run.",
    ),
    rule(
        "C112",
        why="Compares source and output: foreign keys that resolved still resolve, proved in the "
        "run; professional and staff ids share one map.",
    ),
    rule(
        "C113",
        why="Compares source and output: a name in the worker column is replaced by that of the "
        "same worker; no database says by itself whose name it was.",
    ),
    rule(
        "C114",
        each(
            col("prof_social_worker_registration_no").str.contains(r"^SW\d{1,10}$")
            & distinct("prof_social_worker_registration_no")
        ),
    ),
    rule("C115", each(in_order("invo_involvement_start_date", "invo_involvement_end_date"))),
    rule(
        "C116",
        why="Compares source and output: CW is kept, other roles are drawn from a list without it.",
    ),
    rule(
        "C117",
        kept=False,
        why="The gate is a fixed 31 March, and a shift can carry an involvement over it.",
    ),
    rule(
        "C118",
        each(
            implies(
                col("invo_worker_change_reason").is_not_null(),
                col("invo_involvement_end_date").is_not_null(),
            )
        ),
    ),
)
