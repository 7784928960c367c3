"""The dated things of an output, by the age in days that each child had when they happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from polars import col

from scrambler.policy import traits_of
from scrambler.ssd import Route, Spec

_BIRTHS = ("pers_dob", "pers_expected_dob", "moth_childs_dob")

Frames = Mapping[str, pl.LazyFrame]


def ages(scrambled: Frames, tables: Mapping[str, Any], spec: Spec) -> pl.DataFrame:
    """Return child, kind (a column's number) and age in days of every dated thing, each once.

    Children are numbered by their pseudonyms, so that their numbers are in a random order.
    """
    parts = [pl.DataFrame(schema={"child": pl.UInt32, "kind": pl.UInt16, "age": pl.Int32})]
    people = scrambled.get("ssd_person")
    if people is None or not {"pers_person_id", "pers_dob"} <= _names(people):
        return parts[0]
    born = (
        people.select(_id("pers_person_id").alias("id"), col("pers_dob").cast(pl.Date))
        .filter(col("id").is_not_null(), _recorded("pers_dob", spec))
        .sort("id", "pers_dob")
        .unique("id", keep="first", maintain_order=True)
        .with_row_index("child")
        .collect()
    )
    for number, (table, column) in enumerate(_dated(tables)):
        days = scrambled[table].select(col(column).cast(pl.Date).alias("day")).collect()
        rows = days.with_columns(_subject(scrambled, table, spec, days.height).alias("id"))
        found = rows.filter(_recorded("day", spec)).join(born, on="id")
        age = (col("day") - col("pers_dob")).dt.total_days().cast(pl.Int32)
        kind = pl.lit(number, dtype=pl.UInt16)
        parts.append(found.select("child", kind.alias("kind"), age.alias("age")).unique())
    return pl.concat(parts)


def _dated(tables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for table, held in sorted(tables.items()):
        for column, described in sorted(held["columns"].items()):
            moved = traits_of(described["treatment"]).moves_dates and column not in _BIRTHS
            if moved and described["type"].startswith("DATE"):
                yield table, column


def _names(frame: pl.LazyFrame) -> set[str]:
    return set(frame.collect_schema())


def _recorded(column: str, spec: Spec) -> pl.Expr:
    return ~col(column).is_in(list(spec.missing.dates))


def _id(column: str) -> pl.Expr:
    return col(column).cast(pl.String)


def _subject(scrambled: Frames, table: str, spec: Spec, rows: int) -> pl.Series:
    """Return the person id of each row of ``table``, by the first of its routes that finds one."""
    nobody = pl.Series("id", [None], dtype=pl.String).new_from_index(0, rows)
    found = [_along(scrambled, table, route) for route in spec.tables[table].routes]
    return pl.select(pl.coalesce(*(one for one in found if one is not None), nobody)).to_series()


def _along(scrambled: Frames, table: str, route: Route) -> pl.Series | None:
    if route.start not in _names(scrambled[table]):
        return None
    ids = scrambled[table].select(_id(route.start).alias("id")).collect()
    targets = [*(hop.column for hop in route.hops[1:]), route.subject]
    for hop, target in zip(route.hops, targets, strict=False):
        there = scrambled.get(hop.table)
        if there is None or not {hop.key, target} <= _names(there):
            return None
        step = (
            there.select(_id(hop.key).alias("id"), _id(target).alias("to")).drop_nulls().collect()
        )
        step = step.sort("id", "to").unique("id", keep="first")
        ids = ids.join(step, on="id", how="left", maintain_order="left").select(id="to")
    return ids["id"]
