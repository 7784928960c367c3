"""What lies in an output beside its tables is a failure, and so is metadata of a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrambler.verification.after.files import (
    as_named,
    no_unused_values,
    nothing_else,
    plain_parquet,
)

PART = "tables/ssd_person/part-00000.parquet"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    path = tmp_path / PART
    path.parent.mkdir(parents=True)
    pq.write_table(pl.DataFrame({"a": ["x"]}).to_arrow(), path, store_schema=False)
    (tmp_path / "manifest.json").write_text("{}")
    return tmp_path


def named(out: Path) -> list[dict[str, Any]]:
    digest = hashlib.sha256((out / PART).read_bytes()).hexdigest()
    return [{"path": PART, "rows": 1, "sha256": digest}]


def test_what_a_run_wrote_passes(out: Path) -> None:
    files = named(out)
    assert as_named(out, files).passed
    assert nothing_else(out, files).passed
    assert plain_parquet(out, files).passed


@pytest.mark.parametrize(
    "path",
    [
        "tables/contacts.csv",
        "tables/.contacts.csv",
        ".DS_Store",
        ".scrambler",
        "manifest.json.bak",
        "tables/ssd_person/_metadata",
        "tables/ssd_contacts/part-00000.parquet",
        "deep/er/still/x",
    ],
)
def test_any_other_file_is_a_failure(path: str, out: Path) -> None:
    files = named(out)
    (out / path).parent.mkdir(parents=True, exist_ok=True)
    (out / path).write_text("id,name\n1,Ann\n")
    new_folders = [folder for folder in (out / path).parents if folder not in (
        out, out / "tables", out / "tables" / "ssd_person", *out.parents)]  # fmt: skip
    assert nothing_else(out, files).failures == 1 + len(new_folders)


def test_an_empty_folder_may_say_a_name(out: Path) -> None:
    files = named(out)
    (out / "tables" / "Ann Lee").mkdir()
    assert nothing_else(out, files).failures == 1


def test_a_link_is_no_file_of_ours(out: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    files = named(out)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    try:
        (out / "tables" / "more").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert nothing_else(out, files).failures == 1
    (out / PART).rename(elsewhere / "part")
    (out / PART).symlink_to(elsewhere / "part")
    assert as_named(out, files).failures == 1


def test_a_changed_or_missing_file(out: Path) -> None:
    files = named(out)
    with (out / PART).open("ab") as file:
        file.write(b"more")
    assert as_named(out, files).failures == 1
    (out / PART).unlink()
    assert as_named(out, files).failures == 1


@pytest.mark.parametrize("where", ["table", "column", "writer"])
def test_metadata_can_hold_rows(where: str, out: Path) -> None:
    table = pl.DataFrame({"a": ["x"]}).to_arrow()
    if where == "table":
        pq.write_table(table.replace_schema_metadata({"note": "Ann Lee"}), out / PART)
    elif where == "column":
        field = table.schema.field(0).with_metadata({"note": "Ann Lee"})
        pq.write_table(table.cast(table.schema.set(0, field)), out / PART)
    else:
        pl.DataFrame({"a": ["x"]}).write_parquet(out / PART)
    assert plain_parquet(out, named(out)).failures == 1


def test_a_file_that_is_no_parquet(out: Path) -> None:
    (out / PART).write_bytes(b"PAR1 and no more")
    assert plain_parquet(out, named(out)).failures == 1


@pytest.mark.parametrize(
    "path",
    [
        "tables/ssd_person/part-00000-Ann.parquet",
        "tables/Ann Lee/part-00000.parquet",
        "Ann.parquet",
    ],
)
def test_a_name_that_says_more(path: str, out: Path) -> None:
    (out / path).parent.mkdir(exist_ok=True)
    (out / PART).rename(out / path)
    digest = hashlib.sha256((out / path).read_bytes()).hexdigest()
    assert as_named(out, [{"path": path, "rows": 1, "sha256": digest}]).failures == 1


def _written(out: Path, rows: pa.Table, **options: Any) -> list[dict[str, Any]]:
    path = out / "tables" / "ssd_person" / "part-00000.parquet"
    pq.write_table(rows, path, **options)
    return named(out)


def test_pages_hold_what_rows_have(out: Path) -> None:
    rows = pa.table({"name": ["Lee", "Lee", None, "Hall"] * 50, "n": list(range(200))})
    files = _written(out, rows, store_schema=False, row_group_size=60)
    assert no_unused_values(out, files).failures == 0
    assert no_unused_values(out, files).examined >= 4


@pytest.mark.parametrize("more", [["Smith"], ["Smith", "Lee"]], ids=["coded", "not coded"])
def test_a_dictionary_page_can_hold_names_of_no_row(more: list[str], out: Path) -> None:
    held = pa.DictionaryArray.from_arrays(
        pa.array([0, 0, 1], pa.int32()), pa.array(["Lee", "Hall", *more])
    )
    files = _written(out, pa.table({"name": held}), store_schema=False)
    assert no_unused_values(out, files).failures == 1
