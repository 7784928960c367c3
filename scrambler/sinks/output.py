"""Reads outputs back, wherever they are: their manifest, and their tables as they were written.

Readers trust the manifest only: what has none is no output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import polars as pl
import pyarrow.parquet as pq
from polars.io.plugins import register_io_source

from scrambler.errors import OutputError
from scrambler.files.digest import sha256_of
from scrambler.resources.limits import BATCH_ROWS
from scrambler.sinks.database import MANIFEST_TABLE, Connection
from scrambler.sinks.destination import Destination, destination_of
from scrambler.sinks.manifest import checked, fingerprint_of, read_manifest
from scrambler.sinks.ownership import MANIFEST, unknown_files
from scrambler.sources import Source, SourceColumn, open_source
from scrambler.sources.location import server_of
from scrambler.ssd.sql_types import sql_type


class Output(Protocol):
    """A committed output. As text it is its place, without a password."""

    @property
    def path(self) -> Path | None:
        """The folder or file that it is; None in a server."""
        ...

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest, whose parts are as readers expect them."""
        ...

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the manifest, by which evidence names the output."""
        ...

    def table(self, name: str) -> pl.LazyFrame:
        """Return a table of the manifest; OutputError for one that is not as it was written.

        Columns are those that it holds, with the types that were written. Looks at hashes of files
        or, in a database, which has none, at nothing: its own rights keep it.
        """
        ...

    def columns(self, name: str) -> list[set[str]]:
        """Return the columns that a table holds; where it is in files, those of each."""
        ...

    def batches(self, name: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows of a table as they lie there, without a look at hashes."""
        ...

    def changes(self) -> Iterator[tuple[str, Iterator[pl.DataFrame]]]:
        """Yield the rows that each delta changed, all columns, by table."""
        ...

    def count(self, name: str) -> int | None:
        """Return the rows of a table that is there; None where it is not."""
        ...

    def unknown(self) -> int:
        """Count the files, tables and views in it that no run wrote."""
        ...


@dataclass(frozen=True)
class FolderOutput:
    """A folder of Parquet files; see ``Output``."""

    path: Path
    manifest: Mapping[str, Any]

    def __str__(self) -> str:
        """Return the folder."""
        return str(self.path)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the file as it lies there; see ``Output``."""
        return sha256_of(self.path / MANIFEST)

    def table(self, name: str) -> pl.LazyFrame:
        """Return the files of a table; see ``Output``."""
        return pl.scan_parquet([self._unchanged(file) for file in self._files(name)])

    def columns(self, name: str) -> list[set[str]]:
        """Return the columns of each file; see ``Output``."""
        return [{*pq.read_schema(self.path / file["path"]).names} for file in self._files(name)]

    def batches(self, name: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows of the files in order; see ``Output``."""
        return self._read(self._files(name), columns)

    def changes(self) -> Iterator[tuple[str, Iterator[pl.DataFrame]]]:
        """Yield what the files of changes hold; see ``Output``."""
        for run in self.manifest.get("changes", []):
            for name, table in run["tables"].items():
                yield name, self._read(table["files"], None)

    def _read(
        self, files: Sequence[Mapping[str, Any]], columns: Sequence[str] | None
    ) -> Iterator[pl.DataFrame]:
        for file in files:
            with pq.ParquetFile(self.path / file["path"], pre_buffer=False) as opened:
                for batch in opened.iter_batches(batch_size=BATCH_ROWS, columns=columns):
                    yield cast(pl.DataFrame, pl.from_arrow(batch))

    def count(self, name: str) -> int | None:
        """Return the rows of the files of a table; see ``Output``."""
        return int(self.table(name).select(pl.len()).collect().item())

    def unknown(self) -> int:
        """Count what no run wrote; see ``Output``."""
        return len(unknown_files(self.path))

    def _files(self, name: str) -> list[dict[str, Any]]:
        files: list[dict[str, Any]] = self.manifest["tables"][name]["files"]
        return files

    def _unchanged(self, file: Mapping[str, Any]) -> Path:
        path: Path = self.path / file["path"]
        try:
            digest = sha256_of(path)
        except OSError:
            digest = ""
        if digest != file["sha256"]:
            raise OutputError(
                f"{path} is missing or was changed since the run that wrote it, so its output is "
                "not whole. Scramble again."
            )
        return path


@dataclass(frozen=True)
class DatabaseOutput:
    """A SQLite file or a schema of PostgreSQL; see ``Output``."""

    place: Destination
    manifest: Mapping[str, Any]
    relations: frozenset[str]
    _source: Source

    def __str__(self) -> str:
        """Return the place."""
        return str(self.place)

    @property
    def path(self) -> Path | None:
        """The file; None in a server."""
        return self.place.path

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the manifest in its table; see ``Output``."""
        return fingerprint_of(self.manifest)

    def table(self, name: str) -> pl.LazyFrame:
        """Return a table, read when it is collected, only the columns that are wanted."""
        types = self._types(name)

        def read(
            columns: list[str] | None, where: pl.Expr | None, most: int | None, rows: int | None
        ) -> Iterator[pl.DataFrame]:
            left = most
            for found in self._read(name, columns or [*types], rows or BATCH_ROWS):
                found = found.head(left) if left is not None else found
                yield found.filter(where) if where is not None else found
                left = left - found.height if left is not None else None
                if left == 0:
                    return

        return register_io_source(read, schema=types)

    def columns(self, name: str) -> list[set[str]]:
        """Return the columns of the table; see ``Output``."""
        return [{column.name for column in self._declared(name).values()}]

    def batches(self, name: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows of the table; see ``Output``."""
        return self._read(name, columns, BATCH_ROWS)

    def changes(self) -> Iterator[tuple[str, Iterator[pl.DataFrame]]]:
        """Yield nothing: deltas are of folders; see ``Output``."""
        return iter(())

    def _declared(self, name: str) -> Mapping[str, SourceColumn]:
        return self._source.tables().get(name.lower(), {})

    def _types(self, name: str) -> dict[str, pl.DataType]:
        declared = self._declared(name)
        return {
            column: _type(sql_type(described["type"]).dtype, declared[column.lower()].type)
            for column, described in self.manifest["tables"][name]["columns"].items()
            if column.lower() in declared
        }

    def _read(self, name: str, columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
        types = self._types(name)
        # No run writes bytes, and no source reads them.
        readable = [column for column, dtype in types.items() if dtype != pl.Binary]
        asked = [column for column in columns if column in readable] or readable[:1]
        yield pl.DataFrame(schema={column: types[column] for column in columns})
        for frame in self._source.read(name, asked, rows):
            try:
                found = frame.select(
                    _typed(frame[column.lower()], types[column]).alias(column)
                    if column in asked
                    else pl.lit(None, types[column]).alias(column)
                    for column in columns
                )
            except pl.exceptions.PolarsError:
                raise OutputError(
                    f"table {name} of {self} holds values that no run wrote there: it was changed"
                ) from None
            yield found

    def count(self, name: str) -> int | None:
        """Return the rows of a table; see ``Output``."""
        return self._source.count(name) if name in self._source.tables() else None

    def unknown(self) -> int:
        """Count what no run wrote; see ``Output``."""
        return len(self.relations - {MANIFEST_TABLE, *self.manifest["tables"]})


def open_output(location: str | Path, schema: str | None = None) -> Output:
    """Open the output at a folder, ``sqlite:///FILE`` or ``postgresql://...``.

    ``schema`` is the output's in PostgreSQL, ``scrambled`` without it. OutputError where there is
    no manifest, and for a damaged one.
    """
    place = destination_of(location, schema)
    if place.is_folder:
        assert place.path is not None  # noqa: S101 - a folder has one
        return FolderOutput(place.path, read_manifest(place.path))
    if place.path is not None and not place.path.is_file():
        raise OutputError(f"There is no output {place}.")
    server = server_of(place.location) or ""
    within = place.schema or ""
    connection = Connection(server, str(place.path or place.location))
    try:
        manifest, relations = connection.read_manifest(within), connection.relations(within)
    finally:
        connection.close()
    if manifest is None:
        raise OutputError(f"{place} holds no manifest, so it is no whole output of this program.")
    manifest = checked(manifest, str(place))
    source = open_source(place.location, place.schema, wanted=next(iter(manifest["tables"])))
    return DatabaseOutput(place, manifest, frozenset(relations), source)


def _type(wanted: pl.DataType, held: str) -> pl.DataType:
    """Return the type of a column: the spec's, but for ids that the source held as integers."""
    return pl.Int64() if held == "integer" and wanted == pl.String else wanted


def _typed(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return values as they were written: SQLite holds text only, servers pad what is ``char``."""
    if dtype == pl.String:
        return values.cast(pl.String).str.strip_chars_end(" ")
    if values.dtype != pl.String:
        return values.cast(dtype)
    if dtype == pl.Boolean:
        return values.cast(pl.Int8).cast(pl.Boolean)
    if dtype == pl.Date:
        return values.str.to_date("%Y-%m-%d")
    if dtype.is_temporal():
        return values.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us").cast(dtype)
    return values.cast(dtype)
