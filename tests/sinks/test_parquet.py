"""An output is whole or not there: what stands where, and after what."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrambler.errors import OutputError
from scrambler.sinks import ParquetSink, TableWriter

OURS = {"versions": {"ssd-scrambler": "1"}}
"""What a manifest is known by."""

SCHEMA = pa.schema([("number", pa.int64()), ("text", pa.string())])


def frame(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"number": numbers, "text": [str(number) for number in numbers]})


def manifest(*writers: TableWriter) -> dict[str, object]:
    return {**OURS, "files": [asdict(part) for writer in writers for part in writer.parts]}


def make(out: Path, *batches: pl.DataFrame, replace: bool = False) -> None:
    with ParquetSink(out, replace=replace) as sink:
        with sink.table("one", SCHEMA) as writer:
            for batch in batches:
                writer.write(batch)
        sink.commit(manifest(writer))


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_committed_output_and_nothing_beside_it(tmp_path: Path) -> None:
    make(tmp_path / "a" / "out", frame(1, 2), frame(3))
    assert names(tmp_path) == [
        "a",
        "a/out",
        "a/out/manifest.json",
        "a/out/tables",
        "a/out/tables/one",
        "a/out/tables/one/part-00000.parquet",
    ]
    read = pl.read_parquet(tmp_path / "a/out/tables/one/part-00000.parquet")
    assert read.equals(frame(1, 2, 3))


def test_nothing_stands_at_the_place_before_the_commit(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with ParquetSink(out) as sink:
        with sink.table("one", SCHEMA) as writer:
            writer.write(frame(1))
        assert not out.exists()
        assert not (sink.aside / "manifest.json").exists()
        sink.commit(manifest(writer))
        assert out.exists()


def test_what_the_manifest_does_not_name_is_dropped(tmp_path: Path) -> None:
    with ParquetSink(tmp_path / "out") as sink:
        for name in ("lost", "one"):
            with sink.table(name, SCHEMA) as writer:
                writer.write(frame(1))
        sink.commit(manifest(writer))
    assert names(tmp_path / "out") == [
        "manifest.json",
        "tables",
        "tables/one",
        "tables/one/part-00000.parquet",
    ]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError, SystemExit])
def test_an_error_leaves_everything_as_it_was(error: type[BaseException], tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(error), ParquetSink(tmp_path / "out", replace=True) as sink:  # noqa: PT012
        with sink.table("one", SCHEMA) as writer:
            writer.write(frame(2))
        raise error
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    with pytest.raises(error), ParquetSink(tmp_path / "new") as sink, sink.table("one", SCHEMA):
        raise error
    assert names(tmp_path)[0] == "out"
    assert "new" not in " ".join(names(tmp_path))


def test_an_empty_table_is_one_empty_part(tmp_path: Path) -> None:
    make(tmp_path / "out")
    read = pq.read_table(tmp_path / "out/tables/one/part-00000.parquet", partitioning=None)
    assert read.num_rows == 0
    assert read.schema.equals(SCHEMA)


def test_what_exists_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    with pytest.raises(OutputError, match="--replace"):
        make(tmp_path / "out")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    for place in ("file", "folder"):
        with pytest.raises(OutputError, match="no output of this program"):
            make(tmp_path / place, replace=True)


def test_a_replacement_is_the_new_one_alone(tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    make(tmp_path / "out", frame(2), replace=True)
    assert pl.read_parquet(tmp_path / "out/tables/one/*.parquet")["number"].to_list() == [2]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("place", ["notes.txt", "tables/one/part-00001.parquet", "more/x.csv"])
def test_files_that_no_run_wrote_are_not_replaced(place: str, tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    mine = tmp_path / "out" / place
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("precious")
    with pytest.raises(OutputError, match="holds 1 files that no run wrote"):
        make(tmp_path / "out", frame(2), replace=True)
    assert mine.read_text() == "precious"


def test_files_that_come_while_a_run_is_under_way_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(out, frame(1))
    with ParquetSink(out, replace=True) as sink:
        (out / "notes.txt").write_text("precious")
        with pytest.raises(OutputError, match="no run wrote"):
            sink.commit(OURS)
    assert (out / "notes.txt").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_file_managers_leave_does_not_matter(tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    (tmp_path / "out" / "tables" / "Thumbs.db").write_text("")
    make(tmp_path / "out", frame(2), replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_tables_are_synced_and_then_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def seen(handle: int) -> None:
        # A handle knows no name, so it is looked up by its inode.
        number = os.fstat(handle).st_ino
        paths = [path for path in tmp_path.rglob("*") if path.is_file()]
        synced.extend(path.name for path in paths if path.stat().st_ino == number)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", seen)
    make(tmp_path / "out", frame(1))
    assert synced == ["part-00000.parquet", "manifest.json.new"]


def test_a_manifest_is_text_that_anything_reads(tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    text = (tmp_path / "out" / "manifest.json").read_bytes()
    assert json.loads(text)["files"][0]["path"] == "tables/one/part-00000.parquet"
    assert b"\r" not in text
    assert text.endswith(b"}\n")
