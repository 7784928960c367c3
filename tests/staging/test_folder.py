"""What a folder holds: the table as Parquet, and batches as the endpoint takes them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from scrambler.errors import OutputError
from scrambler.files.commit import make
from scrambler.payload import content_hash
from scrambler.ssd import ssd
from scrambler.staging import review, stage
from scrambler.staging.table import TABLE

from .cases import LATER, NOW, first, second


def copies(times: int) -> pl.DataFrame:
    """Many children: the same payloads under other ids."""
    ids = pl.concat_str(pl.lit("c"), pl.col("n"), pl.lit("-"), "person_id")
    found = first().join(pl.DataFrame({"n": range(times)}), how="cross")
    rest = pl.col("json_payload").str.extract(r'^\{"[^:]*:"[^"]*(.*)$')
    text = pl.concat_str(pl.lit('{"la_child_id":"'), ids, rest)
    return found.select(ids.alias("person_id"), "legacy_id", json_payload=text).with_columns(
        current_hash=content_hash(pl.col("json_payload"))
    )


def batches(folder: Path) -> list[list[dict[str, object]]]:
    return [json.loads(path.read_bytes()) for path in sorted((folder / "batches").iterdir())]


def test_what_is_pending_lies_in_batches_of_a_hundred(tmp_path: Path) -> None:
    payloads = copies(4)
    stage(str(tmp_path / "out"), payloads.iter_slices(90), NOW)
    found = batches(tmp_path / "out")
    assert [len(batch) for batch in found[:-1]] == [100] * (len(found) - 1)
    assert 0 < len(found[-1]) <= 100
    sent = {child["la_child_id"]: child for batch in found for child in batch}
    whole = [json.loads(text) for text in payloads["json_payload"]]
    assert sent == {child["la_child_id"]: child for child in whole}
    assert (tmp_path / "out/batches/batch-00001.json").is_file()


def test_the_table_has_the_columns_of_the_facts(tmp_path: Path) -> None:
    stage(str(tmp_path / "out"), [first()], NOW)
    stage(str(tmp_path / "out"), [second()], LATER)
    found = pl.read_parquet(tmp_path / "out" / f"{TABLE}.parquet")
    expected = {name: column.dtype for name, column in ssd().tables[TABLE].columns.items()}
    assert dict(found.schema) == expected
    assert set(found["last_updated"]) == {NOW, LATER}
    assert not (tmp_path / "out.incomplete").exists()
    assert not (tmp_path / "out.old").exists()
    assert not (tmp_path / "out.lock").exists()


def test_a_table_that_somebody_changed_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    stage(str(out), [first()], NOW)
    (out / f"{TABLE}.parquet").write_bytes(b"not what was staged")
    with pytest.raises(OutputError, match="changed or removed"):
        stage(str(out), [second()], LATER)


def test_a_folder_with_other_files_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="other files"):
        stage(str(tmp_path), [first()], NOW)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert stage(str(tmp_path / "a" / "b"), [first()], NOW).new == first().height
    (tmp_path / "c").mkdir()
    assert stage(str(tmp_path / "c"), [first()], NOW).new == first().height


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "out.lock")
    with lock, pytest.raises(OutputError, match="Another run"):
        stage(str(tmp_path / "out"), [first()], NOW)
    assert stage(str(tmp_path / "out"), [first()], NOW).new == first().height


@pytest.mark.parametrize("end", [".old", ".incomplete", ".lock"])
def test_what_is_not_ours_beside_the_folder_is_left_alone(tmp_path: Path, end: str) -> None:
    theirs = tmp_path / f"out{end}"
    if end == ".lock":
        theirs.write_text("theirs")
    else:
        theirs.mkdir()
        (theirs / "staging.json").write_text("theirs")
    with pytest.raises(OutputError, match="nothing is staged"):
        review(str(tmp_path / "out"))
    with pytest.raises(OutputError, match=f"out{end} is in the way"):
        stage(str(tmp_path / "out"), [first()], NOW)
    assert [path.name for path in tmp_path.iterdir()] == [theirs.name]
    assert (theirs if end == ".lock" else theirs / "staging.json").read_text() == "theirs"


def test_a_look_changes_nothing(tmp_path: Path) -> None:
    """A run that died between its renames left the old state aside: it is read there."""
    out, old = tmp_path / "out", tmp_path / "out.old"
    stage(str(out), [first()], NOW)
    out.rename(old)
    make(tmp_path / "out.incomplete")
    (tmp_path / "out.incomplete" / "replacing").touch()
    assert review(str(out)).rows == first().height
    assert (old.exists(), out.exists()) == (True, False)
    assert stage(str(out), [second()], LATER).new == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real, target_is_directory=True)
    stage(str(link), [first()], NOW)
    stage(str(link), [second()], LATER)
    assert link.is_symlink()
    assert review(str(real)).rows == review(str(link)).rows > 0


@pytest.mark.parametrize("content", ["", "[]", "{}", "{"])
def test_a_damaged_manifest_is_said(tmp_path: Path, content: str) -> None:
    out = tmp_path / "out"
    stage(str(out), [first()], NOW)
    (out / "staging.json").write_text(content)
    for look in (lambda: review(str(out)), lambda: stage(str(out), [second()], LATER)):
        with pytest.raises(OutputError, match=r"staging\.json cannot be read"):
            look()


def test_the_root_is_no_place_of_its_own() -> None:
    with pytest.raises(OutputError, match="is no folder to stage in"):
        stage(Path.cwd().anchor, [first()], NOW)
