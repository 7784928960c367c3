"""What a check is, and the two ways of writing one: a condition on rows, or a query over tables.

Column names are unique across the tables of the SSD, so a condition says by itself which tables
and columns it reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import polars as pl

from scrambler.ssd import ColumnSpec, ssd
from scrambler.ssd.rules.tidy import tidy

Frames = Mapping[str, pl.LazyFrame]
"""Table name to lazy frame, with the dtypes of ``ColumnSpec.dtype``."""

_OTHER_ROWS = re.compile(
    r"(?<!\.list)\.(over|is_unique|is_duplicated|sum|min|max|any|all|count|shift|diff|rank)\(|len\(\)"
)


@dataclass(frozen=True)
class Part:
    """One query of a check: ``broken`` takes a frame for each table of ``reads``, in order.

    Frames are tidy and hold the columns of ``reads``, in order too. ``holds`` is the condition
    where a row meets or breaks it by itself, so that rows can be counted a batch at a time.
    ``links`` are the columns that lead to other rows, each with the table and key that it names.
    """

    reads: Mapping[str, tuple[str, ...]]
    broken: Callable[..., pl.LazyFrame]
    holds: pl.Expr | None = None
    links: tuple[tuple[str, str, str], ...] = ()

    def count(self, frames: Frames) -> int | None:
        """Return the breaking rows of tidy ``frames``; None for want of a table or column."""
        if any(
            table not in frames or not {*names} <= set(frames[table].collect_schema())
            for table, names in self.reads.items()
        ):
            return None
        opened = (frames[table].select(names) for table, names in self.reads.items())
        return int(self.broken(*opened).select(pl.len()).collect().item())


@dataclass(frozen=True)
class Check:
    """Counts the rows that break a rule; None when a table or column it needs is missing.

    Where one of several parts cannot be counted, the others are.
    """

    parts: tuple[Part, ...]

    @cached_property
    def reads(self) -> Mapping[str, frozenset[str]]:
        """The columns it looks at, by table, in the order in which its parts mention them."""
        reads: dict[str, frozenset[str]] = {}
        for part in self.parts:
            for table, names in part.reads.items():
                reads[table] = reads.get(table, frozenset()).union(names)
        return reads

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it looks at."""
        return tuple(self.reads)

    def __call__(self, frames: Frames) -> int | None:
        """Return the number of breaking rows in ``frames``, which are as their source has them."""
        opened = {
            table: tidied(frames[table], names)
            for table, names in self.reads.items()
            if table in frames
        }
        return total(part.count(opened) for part in self.parts)

    def __and__(self, other: Check) -> Check:
        """Return a check that adds both counts, or gives the one that can be had."""
        return Check(self.parts + other.parts)


def total(counts: Iterable[int | None]) -> int | None:
    """Return the sum of the counts that could be had; None where none could."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def tidied(frame: pl.LazyFrame, names: Collection[str]) -> pl.LazyFrame:
    """Return those columns of ``names`` that ``frame`` has, as they are meant."""
    held = frame.collect_schema()
    return frame.select(tidy(owner(name)) for name in sorted(names) if name in held)


def over(broken: Callable[..., pl.LazyFrame], *columns: str) -> Check:
    """Return a check that counts the rows of ``broken``.

    ``broken`` takes one tidy frame for each table of ``columns``, in the order in which the tables
    are first mentioned, holding those columns only.
    """
    return Check((Part(_by_table(columns), broken),))


def each(holds: pl.Expr, *through: str) -> Check:
    """Return a check that counts the rows for which ``holds`` is false.

    Null breaks nothing: what is not recorded cannot be held against a row. ``through`` names
    columns to follow to the rows they reference; rows that reference nothing are not judged.
    """
    links = [(name, *_target(owner(name))) for name in through]
    reads = _by_table((*through, *(key for *_, key in links), *holds.meta.root_names()))
    if unlinked := {*[*reads][1:]} - {table for _, table, _ in links}:
        raise LookupError(f"no column leads to {', '.join(sorted(unlinked))}")

    def broken(*opened: pl.LazyFrame) -> pl.LazyFrame:
        frames = dict(zip(reads, opened, strict=True))
        rows = opened[0]
        for name, table, key in links:
            parents = frames[table]
            if ssd().tables[table].primary_key != (key,):
                parents = parents.unique()
            rows = rows.join(parents, left_on=name, right_on=key, coalesce=False)
        return rows.filter(~holds.fill_null(True))

    alone = not links and _by_itself(holds)
    return Check((Part(reads, broken, holds if alone else None, (*links,)),))


@cache
def owner(name: str) -> ColumnSpec:
    """Return the column of that name; of the first table when staging tables share it."""
    return next(t.columns[name] for t in ssd().tables.values() if name in t.columns)


def _by_itself(holds: pl.Expr) -> bool:
    """Return whether what a condition says of a row follows from that row alone.

    Read off its text: ``meta.is_row_separable`` of Polars looks at the outermost function only.
    """
    return not _OTHER_ROWS.search(str(holds))


def _by_table(columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    reads: dict[str, tuple[str, ...]] = {}
    for spec in map(owner, dict.fromkeys(columns)):
        reads[spec.table] = (*reads.get(spec.table, ()), spec.name)
    return reads


def _target(spec: ColumnSpec) -> tuple[str, str]:
    if spec.references is None:
        raise LookupError(f"{spec} references nothing")
    return spec.references
