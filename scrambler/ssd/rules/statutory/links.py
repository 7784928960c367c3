"""What one table says of the rows of another: sums by key, and spans that lie in one another."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import col


def beside(rows: pl.LazyFrame, key: str, others: pl.LazyFrame, other_key: str) -> pl.LazyFrame:
    """Return ``rows`` with the first of the ``others`` that has the same key; nulls where none."""
    others = others.drop_nulls(other_key).unique(other_key, keep="first", maintain_order=True)
    return rows.join(others, left_on=key, right_on=other_key, how="left")


def summed(
    rows: pl.LazyFrame, key: str, others: pl.LazyFrame, other_key: str, **facts: pl.Expr
) -> pl.LazyFrame:
    """Return ``rows`` with aggregates of the ``others`` of the same key; nulls where none."""
    by_key = others.drop_nulls(other_key).group_by(other_key).agg(**facts)
    return rows.join(by_key, left_on=key, right_on=other_key, how="left")


PERMANENCE_CHILD = ("perm_cla_id", "perm_person_id", "clae_cla_id", "clae_person_id")
"""The columns that say whose permanence a row is about."""


def permanence_of(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Return ssd_permanence with its child: of its period of care, else the person it names.

    System C fills perm_person_id with a legacy id, which may be another child's.
    """
    periods = tables["ssd_cla_episodes"].select("clae_cla_id", of_period="clae_person_id")
    rows = beside(tables["ssd_permanence"], "perm_cla_id", periods, "clae_cla_id")
    return rows.with_columns(perm_person_id=pl.coalesce("of_period", "perm_person_id"))


def met_by(
    rows: pl.LazyFrame,
    others: pl.LazyFrame,
    child: tuple[str, str],
    **conditions: pl.Expr,
) -> pl.LazyFrame:
    """Return ``rows`` with, a condition, whether any of the child's ``others`` meets it.

    ``child`` names the child's id on both sides. A condition looks at columns of both.
    """
    numbered = rows.with_row_index("_row")
    pairs = numbered.join(others, left_on=child[0], right_on=child[1], how="inner", coalesce=False)
    found = pairs.group_by("_row").agg(**{name: met.any() for name, met in conditions.items()})
    return (
        numbered.join(found, on="_row", how="left")
        .with_columns(col(name).fill_null(False) for name in conditions)
        .drop("_row")
    )


def within(key: str, fact: pl.Expr, by: str | None = None) -> pl.Expr:
    """Return a fact of all rows with the same key, in the order of ``by``; null without a key."""
    return pl.when(col(key).is_not_null()).then(fact.over(key, order_by=by))


def next_of(column: str, key: str, by: str) -> pl.Expr:
    """Return the value of the next row with the same key, in the order of ``by``."""
    return within(key, col(column).shift(-1), by)


def previous_of(column: str, key: str, by: str) -> pl.Expr:
    """Return the value of the row before with the same key, in the order of ``by``."""
    return within(key, col(column).shift(1), by)
