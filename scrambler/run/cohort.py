"""How many children have a payload before their dates move and after: what offsets cost a test.

Offsets only go back, so work closed early in the window falls out of it, and nothing comes in from
the future to make up for it. The further back dates may go, the smaller the cohort. It stays so: no
child's offset is ever an exception of its own, since one that was would point at its child.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from scrambler.batch.cast import conform
from scrambler.errors.boundary import fault_at
from scrambler.payload import COHORT_COLUMNS, Tables, Window, cohort_size, matters, read, window
from scrambler.policy import Assignment, load_policy
from scrambler.sources import Source, open_source
from scrambler.ssd import ssd

WARN_ABOVE = 0.10
"""Share of the cohort: a shift that moves it by more is warned of."""

_ROWS = 20_000


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


def cohort_shift(
    source: Source,
    assignments: Mapping[str, Mapping[str, Assignment]],
    out: Path,
    as_of: date,
) -> CohortShift:
    """Return how the cohort of ``source`` differs from that of ``out``, an output or its tables.

    ``assignments`` are those of the run's plan (``prescanned``).
    """
    return CohortShift(
        as_of,
        before=source_cohort_size(source, assignments, as_of),
        after=source_cohort_size(open_source(str(out)), load_policy(ssd()).assignments, as_of),
    )


def source_cohort_size(
    source: Source, assignments: Mapping[str, Mapping[str, Assignment]], as_of: date
) -> int:
    """Return the number of children in ``source`` with a payload on ``as_of``.

    Reads the columns of `COHORT_COLUMNS` that ``assignments`` and the source both have.
    Identifiers are held as 64-bit hashes only, and only of the rows that can matter.
    """
    held, when = source.tables(), window(as_of)
    tables = {}
    for table, columns in COHORT_COLUMNS.items():
        chosen = {
            name: assignments[table][name]
            for name in columns
            if name in held.get(table, ()) and name in assignments.get(table, ())
        }
        batches = [_narrow({}, table, when)]
        with fault_at(table):
            for frame in source.read(table, list(chosen), _ROWS) if chosen else ():
                batches.append(_narrow({table: conform(frame, chosen).lazy()}, table, when))
            tables[table] = pl.concat(batches).lazy()
    with fault_at("payload cohort"):
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
