"""Writes the rows of one table as Parquet files whose bytes do not depend on batches.

Row groups and files are cut at fixed row counts, wherever batches end. With ``GROUP_ROWS`` 4 and
``FILE_ROWS`` 8, batches of 3, 3, 3 and 2 rows make::

    part-00000.parquet   rows 0-3, rows 4-7
    part-00001.parquet   rows 8-10
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from scrambler.files.commit import sync_file
from scrambler.files.digest import sha256_of
from scrambler.sinks.sink import PartFile, typed

GROUP_ROWS = 65_536
"""Rows of a row group; of each table, only so many wait in memory beside a batch."""

FILE_ROWS = 16 * GROUP_ROWS
"""Rows of a file; a whole number of row groups."""


class TableWriter:
    """Writes the batches of one table, in the order they come.

    Equal rows in equal order make equal bytes, for one set of library versions.
    """

    def __init__(
        self,
        root: Path,
        folder: Path,
        schema: pa.Schema,
        *,
        no_dictionary: Collection[str] = (),
        one_file: bool = False,
    ) -> None:
        """Open nothing yet: the first file is made with its first row group, or at the end.

        ``one_file`` makes ``<folder>.parquet`` in the place of files in ``folder``. Columns of
        ``no_dictionary`` hold values that hardly repeat, such as pseudonyms: a dictionary page
        would be made for nothing.
        """
        self._root = root
        self._folder = folder
        self._schema = schema
        self._one_file = one_file
        self._dictionary = [name for name in schema.names if name not in no_dictionary]
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self.parts: list[PartFile] = []

    def write(self, frame: pl.DataFrame) -> None:
        """Append a batch; its columns must be those of the schema, in order."""
        self._waiting.append(typed(self._folder.name, frame, self._schema))
        if sum(map(len, self._waiting)) < GROUP_ROWS:
            return
        rows = pa.concat_tables(self._waiting)
        whole = len(rows) - len(rows) % GROUP_ROWS
        for start in range(0, whole, GROUP_ROWS):
            self._write_group(rows.slice(start, GROUP_ROWS))
        self._waiting = [rows.slice(whole)]

    def finish(self) -> None:
        """Write what waits, close the last file and sync it; an empty table gets an empty file."""
        rows = pa.concat_tables([self._schema.empty_table(), *self._waiting])
        self._waiting = []
        if len(rows) or not (self._writer or self.parts):
            self._write_group(rows)
        self._finish_file()

    def close(self) -> None:
        """Close the open file, if any, without counting it."""
        writer, self._writer = self._writer, None
        if writer:
            writer.close()

    def _write_group(self, rows: pa.Table) -> None:
        if self._writer is None:
            self._open()
        assert self._writer is not None  # noqa: S101 - _open has just set it
        # One chunk a column: pages are begun anew with each.
        self._writer.write_table(rows.combine_chunks(), row_group_size=GROUP_ROWS)
        self._rows += len(rows)
        if self._rows == FILE_ROWS and not self._one_file:
            self._finish_file()

    def _finish_file(self) -> None:
        if self._writer is None:
            return
        self.close()
        path = self._next()
        sync_file(self._root / path)
        digest = sha256_of(self._root / path)
        self.parts.append(PartFile(path.as_posix(), self._rows, digest))
        self._rows = 0

    def _open(self) -> None:
        # One after the other: tables are written side by side, and each may be the first.
        place = self._root
        for name in self._next().parent.parts:
            place /= name
            place.mkdir(exist_ok=True)
        self._writer = pq.ParquetWriter(
            self._root / self._next(),
            self._schema,
            compression="zstd",
            store_schema=False,
            use_dictionary=self._dictionary or False,
        )

    def _next(self) -> Path:
        if self._one_file:
            return self._folder.with_name(f"{self._folder.name}.parquet")
        return self._folder / f"part-{len(self.parts):05d}.parquet"
