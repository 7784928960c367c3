"""Reads what a run wrote, for comparing: whole tables, their bytes, their manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from polars.testing import assert_frame_equal

Tables = dict[str, pl.DataFrame]


def tables_of(out: Path) -> Tables:
    """Every table of an output by name."""
    folders = sorted((out / "tables").iterdir())
    return {folder.name: pl.read_parquet(folder / "*.parquet") for folder in folders}


def manifest_of(out: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return document


def hashes_of(out: Path) -> dict[str, str]:
    """The SHA-256 of every file, by path, as the manifest has it."""
    tables = manifest_of(out)["tables"].values()
    return {part["path"]: part["sha256"] for table in tables for part in table["files"]}


def assert_same_tables(one: Tables, other: Tables) -> None:
    """Equal types, columns and rows in every table; the order of rows aside."""
    assert one.keys() == other.keys()
    for name, frame in one.items():
        assert_frame_equal(frame, other[name], check_row_order=False)


def everything_in(path: Path) -> bytes:
    """Every byte of a file, or of all files below a folder, and of what Parquet files unpack to.

    That is every row as text, every dictionary with the entries that no row uses, statistics and
    metadata.
    """
    found = []
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        found.append(str(file).encode())
        if file.is_file():
            found.append(file.read_bytes())
            # A file that a kill cut short has no footer: it is searched as it lies.
            if file.suffix == ".parquet" and len(found[-1]) > 8 and found[-1].endswith(b"PAR1"):
                found.append(unpacked(file))
    return b"\n".join(found)


def unpacked(file: Path) -> bytes:
    """All that a Parquet file holds once it is decompressed."""
    with pq.ParquetFile(file) as parquet:
        metadata, schema = parquet.metadata, parquet.schema_arrow
    found = [str(schema), str(metadata.metadata), str(schema.metadata)]
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            statistics = metadata.row_group(group).column(column).statistics
            if statistics is not None and statistics.has_min_max:
                found += [str(statistics.min), str(statistics.max)]
    table = pq.read_table(file, read_dictionary=schema.names, partitioning=None)
    for column in table.columns:
        for chunk in column.chunks:
            values = getattr(chunk, "dictionary", chunk)
            found += [str(value) for value in values.to_pylist()]
    return "\n".join(found).encode()
