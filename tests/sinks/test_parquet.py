"""An output is whole or not there: what stands where, and after what."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrambler.errors import CommittedError, OutputError
from scrambler.sinks import MARKER, ParquetSink
from scrambler.sinks.parquet import disk_errors

OURS = {"versions": {"ssd-scrambler": "1"}}
"""What a manifest is known by."""

SCHEMA = pa.schema([("number", pa.int64()), ("text", pa.string())])


def frame(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"number": numbers, "text": [str(number) for number in numbers]})


def make(out: Path, *batches: pl.DataFrame, replace: bool = False) -> None:
    with ParquetSink(out, replace=replace) as sink:
        with sink.table("one", SCHEMA) as writer:
            for batch in batches:
                writer.write(batch)
        sink.commit({**OURS, "files": [{"path": part.path} for part in writer.parts]})


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
        sink.commit(OURS)
        assert out.exists()


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
        ParquetSink(tmp_path / "out")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    for place in ("file", "folder"):
        with pytest.raises(OutputError, match="no output of this program"):
            ParquetSink(tmp_path / place, replace=True)


def test_a_replacement_is_the_new_one_alone(tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    make(tmp_path / "out", frame(2), replace=True)
    assert pl.read_parquet(tmp_path / "out/tables/one/*.parquet")["number"].to_list() == [2]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_dead_run_left_is_cleared_away(tmp_path: Path) -> None:
    aside = tmp_path / "out.incomplete" / "tables" / "other"
    aside.mkdir(parents=True)
    (aside / "part-00000.parquet").write_text("half")
    (tmp_path / "out.incomplete" / MARKER).touch()
    (tmp_path / "out.lock").touch()
    make(tmp_path / "out", frame(1))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in (tmp_path / "out" / "tables").iterdir()] == ["one"]


def test_a_replacement_that_died_between_its_renames_is_undone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(out, frame(1))
    out.rename(tmp_path / "out.old")
    # The old output is back, and refused like any other.
    with pytest.raises(OutputError, match="--replace"):
        make(out, frame(2))
    assert pl.read_parquet(out / "tables/one/*.parquet")["number"].to_list() == [1]
    out.rename(tmp_path / "out.old")
    make(out, frame(2), replace=True)
    assert pl.read_parquet(out / "tables/one/*.parquet")["number"].to_list() == [2]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_rename_that_fails_puts_the_old_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    make(out, frame(1))
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "out.incomplete":
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="Permission denied"):
        make(out, frame(2), replace=True)
    assert pl.read_parquet(out / "tables/one/*.parquet")["number"].to_list() == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("place", ["out.incomplete", "out.old"])
def test_a_folder_of_somebody_s_own_is_never_removed(place: str, tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    (tmp_path / place).mkdir()
    (tmp_path / place / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match=f"{place} is in the way"):
        make(tmp_path / "out", frame(2), replace=True)
    assert (tmp_path / place / "thesis.txt").read_text() == "years of work"
    assert pl.read_parquet(tmp_path / "out/tables/one/*.parquet")["number"].to_list() == [1]


def test_an_old_folder_of_somebody_s_own_is_no_output_to_restore(tmp_path: Path) -> None:
    (tmp_path / "out.old").mkdir()
    (tmp_path / "out.old" / "thesis.txt").write_text("years of work")
    make(tmp_path / "out", frame(1))
    assert (tmp_path / "out.old" / "thesis.txt").read_text() == "years of work"


def test_a_lock_of_somebody_s_own_is_neither_emptied_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "out.lock").write_text("mine")
    with pytest.raises(OutputError, match="in the way"):
        make(tmp_path / "out", frame(1))
    assert (tmp_path / "out.lock").read_text() == "mine"


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


@pytest.mark.parametrize("renames", [1, 2])
def test_an_interrupt_among_the_renames_is_told_as_it_is(
    renames: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    make(out, frame(1))
    rename, done = Path.rename, []

    def interrupted(self: Path, target: Path) -> Path:
        result = rename(self, target)
        done.append(self.name)
        if len(done) == renames:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(Path, "rename", interrupted)
    told = KeyboardInterrupt if renames == 1 else CommittedError
    with pytest.raises(told):
        make(out, frame(2), replace=True)
    read = pl.read_parquet(out / "tables/one/*.parquet")["number"].to_list()
    assert read == [renames]
    monkeypatch.undo()
    make(out, frame(3), replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    with ParquetSink(tmp_path / "out") as sink:
        with pytest.raises(OutputError, match="Another run"), ParquetSink(tmp_path / "out"):
            pass
        assert sink.aside.exists(), "the second must not clear away what the first writes"
        with sink.table("one", SCHEMA) as writer:
            writer.write(frame(1))
        sink.commit(OURS)
    assert (tmp_path / "out" / "manifest.json").exists()


def test_everything_is_synced_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def synced(handle: int) -> None:
        # A handle knows no name, so it is looked up by its inode.
        number = os.fstat(handle).st_ino
        paths = [tmp_path, *tmp_path.rglob("*")]
        steps.extend(f"sync {path.name}" for path in paths if path.stat().st_ino == number)
        fsync(handle)

    def renamed(self: Path, target: Path) -> Path:
        steps.append(f"rename {self.name}")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    make(tmp_path / "out", frame(1))
    assert steps == [
        "sync part-00000.parquet",
        "sync manifest.json",
        "sync out.incomplete",
        "rename out.incomplete",
        f"sync {tmp_path.name}",
    ]


def test_a_manifest_is_text_that_anything_reads(tmp_path: Path) -> None:
    make(tmp_path / "out", frame(1))
    text = (tmp_path / "out" / "manifest.json").read_bytes()
    assert json.loads(text) == {**OURS, "files": [{"path": "tables/one/part-00000.parquet"}]}
    assert b"\r" not in text
    assert text.endswith(b"}\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (OSError("a library's own words: 'Ann'"), "the file system refused"),
    ],
)
def test_errors_of_the_disk_say_where_and_what_to_do(error: OSError, said: str) -> None:
    with pytest.raises(OutputError) as raised, disk_errors(Path("there")):
        raise error
    assert str(raised.value).startswith(f"Cannot write there: {said}. Nothing was committed.")
    assert "run again" in str(raised.value)
    assert "Ann" not in str(raised.value)
    assert raised.value.__cause__ is None
