"""Reads a folder of Parquet: ``<table>.parquet``, or ``<table>/`` with part files, or both kinds.

The output of a run is such a folder too; it is read only when its manifest says that it is whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scrambler.errors import SourceError
from scrambler.errors.redact import shown
from scrambler.resources.limits import WORKERS
from scrambler.sources.conform import SINGLE, asked, conformed
from scrambler.sources.declared import decimal_kind
from scrambler.sources.source import Kind, SourceColumn

_MANIFEST = "manifest.json"


class ParquetSource:
    """The tables of one folder."""

    plain = False
    schema_found = ""
    side_by_side = WORKERS
    ids = None

    def __init__(self, folder: Path) -> None:
        """Read the footers of all files. SourceError for a folder without tables, or damaged.

        The output of a run is read whole, to hold its files against the hashes of its manifest.
        """
        self._files = _files(_root(folder))
        if (folder / _MANIFEST).is_file():
            _ensure_whole(folder, [path for files in self._files.values() for path in files])
        self._columns = {table: _columns(table, files) for table, files in self._files.items()}

    def tables(self) -> Mapping[str, Mapping[str, SourceColumn]]:
        """Return every table of the folder; see ``Source``."""
        return self._columns

    def count(self, table: str) -> int:
        """Return the rows of ``table``; see ``Source``."""
        total = 0
        for path in self._paths(table):
            with _opened(path) as file:
                total += file.metadata.num_rows
        return total

    def read(self, table: str, columns: Sequence[str], batch_rows: int) -> Iterator[pl.DataFrame]:
        """Yield the rows of ``table``, file by file; see ``Source``."""
        paths = self._paths(table)
        return _batches(
            table, paths, asked(table, self._columns[table.lower()], columns), batch_rows
        )

    def _paths(self, table: str) -> list[Path]:
        try:
            return self._files[table.lower()]
        except KeyError:
            raise SourceError(f"the Parquet folder has no table {table}") from None


def _batches(
    table: str, paths: list[Path], columns: list[SourceColumn], batch_rows: int
) -> Generator[pl.DataFrame, None, None]:
    for path in paths:
        with _opened(path) as file:
            spelled = {name.lower(): name for name in file.schema_arrow.names}
            names = [spelled[column.name.lower()] for column in columns]

            def framed(batch: pa.RecordBatch, names: list[str] = names) -> pl.DataFrame:
                sound = _sound(table, batch.select(names), columns)
                return conformed(table, cast(pl.DataFrame, pl.from_arrow(sound)), columns)

            try:
                # By map, so that nothing here holds a batch while another is read.
                yield from map(framed, file.iter_batches(batch_size=batch_rows, columns=names))
            except (pa.ArrowException, OSError):
                raise SourceError(
                    f"table {table}: file {path.name} is damaged; make it again"
                ) from None


def _sound(table: str, batch: pa.RecordBatch, columns: list[SourceColumn]) -> pa.RecordBatch:
    """Return ``batch`` with exact decimals as text, once all of its text is known to be text.

    Whoever wrote a file may have put any bytes into it, and a library that trusts them crashes.
    """
    for place, column in enumerate(columns):
        values = batch.column(place)
        if column.exact:
            text = pc.cast(values, pa.string())
            batch = batch.set_column(place, batch.schema.names[place], text)
        elif _kind(_plain(values.type)) == "text":
            try:
                values.validate(full=True)
            except pa.ArrowException:
                raise SourceError(
                    f"table {table}: text in column {shown(column.name)} holds bytes that are not "
                    "valid UTF-8; make the file again"
                ) from None
    return batch


def _ensure_whole(folder: Path, files: Sequence[Path]) -> None:
    """Refuse the output of a run whose files are not those that its manifest names."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        named = {
            folder.joinpath(file["path"]): file["sha256"]
            for table in manifest["tables"].values()
            for file in table["files"]
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SourceError("that folder has a manifest.json that cannot be read") from None
    wrong = set(files) ^ named.keys() | {path for path in files if named.get(path) != _hash(path)}
    if wrong:
        raise SourceError(
            f"{len(wrong)} files of that folder are not those that its manifest.json names: they "
            "were changed, added or lost since the run. Scramble again, or copy the output anew"
        )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _root(folder: Path) -> Path:
    tables = folder / "tables"
    if not tables.is_dir() or any(folder.glob("*.parquet")):
        return folder
    if not (folder / _MANIFEST).is_file():
        raise SourceError("that folder has no manifest.json: the run that made it did not finish")
    return tables


def _files(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        parts = [path] if path.suffix.lower() == ".parquet" else sorted(path.glob("*.parquet"))
        if not parts or path.name.startswith((".", "_")):
            continue
        table = path.name.removesuffix(path.suffix).lower() if path.is_file() else path.name.lower()
        if table in found:
            raise SourceError(f"the Parquet folder holds table {shown(table)} twice")
        found[table] = parts
    if not found:
        raise SourceError(
            "that folder holds no tables; it should hold <table>.parquet files, or a folder of "
            ".parquet files for each table"
        )
    return found


def _columns(table: str, files: list[Path]) -> dict[str, SourceColumn]:
    schemas = []
    for path in files:
        with _opened(path) as file:
            schemas.append({field.name.lower(): field for field in file.schema_arrow})
            if len(schemas[-1]) < len(file.schema_arrow.names):
                raise SourceError(
                    f"table {shown(table)}: column names differ only in upper and lower case"
                )
    if any(schema.keys() != schemas[0].keys() for schema in schemas):
        raise SourceError(f"table {shown(table)}: its Parquet files have different columns")
    return {name: _column(field) for name, field in schemas[0].items()}


def _opened(path: Path) -> pq.ParquetFile:
    try:
        # Without pre_buffer a row group is read as it is decoded, not held whole.
        return pq.ParquetFile(path, pre_buffer=False, page_checksum_verification=True)
    except (pa.ArrowException, OSError):
        raise SourceError(
            f"{path.name} cannot be read as a Parquet file: it is damaged, or still being written; "
            "make it again"
        ) from None


def _column(field: pa.Field) -> SourceColumn:
    dtype = _plain(field.type)
    if pa.types.is_decimal(dtype):
        kind, exact = decimal_kind(dtype.precision, dtype.scale)
        return SourceColumn(field.name, kind, None, exact=exact)
    single = pa.types.is_floating(dtype) and dtype.bit_width <= SINGLE
    width = dtype.bit_width if pa.types.is_integer(dtype) or single else None
    return SourceColumn(field.name, _kind(dtype), width)


def _plain(dtype: pa.DataType) -> pa.DataType:
    return dtype.value_type if pa.types.is_dictionary(dtype) else dtype


def _kind(dtype: pa.DataType) -> Kind:
    types = pa.types
    if types.is_string(dtype) or types.is_large_string(dtype) or types.is_string_view(dtype):
        return "text"
    checks: tuple[tuple[Kind, bool], ...] = (
        ("integer", types.is_integer(dtype)),
        ("float", types.is_floating(dtype)),
        ("boolean", types.is_boolean(dtype)),
        ("datetime", types.is_timestamp(dtype)),
        ("date", types.is_date(dtype)),
        ("text", types.is_null(dtype)),
        # Lists and structs have no text form here, so they are refused like bytes.
        ("binary", types.is_binary(dtype) or types.is_large_binary(dtype)),
        ("binary", types.is_fixed_size_binary(dtype) or types.is_binary_view(dtype)),
        ("binary", types.is_nested(dtype)),
    )
    return next((kind for kind, holds in checks if holds), "other")
