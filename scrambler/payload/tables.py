"""Reads SSD tables for a payload, whatever the CMS left out, and no more rows than asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from scrambler.ssd import ssd

Tables = Mapping[str, pl.LazyFrame]


def read(tables: Tables, table: str, *columns: str) -> pl.LazyFrame:
    """Return ``columns`` of ``table``; an absent column is null, an absent table has no rows."""
    spec = ssd().tables[table].columns
    types = {column: spec[column].dtype for column in columns}
    if table not in tables:
        return pl.LazyFrame(schema=types)
    present = tables[table].collect_schema().names()
    absent = [
        pl.lit(None, dtype=dtype).alias(column)
        for column, dtype in types.items()
        if column not in present
    ]
    return tables[table].with_columns(absent).select(columns)


def among(
    tables: Tables, table: str, key: str, keys: pl.Series, columns: Iterable[str]
) -> pl.LazyFrame:
    """Return the rows whose ``key`` is one of ``keys``, in memory; a null never is.

    The table streams past: memory holds the rows kept, not the table.
    """
    wanted = keys.unique().alias(key).to_frame().lazy()
    rows = read(tables, table, key, *columns).join(wanted, on=key, how="semi")
    return rows.collect(engine="streaming").lazy()


def latest(rows: pl.LazyFrame, by: str, *newest: str) -> pl.LazyFrame:
    """Keep one row for each ``by``: the greatest by ``newest``, nulls last.

    Ties that are left go to the greatest of the other columns, so that the choice never depends on
    the order in which rows arrive.
    """
    others = [name for name in rows.collect_schema().names() if name not in (by, *newest)]
    return rows.sort(*newest, *others, descending=True, nulls_last=True).unique(
        by, keep="first", maintain_order=True
    )
