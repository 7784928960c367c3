"""The types of a statutory rule: a record to look at, and what must hold of each.

A record is one row a thing that a return asks about (a referral, an episode, a placement), with
what other tables say of it beside it. So a rule is one expression, and all rules about one record
are counted in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import polars as pl
from polars import col

from scrambler.ssd import ColumnSpec, ssd
from scrambler.ssd.read_facts import facts
from scrambler.ssd.rules.check import Frames, owner
from scrambler.ssd.rules.rule import Lost
from scrambler.ssd.rules.statutory.kept import LOST, NOT_KEPT
from scrambler.ssd.rules.tidy import tidy

Census = Literal["CIN", "SSDA903"]
Tables = Mapping[str, pl.LazyFrame]
"""Table name to its tidy columns; what the dataset lacks is empty or null."""

CHOSEN = (
    "What ended or was made outside the year is not in the return: its window chooses the rows."
)
TWO_RETURNS = (
    "Compares the returns of two years; within an epoch a child keeps all that it compares."
)
"""Why some rules have no check."""


@dataclass(frozen=True, eq=False)
class Record:
    """What a group of rules is about.

    ``build`` makes one row a record from the tables that own ``columns``, which hold these columns
    only. ``child`` names the column with the child's id; it is null in records of no child. Those
    of ``as_written`` come a second time, as ``<column>_written``: with values that mean none.
    """

    name: str
    child: str
    columns: tuple[str, ...]
    build: Callable[[Tables], pl.LazyFrame]
    as_written: tuple[str, ...] = ()

    def rows(self, frames: Frames) -> pl.LazyFrame:
        """Return the records of a dataset."""
        return self.build(
            {
                table: _opened(frames.get(table), specs, self.as_written)
                for table, specs in self.reads().items()
            }
        )

    def reads(self) -> dict[str, list[ColumnSpec]]:
        """Return the columns it looks at, by table."""
        found: dict[str, list[ColumnSpec]] = {}
        for name in dict.fromkeys(self.columns):
            found.setdefault(owner(name).table, []).append(owner(name))
        return found


@dataclass(frozen=True, eq=False)
class StatutoryRule:
    """One validation rule of the DfE that an SSD can be held to.

    ``id`` is ours, ``code`` the DfE's in the return ``census``; ``error`` is false for a query.
    ``consistency`` names the rules of consistency.csv that ask the same or part of it. ``holds``
    is asked of every row of ``record``; both are None where there is no check, and then ``why``
    says why. ``of_year`` marks rules that look at the columns ``year_start`` and ``year_end``.
    ``kept`` says whether scrambling keeps it, ``why`` in a sentence why not; ``lost`` why not
    by what dates may keep. ``excused`` are the records of a source that may break it afterwards
    though they do not now, however well dates are kept.
    """

    id: str
    census: Census
    code: str
    description: str
    error: bool
    consistency: tuple[str, ...]
    about: Mapping[str, frozenset[str]]
    record: Record | None
    holds: pl.Expr | None
    kept: bool
    why: str
    lost: Lost
    of_year: bool
    excused: pl.Expr | None

    def kept_by(self, dates: str) -> bool:
        """Return whether scrambling keeps it where dates keep ``dates``, such as intervals."""
        return self.kept and dates not in self.lost

    def is_told(self, frames: Frames) -> bool:
        """Return whether a dataset has every column that the rule is about."""
        return all(
            table in frames and names <= set(frames[table].collect_schema())
            for table, names in self.about.items()
        )


def cin(
    code: str,
    record: Record | None = None,
    holds: pl.Expr | None = None,
    *,
    why: str = "",
    of_year: bool = False,
    excused: pl.Expr | None = None,
) -> StatutoryRule:
    """Return a rule of the children in need census, with its words from statutory_rules.csv."""
    return _rule("CIN", code, record, holds, why, of_year, excused)


def looked_after(
    code: str,
    record: Record | None = None,
    holds: pl.Expr | None = None,
    *,
    why: str = "",
    of_year: bool = False,
    excused: pl.Expr | None = None,
) -> StatutoryRule:
    """Return a rule of the SSDA903 return, with its words from statutory_rules.csv."""
    return _rule("SSDA903", code, record, holds, why, of_year, excused)


def _rule(
    census: Census,
    code: str,
    record: Record | None,
    holds: pl.Expr | None,
    why: str,
    of_year: bool,
    excused: pl.Expr | None = None,
) -> StatutoryRule:
    row = _facts()[census, code]
    about: dict[str, set[str]] = {}
    for name in row["columns"].split():
        table, column = name.split(".")
        about.setdefault(table, set()).add(column)
    return StatutoryRule(
        id=row["rule_id"],
        census=census,
        code=code,
        description=row["rule"],
        error=row["strength"] == "error",
        consistency=tuple(row["consistency"].split()),
        about={table: frozenset(names) for table, names in about.items()},
        record=record,
        holds=holds,
        kept=(census, code) not in NOT_KEPT,
        why=NOT_KEPT.get((census, code), why),
        lost=LOST.get((census, code), {}),
        of_year=of_year,
        excused=excused,
    )


@cache
def _facts() -> Mapping[tuple[str, str], Mapping[str, str]]:
    return {(row["census"], row["code"]): row for row in facts("statutory_rules")}


def _opened(
    frame: pl.LazyFrame | None, specs: list[ColumnSpec], as_written: tuple[str, ...]
) -> pl.LazyFrame:
    empty = pl.LazyFrame(schema={spec.name: spec.dtype for spec in specs})
    frame = empty if frame is None else frame
    held = set(frame.collect_schema())
    frame = frame.with_columns(
        pl.lit(None, spec.dtype).alias(spec.name) for spec in specs if spec.name not in held
    )
    written = (
        col(spec.name).alias(f"{spec.name}_written") for spec in specs if spec.name in as_written
    )
    return frame.select(*(tidy(spec) for spec in specs), *written)


def codes_of(code_list: str) -> list[str]:
    """Return the codes of a list that are drawn, without other forms of them."""
    return list(ssd().code_lists[code_list].codes)
