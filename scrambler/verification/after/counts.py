"""What both sides must have as much of: rows, empty cells, different identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from scrambler.policy import traits_of
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.key_sets import HashSet, hashes


@dataclass
class TableCounts:
    """The rows of one table, and by column the empty cells and the different identifiers."""

    rows: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    different: dict[str, int] = field(default_factory=dict)


class Counts:
    """Counts one side, whose tables come one after the other in batches."""

    def __init__(self, tables: Mapping[str, Any], seed: int) -> None:
        """Have counted nothing; ``tables`` are the manifest's, ``seed`` is that of the hashes."""
        self._seed = seed
        self._described = {name: table["columns"] for name, table in tables.items()}
        self._identifiers: dict[str, HashSet] = {}
        self.tables = {name: TableCounts() for name in tables}

    def add(self, table: str, batch: pl.DataFrame) -> None:
        """Count a batch of ``table``."""
        counts = self.tables[table]
        counts.rows += batch.height
        for name, described in self._described[table].items():
            traits = traits_of(described["treatment"])
            if traits.is_emptied or traits.is_kept:
                continue
            counts.nulls[name] = counts.nulls.get(name, 0) + batch[name].null_count()
            # What else a mixed one holds is redrawn, or may share what is invented.
            if traits.is_key and not described.get("mixed"):
                text = batch[name].cast(pl.String).str.strip_chars()
                self._identifiers.setdefault(name, HashSet()).add(hashes(text, self._seed))

    def close(self, table: str) -> None:
        """End ``table``: only figures are kept."""
        different = {name: len(found) for name, found in self._identifiers.items()}
        self.tables[table].different = different
        self._identifiers = {}


def compare_counts(source: Counts, output: Counts) -> Iterator[CheckResult]:
    """Yield the three checks."""
    pairs = [(source.tables[name], output.tables[name]) for name in output.tables]
    rows = [before.rows != after.rows for before, after in pairs]
    nulls = [
        before.nulls.get(name, 0) != count for before, after in pairs
        for name, count in after.nulls.items()
    ]  # fmt: skip
    different = [
        before.different.get(name, 0) != count for before, after in pairs
        for name, count in after.different.items()
    ]  # fmt: skip
    for what, wrong in (
        ("tables with as many rows", rows),
        ("columns with as many nulls", nulls),
        ("identifier columns with as many different identifiers", different),
    ):
        yield CheckResult(what, len(wrong), sum(wrong))
