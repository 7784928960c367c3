"""What a check is, and the two ways of writing one: a condition on rows, or a query over tables.

Column names are unique across the tables of the SSD, so a condition says by itself which tables
and columns it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from scrambler.ssd import ColumnSpec, ssd
from scrambler.ssd.rules.tidy import tidy

Frames = Mapping[str, pl.LazyFrame]
"""Table name to lazy frame, with the dtypes of ``ColumnSpec.dtype``."""


@dataclass(frozen=True)
class Check:
    """Counts the rows that break a rule; None when a table or column it needs is missing.

    ``reads`` are the columns it looks at, by table.
    """

    reads: Mapping[str, frozenset[str]]
    count: Callable[[Frames], int | None]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it looks at."""
        return tuple(self.reads)

    def __call__(self, frames: Frames) -> int | None:
        """Return the number of breaking rows in ``frames``."""
        return self.count(frames)

    def __and__(self, other: Check) -> Check:
        """Return a check that adds both counts, or gives the one that can be had."""

        def count(frames: Frames) -> int | None:
            counts = [n for n in (self(frames), other(frames)) if n is not None]
            return sum(counts) if counts else None

        nothing = frozenset[str]()
        reads = {
            table: self.reads.get(table, nothing) | other.reads.get(table, nothing)
            for table in dict.fromkeys(self.tables + other.tables)
        }
        return Check(reads, count)


def over(broken: Callable[..., pl.LazyFrame], *columns: str) -> Check:
    """Return a check that counts the rows of ``broken``.

    ``broken`` takes one tidy frame for each table of ``columns``, in the order in which the tables
    are first mentioned, holding those columns only.
    """
    reads: dict[str, list[ColumnSpec]] = {}
    for name in dict.fromkeys(columns):
        reads.setdefault(owner(name).table, []).append(owner(name))

    def count(frames: Frames) -> int | None:
        opened = [_open(frames, specs) for specs in reads.values()]
        if any(frame is None for frame in opened):
            return None
        return int(broken(*opened).select(pl.len()).collect().item())

    return Check(
        {table: frozenset(spec.name for spec in specs) for table, specs in reads.items()}, count
    )


def each(holds: pl.Expr, *through: str) -> Check:
    """Return a check that counts the rows for which ``holds`` is false.

    Null breaks nothing: what is not recorded cannot be held against a row. ``through`` names
    columns to follow to the rows they reference; rows that reference nothing are not judged.
    """
    links = [(name, *_target(owner(name))) for name in through]
    columns = (*through, *(key for *_, key in links), *holds.meta.root_names())

    def broken(*opened: pl.LazyFrame) -> pl.LazyFrame:
        frames = dict(zip(check.tables, opened, strict=True))
        rows = opened[0]
        for name, table, key in links:
            parents = frames[table]
            if ssd().tables[table].primary_key != (key,):
                parents = parents.unique()
            rows = rows.join(parents, left_on=name, right_on=key, coalesce=False)
        return rows.filter(~holds.fill_null(True))

    check = over(broken, *columns)
    if unlinked := {*check.tables[1:]} - {table for _, table, _ in links}:
        raise LookupError(f"no column leads to {', '.join(sorted(unlinked))}")
    return check


@cache
def owner(name: str) -> ColumnSpec:
    """Return the column of that name; of the first table when staging tables share it."""
    return next(t.columns[name] for t in ssd().tables.values() if name in t.columns)


def _target(spec: ColumnSpec) -> tuple[str, str]:
    if spec.references is None:
        raise LookupError(f"{spec} references nothing")
    return spec.references


def _open(frames: Frames, specs: list[ColumnSpec]) -> pl.LazyFrame | None:
    frame = frames.get(specs[0].table)
    if frame is None or not {spec.name for spec in specs} <= set(frame.collect_schema()):
        return None
    return frame.select(tidy(spec) for spec in specs)
