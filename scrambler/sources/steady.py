"""Notices a source that changes between two passes over it.

Each table is read more than once in a run. What is read whole is counted and summed up by keyed
hashes of its rows, whatever their order and batches; the next pass must find the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from scrambler.errors import SourceError
from scrambler.keys.epoch import Ids
from scrambler.sources.source import Source, SourceColumn

_WRAP = (1 << 64) - 1


class SteadySource:
    """A source whose tables must stay as they are found; see ``Source``."""

    def __init__(self, source: Source) -> None:
        """Watch ``source``; the key of the hashes is born here and never leaves."""
        self._source = source
        self._seed = secrets.randbits(64)
        self._last = False
        self._counts: dict[str, int] = {}
        self._sums: dict[str, dict[tuple[str, ...], tuple[int, int]]] = {}
        self.plain, self.schema_found = source.plain, source.schema_found
        self.side_by_side = source.side_by_side

    @property
    def ids(self) -> Ids | None:
        """Return how texts compare; see ``Source``."""
        return self._source.ids

    def read_for_the_last_time(self) -> None:
        """Sum up nothing from now on but what an earlier pass did."""
        self._last = True

    def tables(self) -> Mapping[str, Mapping[str, SourceColumn]]:
        """Return the tables; see ``Source``."""
        return self._source.tables()

    def count(self, table: str) -> int:
        """Return the rows, counted once; see ``Source``."""
        if table not in self._counts:
            self._counts[table] = self._source.count(table)
        return self._counts[table]

    def read(self, table: str, columns: Sequence[str], batch_rows: int) -> Iterator[pl.DataFrame]:
        """Yield the rows; see ``Source``. SourceError when an earlier pass found others."""
        return self._watched(table.lower(), columns, self._source.read(table, columns, batch_rows))

    def _watched(
        self, table: str, columns: Sequence[str], frames: Iterator[pl.DataFrame]
    ) -> Iterator[pl.DataFrame]:
        names = tuple(sorted(name.lower() for name in columns))
        known = self._sums.setdefault(table, {})
        compared = [seen for seen in known if set(seen) <= set(names)]
        sums = dict.fromkeys(compared, (0, 0))
        if not self._last:
            sums[names] = (0, 0)
        read = 0
        for frame in frames:
            read += frame.height
            for seen, (rows, total) in sums.items():
                sums[seen] = (rows + frame.height, (total + self._sum(frame, seen)) & _WRAP)
            yield frame
        # Only here is it certain that all of them were read.
        if any(sums[seen] != known[seen] for seen in compared) or any(
            rows != read for rows, _ in known.values()
        ):
            raise SourceError(
                f"table {table} changed while it was read. Nothing was written. Run it again when "
                "nothing writes to the source, or from a copy of it"
            )
        known |= sums

    def _sum(self, frame: pl.DataFrame, names: Sequence[str]) -> int:
        if not names:
            return 0
        return int(frame.select(names).hash_rows(seed=self._seed).sum() or 0)
