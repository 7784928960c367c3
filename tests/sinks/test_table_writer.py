"""Files of a table: cut at fixed row counts, equal to the byte however their rows were batched."""

from __future__ import annotations

import datetime as dt
import hashlib
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrambler.sinks import PartFile, TableWriter, table_writer

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("code", pa.string()),
        ("at", pa.timestamp("us")),
        ("number", pa.int64()),
        ("print", pa.binary(16)),
    ]
)


def frame(rows: int) -> pl.DataFrame:
    """Rows with nulls, codes that repeat and ids that do not."""
    numbers = [*range(rows)]
    return pl.DataFrame(
        {
            "id": [hashlib.sha256(str(n).encode()).hexdigest() for n in numbers],
            "code": [None if n % 5 == 3 else f"code {n % 7}" for n in numbers],
            "at": [None if n % 11 == 0 else dt.datetime(2020, 1, 1, n % 24) for n in numbers],
            "number": [None if n % 3 == 0 else n for n in numbers],
            "print": [hashlib.md5(str(n).encode()).digest() for n in numbers],
        },
        schema={
            "id": pl.String(),
            "code": pl.String(),
            "at": pl.Datetime("us"),
            "number": pl.Int64(),
            "print": pl.Binary(),
        },
    )


def written(root: Path, *batches: pl.DataFrame) -> list[PartFile]:
    writer = TableWriter(root, Path("tables/one"), SCHEMA, no_dictionary={"id", "print"})
    for batch in batches:
        writer.write(batch)
    writer.finish()
    writer.close()
    return writer.parts


def cut(rows: pl.DataFrame, places: list[int]) -> list[pl.DataFrame]:
    ends = sorted({0, rows.height, *(place % (rows.height + 1) for place in places)})
    return [rows.slice(a, b - a) for a, b in pairwise(ends)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_writer, "GROUP_ROWS", 4)
    monkeypatch.setattr(table_writer, "FILE_ROWS", 8)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("rows", "files", "groups"),
    [
        (0, [0], [[0]]),
        (3, [3], [[3]]),
        (8, [8], [[4, 4]]),
        (11, [8, 3], [[4, 4], [3]]),
        (21, [8, 8, 5], [[4, 4], [4, 4], [4, 1]]),
    ],
)
def test_files_and_row_groups_are_cut_at_fixed_counts(
    rows: int, files: list[int], groups: list[list[int]], tmp_path: Path
) -> None:
    parts = written(tmp_path, *frame(rows).iter_slices(3))
    assert [part.rows for part in parts] == files
    assert [part.path for part in parts] == [
        f"tables/one/part-{n:05d}.parquet" for n in range(len(files))
    ]
    for part, expected in zip(parts, groups, strict=True):
        content = (tmp_path / part.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == part.sha256
        metadata = pq.read_metadata(tmp_path / part.path)
        held = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
        assert held == expected
    assert pl.read_parquet(tmp_path / "tables/one/*.parquet").equals(
        pl.DataFrame(frame(rows).to_arrow().cast(SCHEMA))
    )


@settings(max_examples=25)
@given(places=st.lists(st.integers(min_value=0), max_size=12), rows=st.integers(0, 30))
def test_bytes_do_not_depend_on_batches(places: list[int], rows: int) -> None:
    whole = frame(rows)
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(table_writer, "GROUP_ROWS", 4)
        patch.setattr(table_writer, "FILE_ROWS", 8)
        one, many = Path(folder, "one"), Path(folder, "many")
        one.mkdir()
        many.mkdir()
        assert written(many, *cut(whole, places)) == written(one, whole)


def test_bytes_do_not_depend_on_batches_or_chunks_at_full_size(tmp_path: Path) -> None:
    whole = frame(table_writer.GROUP_ROWS + 30_000)
    expected = written(tmp_path, whole)
    for size in (700, 50_000):
        batches = [*whole.iter_slices(size)]
        assert written(tmp_path, *batches) == expected
        # Frames of several chunks, which cross the ends of row groups.
        chunked = [pl.concat(batches[:-1], rechunk=False), batches[-1]]
        assert written(tmp_path, *chunked) == expected


def test_columns_that_hardly_repeat_get_no_dictionary(tmp_path: Path) -> None:
    (part,) = written(tmp_path, frame(100))
    group = pq.read_metadata(tmp_path / part.path).row_group(0)
    by_name = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    assert {name for name, column in by_name.items() if column.has_dictionary_page} == {
        "code",
        "at",
        "number",
    }
    assert {column.compression for column in by_name.values()} == {"ZSTD"}
    assert b"ARROW:schema" not in (tmp_path / part.path).read_bytes()
