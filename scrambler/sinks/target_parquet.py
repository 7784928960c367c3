"""Writes a folder of Parquet, one ``<table>.parquet`` a table."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from scrambler.errors import OutputError
from scrambler.sinks.target import shaped
from scrambler.ssd import TableSpec


class ParquetTarget:
    """Tables as files; see ``Target``. Files get their names when the target is left cleanly."""

    def __init__(self, folder: Path) -> None:
        """Make ``folder`` where it is missing. OutputError when that fails."""
        self._folder = folder
        self._new = not folder.exists()
        self._writers: dict[str, pq.ParquetWriter] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise OutputError(f"the folder cannot be made: {failure.strerror}") from None

    def __enter__(self) -> Self:
        """Return the target itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish and name the files, or remove them when there was an error."""
        done = False
        try:
            with ExitStack() as closing:
                for writer in self._writers.values():
                    closing.callback(writer.close)
            if error is None:
                for name in self._writers:
                    self._aside(name).rename(self._file(name))
                done = True
        except (pa.ArrowException, OSError):
            raise OutputError(
                "the Parquet files cannot be finished: is the disk full? Nothing was kept; free "
                "space and run again"
            ) from None
        finally:
            for name in self._writers:
                self._aside(name).unlink(missing_ok=True)
            if not done and self._new and not any(self._folder.iterdir()):
                self._folder.rmdir()

    def create(self, table: TableSpec) -> None:
        """Start the file of ``table``; see ``Target``."""
        if table.name in self._writers or self._file(table.name).exists():
            raise OutputError(
                f"the target has a file {table.name}.parquet already, and nothing is ever "
                "overwritten; choose an empty folder"
            )
        empty = pl.DataFrame(schema={name: spec.dtype for name, spec in table.columns.items()})
        try:
            self._writers[table.name] = pq.ParquetWriter(
                self._aside(table.name), empty.to_arrow().schema
            )
        except (pa.ArrowException, OSError):
            self._aside(table.name).unlink(missing_ok=True)
            raise OutputError(
                f"the file {table.name}.parquet cannot be made: is the disk full, may you write?"
            ) from None

    def append(self, table: TableSpec, frame: pl.DataFrame) -> None:
        """Add rows to the file of ``table``; see ``Target``."""
        rows = shaped(table, frame)
        try:
            self._writers[table.name].write_table(rows.to_arrow())
        except (pa.ArrowException, OSError):
            raise OutputError(
                f"the file {table.name}.parquet cannot be written: is the disk full?"
            ) from None

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"

    def _aside(self, name: str) -> Path:
        return self._folder / f".{name}.parquet.part"
