"""Holds the treated pieces of live payloads to what their keys give, as a run does with tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from scrambler.batch import Batch, RunContext
from scrambler.run.check_input import check_of, row_keys
from scrambler.verification import TableComparison, Verdict, compare

Place = tuple[str, str]
"""A node of the payload, and the table that some of its leaves come from."""


class _NoPairs:
    """Forgets pairs of identifiers: the two sides of an id stand in one payload here."""

    def add(self, *pair: object, **more: object) -> None:
        """Note nothing."""

    def add_spellings(self, *spellings: object) -> None:
        """Note nothing."""


@dataclass
class PiecesCheck:
    """What comparing the pieces of all slices finds, by their place."""

    found: dict[Place, TableComparison] = field(default_factory=dict)

    def watch(
        self,
        context: RunContext,
        batches: Mapping[Place, Batch],
        treated: Mapping[Place, pl.DataFrame],
    ) -> None:
        """Compare the pieces of one slice with what became of them."""
        for place, batch in batches.items():
            table = place[1]
            check = check_of(context, {table: batch.assignments})
            one = compare(check, table, batch.frame, treated[place], row_keys(batch), _NoPairs())
            held = self.found.get(place)
            self.found[place] = one if held is None else held + one

    def faults(self) -> Iterator[str]:
        """Yield a line for each column that failed, as a run words it."""
        for (path, _), found in self.found.items():
            for fault in Verdict([found]).faults():
                yield f"{path}, {fault}"
