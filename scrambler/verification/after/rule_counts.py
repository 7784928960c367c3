"""The hard rules on one side: rows that break them, counted a batch at a time.

What a row meets or breaks by itself is counted as it passes. Of other columns that rules read, the
rows are kept until their last rule is counted, and kept narrow: days, codes, and of identifiers and
long texts a hash, which is enough where a rule asks only whether two are equal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import cache

import polars as pl

from scrambler.ssd import ColumnSpec, ssd
from scrambler.ssd.rules import RULES
from scrambler.ssd.rules.check import Frames, Part, owner, tidied, total

HARD = [rule for rule in RULES if rule.hard and rule.violations]

_CODES = {"code", "flag", "technical"}
_HASHED = " hashed"


class RuleCounts:
    """Counts what breaks each hard rule in tables that come one after the other.

    ``coming`` names the tables in their order, ``seed`` is that of the hashes.
    """

    def __init__(self, coming: Collection[str], seed: int) -> None:
        """Have counted nothing yet."""
        self._seed = seed
        self._counts: dict[int, int | None] = {}
        self._coming = {*coming}
        self._waiting = [
            (number, part)
            for number, part in _parts()
            if part.holds is None and self._coming >= part.reads.keys()
        ]
        self._kept: dict[str, list[pl.DataFrame]] = {}
        self._across: dict[int, int] = {}
        self.unknown_codes: dict[str, int] = {}

    def add(self, table: str, batch: pl.DataFrame) -> None:
        """Count what rows of ``table`` show by themselves, and keep what other rules need."""
        names = _read_of(table)
        if not names:
            return
        frame = tidied(batch.lazy(), names).collect()
        held = {*frame.columns}
        counts = {
            str(number): (~part.holds.fill_null(True)).sum()
            for number, part in _parts()
            if part.holds is not None and [*part.reads] == [table] and held >= {*part.reads[table]}
        }
        unknown = {name: _unknown(owner(name)) for name in sorted(held) if _is_code(owner(name))}
        figures = frame.select(**counts, **unknown).row(0, named=True) if counts | unknown else {}
        for name, count in figures.items():
            if name in unknown:
                self.unknown_codes[name] = self.unknown_codes.get(name, 0) + count
            else:
                self._counts[int(name)] = (self._counts.get(int(name)) or 0) + count
        narrow = [*self._narrow(table, held)]
        if narrow:
            self._kept.setdefault(table, []).append(frame.select(narrow))

    def close(self, table: str) -> None:
        """Count the rules that waited for ``table``, and let go of what none waits for now."""
        self._coming.discard(table)
        ready = [(n, part) for n, part in self._waiting if self._coming.isdisjoint(part.reads)]
        self._waiting = [one for one in self._waiting if one not in ready]
        for number, part in ready:
            self._counts[number] = part.count(self._frames(number, part))
            self._across[number] = sum(self._of_two(link) for link in _dated_links(number))
        needed = {name for _, part in self._waiting for name in part.reads}
        self._kept = {name: frames for name, frames in self._kept.items() if name in needed}

    def broken(self) -> dict[str, int | None]:
        """Return the breaking rows of each hard rule by id; None where it could not be counted."""
        counts: dict[str, list[int | None]] = {}
        numbers = iter(range(len(_parts())))
        for rule in HARD:
            assert rule.violations is not None  # noqa: S101 - only such rules are here
            counts[rule.id] = [self._counts.get(next(numbers)) for _ in rule.violations.parts]
        return {name: total(each) for name, each in counts.items()}

    def across(self) -> dict[str, int]:
        """Return by rule the rows whose dates are held to those of a row of another child's."""
        counts = iter(self._across.get(number, 0) for number in range(len(_parts())))
        return {
            rule.id: sum(next(counts) for _ in rule.violations.parts)
            for rule in HARD
            if rule.violations
        }

    def _of_two(self, link: tuple[str, str, str]) -> int:
        """Count the rows whose child is not that of the row they lead to, or is not known."""
        column, target, key = link
        table = owner(column).table
        ways = ((table, column, _child_of(table)), (target, key, _child_of(target)))
        sides = []
        for name, by, child in ways:
            kept = pl.concat(self._kept[name]) if name in self._kept else pl.DataFrame()
            if not {by + _HASHED, f"{child}{_HASHED}"} <= {*kept.columns}:
                return 0
            sides.append(kept.select(by=by + _HASHED, child=f"{child}{_HASHED}"))
        joined = sides[0].join(sides[1].unique("by"), on="by")
        return joined.filter(~(pl.col("child") == pl.col("child_right")).fill_null(False)).height

    def _narrow(self, table: str, held: Collection[str]) -> Iterator[pl.Expr]:
        """Yield what is kept of ``table``: texts that a waiting rule reads as such, hashes else."""
        wanted = dict.fromkeys(
            (name, _is_hashed(number, owner(name)))
            for number, part in self._waiting
            for name in part.reads.get(table, ())
            if name in held
        )
        for number, _ in self._waiting:
            if _dated_links(number) and (child := _child_of(table)) in held:
                wanted[str(child), True] = None
        for name, hashed in wanted:
            column = pl.col(name)
            if hashed:
                known = pl.when(column.is_not_null())
                yield known.then(column.hash(self._seed)).alias(name + _HASHED)
            else:
                yield column

    def _frames(self, number: int, part: Part) -> Frames:
        frames = {}
        for table, names in part.reads.items():
            if table not in self._kept:
                continue
            kept = pl.concat(self._kept[table])
            self._kept[table] = [kept]
            stored = {n: n + _HASHED if _is_hashed(number, owner(n)) else n for n in names}
            frames[table] = kept.lazy().select(
                pl.col(own).alias(name) for name, own in stored.items() if own in kept.columns
            )
        return frames


@cache
def _parts() -> tuple[tuple[int, Part], ...]:
    """Return the parts of all hard rules, numbered in their order."""
    parts = (part for rule in HARD if rule.violations for part in rule.violations.parts)
    return tuple(enumerate(parts))


@cache
def _read_of(table: str) -> tuple[str, ...]:
    read = (part.reads.get(table, ()) for _, part in _parts())
    names = {name for names in read for name in names}
    child = _child_of(table)
    return tuple(sorted(names | {child} if names and child else names))


def _child_of(table: str) -> str | None:
    """Return the column of ``table`` that names a row's child, where one does."""
    return next((route.subject for route in ssd().tables[table].routes if not route.hops), None)


@cache
def _dated_links(number: int) -> tuple[tuple[str, str, str], ...]:
    """Return what a part follows to hold dates of one row to those of another of any child."""
    _, part = _parts()[number]
    dated = any(owner(name).dtype.is_temporal() for names in part.reads.values() for name in names)
    if not dated or not _asks_equality(number):
        return ()
    return tuple(link for link in part.links if link[1] != "ssd_person")


def _is_code(column: ColumnSpec) -> bool:
    return column.code_list is not None and column.kind in _CODES


def _unknown(column: ColumnSpec) -> pl.Expr:
    """Count the cells that hold something, and no code of the column's list."""
    assert column.code_list is not None  # noqa: S101 - only such columns are asked
    codes = ssd().code_lists[column.code_list]
    return (~pl.col(column.name).is_in([*codes.codes, *codes.alternates])).sum()


def _is_hashed(number: int, column: ColumnSpec) -> bool:
    return _could_hash(column) and _asks_equality(number)


def _could_hash(column: ColumnSpec) -> bool:
    return column.dtype == pl.String and not _is_code(column)


@cache
def _asks_equality(number: int) -> bool:
    """Return whether that part can be counted on hashes: tried on a row of each table.

    ``pers_person_id == cine_person_id`` can; ``pers_upn.str.contains(...)`` cannot.
    """
    _, part = _parts()[number]
    try:
        part.count({table: _row(names).lazy() for table, names in part.reads.items()})
    except pl.exceptions.PolarsError:
        return False
    return True


def _row(names: Collection[str]) -> pl.DataFrame:
    """Return a row with something in every column, and numbers where hashes could stand."""
    something = {
        pl.String(): "1", pl.Datetime("us"): datetime(2020, 1, 1), pl.Date(): date(2020, 1, 1),
        pl.Boolean(): True,
    }  # fmt: skip
    row = pl.DataFrame(
        {
            name: pl.Series([something.get(dtype, 1)], dtype=dtype)
            for name, dtype in ((name, owner(name).dtype) for name in names)
        }
    )
    return (
        tidied(row.lazy(), names)
        .collect()
        .with_columns(
            pl.lit(1, pl.UInt64).alias(name) for name in names if _could_hash(owner(name))
        )
    )
