"""One child of an output as a timeline: every row that is about it, in the order of its days.

    python -m tests.timeline OUT                 the child with rows in most tables
    python -m tests.timeline OUT --number 5      the sixth of them

For reading by somebody who knows the field, of outputs of constructed data: it shows values.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from scrambler.ssd import Route, ssd
from tests.outputs import tables_of

_UNDATED = "          "


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the timeline of a child."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("out", type=Path)
    asked.add_argument("--number", type=int, default=0)
    options = asked.parse_args(arguments)
    rows = rows_by_child(tables_of(options.out))
    busy = rows.group_by("child").agg(tables=pl.col("table").n_unique(), rows=pl.len())
    child = busy.sort("tables", "rows", "child", descending=True)["child"][options.number]
    print("\n".join(timeline(rows, child)))


def rows_by_child(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return child, table, the first day of the row, and the row as text, of every row."""
    found = []
    for name, frame in tables.items():
        routes = [route for route in ssd().tables[name].routes if route.start in frame.columns]
        if not routes or not frame.height:
            continue
        days = [column for column, dtype in frame.schema.items() if dtype.is_temporal()]
        dated = days and name != "ssd_person"  # who comes before what happened
        first = pl.min_horizontal(pl.col(c).cast(pl.Date) for c in days) if dated else pl.lit(None)
        text = pl.struct(pl.all()).map_batches(_said, return_dtype=pl.String)
        child = _child(tables, frame, routes[0])
        found.append(frame.select(child, table=pl.lit(name), day=first.cast(pl.Date), text=text))
    return pl.concat(found).drop_nulls("child")


def _child(tables: Mapping[str, pl.DataFrame], frame: pl.DataFrame, route: Route) -> pl.Series:
    """Return the id of the child that each row of a frame is about."""
    ids = frame[route.start].cast(pl.String)
    columns = [*(hop.column for hop in route.hops[1:]), route.subject]
    for hop, column in zip(route.hops, columns, strict=False):
        leads = tables[hop.table].select(hop.key, column).cast(pl.String).drop_nulls()
        known = dict(leads.unique(hop.key).iter_rows())
        ids = ids.replace_strict(known, default=None, return_dtype=pl.String)
    return ids.alias("child")


def timeline(rows: pl.DataFrame, child: str) -> list[str]:
    """Return a line for each row of a child, undated ones first."""
    own = rows.filter(pl.col("child") == child).sort("day", "table", "text", nulls_last=False)
    return [
        f"{row['day'] or _UNDATED} {row['table'].removeprefix('ssd_'):22} {row['text']}"
        for row in own.iter_rows(named=True)
    ]


def _said(rows: pl.Series) -> pl.Series:
    """Return each row's columns that hold something, without the beginnings of their names."""
    texts = []
    for row in rows.to_list():
        said = [
            f"{name.partition('_')[2]}={value}" for name, value in row.items() if value is not None
        ]
        texts.append("; ".join(said))
    return pl.Series(texts, dtype=pl.String)


if __name__ == "__main__":
    main()
