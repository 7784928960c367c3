"""Small datasets brought to the point where a treatment or a comparison can be called on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from scrambler.batch import Batch, RunContext
from scrambler.batch.cast import conform
from scrambler.batch.dates import DateShift, Keep
from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.policy import Assignment, load_policy
from scrambler.run.prescan import prescan
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS

Columns = Mapping[str, Sequence[Any] | pl.Series]
Local = Mapping[str, tuple[str, dict[str, str]]]

SHIPPED = load_policy(ssd()).assignments


def epoch(number: int = 1) -> Epoch:
    """An epoch that is the same in every test run."""
    return Epoch(bytes([number]) * 32)


@dataclass(frozen=True)
class Stage:
    """Conformed tables after the prescan. ``frames`` are by table, columns named as in the spec."""

    context: RunContext
    frames: Mapping[str, pl.DataFrame]
    assignments: Mapping[str, Mapping[str, Assignment]]

    def batch(self, table: str) -> Batch:
        """All rows of a table as one batch."""
        assignments = self.assignments[table]
        return Batch(ssd().tables[table], self.frames[table], assignments, self.context)

    def scramble(self, table: str) -> pl.DataFrame:
        """The table with every column treated."""
        batch = self.batch(table)
        return pl.DataFrame([scrambled(batch, name) for name in batch.assignments])

    def column(self, table: str, column: str) -> list[Any]:
        """One scrambled column, as a list."""
        return scrambled(self.batch(table), column).to_list()


def scrambled(batch: Batch, column: str) -> pl.Series:
    treat = TREATMENTS[batch.assignments[column].treatment].scramble
    assert treat is not None
    return treat(batch, column).alias(column)


def staged(
    tables: Mapping[str, Columns | pl.DataFrame],
    under: Epoch | None = None,
    *,
    local: Local | None = None,
    lengths: Mapping[str, int] | None = None,
    numeric: frozenset[str] = frozenset(),
    offsets: tuple[int, int] = (14, 120),
    dates: Keep = "intervals",
) -> Stage:
    """Survey ``tables``: source values by table and column.

    ``local`` gives columns another treatment and parameters than the shipped policy.
    """
    sources = {name: pl.DataFrame(columns, strict=False) for name, columns in tables.items()}
    assignments = {
        table: {name: _assignment(table, name, local or {}) for name in frame.columns}
        for table, frame in sources.items()
    }
    pseudonyms = Pseudonyms(under or epoch(), ssd().domains, lengths, numeric)
    context = RunContext(ssd(), pseudonyms, DateShift(*offsets, keep=dates))

    def read(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        yield sources[table].select(columns).rename(str.lower)

    prescan(context, assignments, read)
    frames = {
        table: conform(frame.rename(str.lower), assignments[table])
        for table, frame in sources.items()
    }
    return Stage(context, frames, assignments)


def _assignment(table: str, column: str, local: Local) -> Assignment:
    shipped = SHIPPED[table][column]
    if column not in local:
        return shipped
    treatment, parameters = local[column]
    return replace(shipped, treatment=treatment, parameters=parameters)
