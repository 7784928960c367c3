"""How many children have a payload before their dates move and after: what offsets cost a test.

Offsets only go back, so work closed early in the window falls out of it, and nothing comes in from
the future to make up for it. The further back dates may go, the smaller the cohort. It stays so: no
child's offset is ever an exception of its own, since one that was would point at its child.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from scrambler.errors.boundary import fault_at
from scrambler.payload import COHORT_COLUMNS, Tables, Window, cohort_size, matters, read, window

WARN_ABOVE = 0.10
"""Share of the cohort: a shift that moves it by more is warned of."""


@dataclass(frozen=True)
class CohortShift:
    """Children with a payload on ``as_of``: by the source's dates, and by the output's."""

    as_of: date
    before: int
    after: int

    @property
    def moved(self) -> float:
        """The change as a share of ``before``, negative for a loss; 0 where there was nobody."""
        return (self.after - self.before) / self.before if self.before else 0.0

    @property
    def wide(self) -> bool:
        """Whether to warn: the cohort moved by more than `WARN_ABOVE`, or came from nowhere."""
        return abs(self.moved) > WARN_ABOVE or (not self.before and self.after > 0)

    def __str__(self) -> str:
        """Say it in a sentence or two, with the warning where one is due."""
        said = (
            f"Payload cohort on {self.as_of}: {self.before:,} children by the source's dates, "
            f"{self.after:,} after the shift ({self.moved:+.1%})."
        )
        if self.wide:
            said += (
                f" That is more than {WARN_ABOVE:.0%}: use a narrower --offset-days where the size "
                "of the test matters."
            )
        return said


@dataclass(frozen=True)
class BothSides:
    """Rows that decide on the payload cohort, by the source's dates and by the output's."""

    before: list[pl.DataFrame] = field(default_factory=list)
    after: list[pl.DataFrame] = field(default_factory=list)

    def __add__(self, other: BothSides) -> BothSides:
        """Return the rows of both."""
        return BothSides(self.before + other.before, self.after + other.after)


def cohort_shift(sides: Mapping[str, BothSides], as_of: date) -> CohortShift:
    """Return how the cohort moved, from the narrowed rows of each table."""
    with fault_at("payload cohort"):
        return CohortShift(
            as_of,
            before=_size({table: rows.before for table, rows in sides.items()}, as_of),
            after=_size({table: rows.after for table, rows in sides.items()}, as_of),
        )


def narrow(rows: pl.DataFrame, table: str, when: Window) -> pl.DataFrame:
    """Return the rows that matter, all columns there, a hash in the place of each identifier.

    Of a table that decides nothing, none.
    """
    if table not in COHORT_COLUMNS:
        return pl.DataFrame()
    return _narrow({table: rows.lazy()}, table, when)


def _size(found: Mapping[str, list[pl.DataFrame]], as_of: date) -> int:
    when = window(as_of)
    tables = {
        table: pl.concat([_narrow({}, table, when), *found.get(table, ())]).lazy()
        for table in COHORT_COLUMNS
    }
    return cohort_size(tables, as_of)


def _narrow(tables: Tables, table: str, when: Window) -> pl.DataFrame:
    """Return the rows that matter, all columns there, a hash in the place of each identifier."""
    ids = ~pl.selectors.temporal()
    return (
        read(tables, table, *COHORT_COLUMNS[table])
        .filter(matters(table, when))
        .with_columns(pl.when(ids.is_not_null()).then(ids.cast(pl.String).hash()).name.keep())
        .collect()
    )
