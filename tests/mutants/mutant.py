"""What a mutant is: a leak with a name, planted in the program for one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from scrambler.batch import Batch
from scrambler.batch.dates import Keep
from scrambler.treatments import TREATMENTS
from scrambler.treatments.sampling import choices
from tests.columns import treated

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """One column of a batch: as it was, and as it honestly comes out."""

    batch: Batch
    column: str
    before: pl.Series
    after: pl.Series

    @property
    def text(self) -> pl.Series:
        """What it was, as text."""
        return self.before.cast(pl.String)

    @property
    def options(self) -> int:
        """How many codes or numbers the column is drawn from; 1 where it is not drawn."""
        assignment = self.batch.assignments[self.column]
        if assignment.treatment not in ("code", "number"):
            return 2 if assignment.treatment == "flags_json" else 1
        return len(choices(assignment, self.batch.context.spec))


Change = Callable[[Cells], pl.Series]
"""Returns the column as the mutant leaves it; of its rows only the chosen ones are taken."""

Rows = Callable[[Cells, Mask], Mask]
"""Chooses rows among those where the honest program changes something."""


TABLES = (
    "ssd_person", "ssd_family", "ssd_address", "ssd_contacts", "ssd_cin_episodes",
    "ssd_cin_assessments", "ssd_assessment_factors", "ssd_linked_identifiers", "ssd_professionals",
)  # fmt: skip
"""Scrambled where a leak concerns no table in particular: all kinds of columns are in them."""


@dataclass
class Plant:
    """Plants a leak. ``source`` is what the run reads; ``touched`` counts the cells spoiled.

    ``tables`` are those to scramble: a leak in one column needs no other table. ``traces`` are what
    it leaves in the output, below OUT: where the run takes these away, it has stopped the leak.
    """

    patch: pytest.MonkeyPatch
    source: Path
    touched: int = 0
    key: bytes = b""
    tables: tuple[str, ...] = TABLES
    traces: tuple[str, ...] = ()

    def column(
        self, treatment: str, change: Change, rows: Rows | None = None, only: tuple[str, ...] = ()
    ) -> None:
        """Spoil what ``treatment`` makes, of all its columns or ``only`` of some."""
        honest = TREATMENTS[treatment].scramble
        assert honest is not None
        spoiled_in = {table for table, name in treated(treatment) if name in only or not only}
        if len(spoiled_in) < len(TABLES):
            self.tables = ("ssd_person", *sorted(spoiled_in - {"ssd_person"}))

        def scramble(batch: Batch, column: str) -> pl.Series:
            after = honest(batch, column)
            if only and column not in only:
                return after
            cells = Cells(batch, column, batch.frame[column], after)
            changed = (
                cells.text.ne_missing(after.cast(pl.String)) & cells.text.is_not_null()
            ).to_numpy()
            # Of one row in all the first is taken, and no other.
            here = (rows or every)(cells, changed) if rows is not one or not self.touched else None
            if here is None or not here.any():
                return after
            spoiled = change(cells).cast(after.dtype).zip_with(pl.Series(here), after)
            self.touched += int(spoiled.ne_missing(after).sum())
            return spoiled.alias(after.name)

        self.patch.setitem(TREATMENTS, treatment, replace(TREATMENTS[treatment], scramble=scramble))

    def values(self, table: str, column: str) -> list[str]:
        """Values of the source, to be planted where they do not belong."""
        self.touched += 1
        frame = pl.read_parquet(self.source / f"{table}.parquet", columns=[column])
        return frame[column].cast(pl.String).drop_nulls().unique().sort().to_list()


@dataclass(frozen=True)
class Mutant:
    """A leak. ``leaks`` says what somebody could read of the output, ``rows`` in which share of it.

    ``dirty`` children are scrambled instead of clean ones, ``keep`` is what dates keep, ``road``
    whether tables are scrambled or the live staging table.
    """

    name: str
    leaks: str
    plant: Callable[[Plant], None]
    rows: str = "all"
    dirty: bool = False
    keep: Keep = "intervals"
    road: Literal["tables", "live"] = "tables"

    @contextmanager
    def planted(self, source: Path) -> Iterator[Plant]:
        """Have the leak in the program until the block ends."""
        with pytest.MonkeyPatch.context() as patch:
            plant = Plant(patch, source)
            self.plant(plant)
            yield plant


def every(cells: Cells, changed: Mask) -> Mask:
    """All rows."""
    return changed


def one(cells: Cells, changed: Mask) -> Mask:
    """The first row; of a table that is one row in all."""
    found: Mask = changed & (np.cumsum(changed) == 1)
    return found


def met(cells: Cells, changed: Mask) -> Mask:
    """The rows where chance drew what was there."""
    found: Mask = ~changed & cells.text.is_not_null().to_numpy()
    return found


def nth(n: int) -> Rows:
    """One row in ``n``, the first of each column among them."""

    def choose(cells: Cells, changed: Mask) -> Mask:
        found: Mask = changed & ((np.cumsum(changed) - 1) % n == 0)
        return found

    return choose


def seen(cells: Cells, changed: Mask) -> Mask:
    """The smallest share of a drawn column that shows surely, four errors above the limit."""
    share = smallest_share(int(cells.after.is_not_null().sum()), cells.options, 10.0)
    counted = np.cumsum(changed) * min(share, 1.0)
    found: Mask = changed & (np.floor(counted) > np.floor(counted - min(share, 1.0)))
    return found


def smallest_share(rows: int, options: int, errors: float = 6.0) -> float:
    """Return the share of redrawn rows that, copied instead, move the unchanged by ``errors``.

    Of ``rows`` drawn evenly from ``options`` a share of 1 / options stays by chance, with a
    standard error of sqrt(rows * (1 / options) * (1 - 1 / options)); copying a share s adds
    s * rows * (1 - 1 / options). The end of a battery says how many cells each mutant touched.

    ========  ========  =========  =========
    rows      2 codes   22 codes   250 codes
    ========  ========  =========  =========
    250           38 %      8.3 %      2.4 %
    1,000         19 %      4.1 %      1.2 %
    100,000      1.9 %     0.41 %     0.12 %
    ========  ========  =========  =========
    """
    return errors / float(np.sqrt(max(rows, 1) * max(options - 1, 1)))
