"""Writes what changed: the scrambled rows that are New, Updated or Deleted, table by table.

The changes of a run stand in ``changes/<run>/<table>/``. Runs are numbered from 000001, the first
delta after an output was made, so their names sort as they were made. An invented number in them is
emptied once a source turns out to hold it: it is somebody's now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scrambler.run.delta.compare import STATES, UNCHANGED, Marks, compare
from scrambler.sinks import ParquetSink, PartFile

ROW_STATE = "row_state"

_BATCH_ROWS = 100_000

Emptied = Callable[[str, pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Change:
    """What changed in one table: rows New, Updated and Deleted, and the files that hold them."""

    counts: dict[str, int]
    parts: list[PartFile]

    def summary(self) -> dict[str, object]:
        """Return the counts and files, JSON-ready."""
        return {**self.counts, "files": [asdict(part) for part in self.parts]}


class Changes:
    """The changes of one run: one table after the other, then an entry for the manifest."""

    def __init__(self, sink: ParquetSink, manifest: Mapping[str, Any], emptied: Emptied) -> None:
        """Take over the changes of earlier runs that the old output's ``manifest`` lists.

        ``emptied`` returns rows of a table without what is somebody's.
        """
        self._sink = sink
        self._emptied = emptied
        self._tables = manifest["tables"]
        self._changes: dict[str, Change] = {}
        self.run = f"{len(manifest['changes']) + 1:06d}"
        self._earlier = [
            {
                "run": entry["run"],
                "tables": {
                    table: self._taken_over(entry["run"], table, held)
                    for table, held in entry["tables"].items()
                },
            }
            for entry in manifest["changes"]
        ]

    def _taken_over(self, run: str, table: str, held: Mapping[str, Any]) -> Mapping[str, Any]:
        """Take over the changes of a table, as they are but for what has become somebody's."""
        paths = [self._sink.out / file["path"] for file in held["files"]]
        if not paths:
            return held
        if all(rows.equals(self._emptied(table, rows)) for rows in _rows(paths)):
            self._sink.carry(f"changes/{run}/{table}")
            return held
        schema = pq.read_schema(paths[0])
        with self._sink.table(table, schema, f"changes/{run}") as writer:
            for rows in _rows(paths):
                writer.write(self._emptied(table, rows))
        return {**held, "files": [asdict(part) for part in writer.parts]}

    def add(self, table: str, parts: Sequence[PartFile], state: Sequence[PartFile]) -> None:
        """Compare ``table`` of the old output with what was written aside; write what changed."""
        held, old, new = self._tables[table], self._sink.out, self._sink.aside
        marks = compare([old / p["path"] for p in held["state"]], [new / p.path for p in state])
        before, now = [old / p["path"] for p in held["files"]], [new / p.path for p in parts]
        self._changes[table] = Change(marks.counts, self._write(table, before, now, marks))

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Return the rows New, Updated and Deleted of each table."""
        return {table: change.counts for table, change in self._changes.items()}

    def entries(self) -> list[dict[str, object]]:
        """Return the manifest's entries of all deltas since the output was made, this one last."""
        tables = {table: change.summary() for table, change in self._changes.items()}
        return [*self._earlier, {"run": self.run, "tables": tables}]

    def _write(
        self, table: str, before: Sequence[Path], now: Sequence[Path], marks: Marks
    ) -> list[PartFile]:
        """Write the marked rows, states in the last column, the Deleted first.

        Whoever applies them in order takes old rows away before equal ones come. A table without
        changes gets no files.
        """
        if not any(marks.counts.values()):
            return []
        kept = [field for field in pq.read_schema(now[0]) if field.name != ROW_STATE]
        schema = pa.schema([*kept, pa.field(ROW_STATE, pa.string())])
        with self._sink.table(table, schema, f"changes/{self.run}") as writer:
            for files, of in ((before, marks.before), (now, marks.now)):
                for rows in _marked(files, of):
                    writer.write(self._emptied(table, rows))
        return writer.parts


def _rows(files: Sequence[Path]) -> Iterator[pl.DataFrame]:
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                yield pl.DataFrame(pl.from_arrow(batch))


def _marked(files: Sequence[Path], marks: NDArray[np.uint8]) -> Iterator[pl.DataFrame]:
    place = 0
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                own = pl.Series(ROW_STATE, marks[place : place + batch.num_rows])
                place += batch.num_rows
                if (own != UNCHANGED).any():
                    rows = pl.DataFrame(pl.from_arrow(batch)).drop(ROW_STATE, strict=False)
                    states = own.replace_strict(range(len(STATES)), STATES, return_dtype=pl.String)
                    yield rows.with_columns(states).filter(own != UNCHANGED)
