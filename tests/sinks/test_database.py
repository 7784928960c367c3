"""Outputs in a database: a file or schema of their own, whole or not at all, and read back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scrambler import api, synthetic
from scrambler.errors import OutputError, UsageError, VerificationError
from scrambler.keys.epoch_file import create
from scrambler.run import steps
from scrambler.sinks import open_output, open_sink
from scrambler.synthetic.fake import write_constructed
from tests.conftest import execute
from tests.outputs import Tables, tables_of

CHILDREN = 20
FEW = ("ssd_person", "ssd_address", "ssd_cin_episodes", "ssd_version_log")
KINDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source, an epoch, and the output of both in a folder of Parquet."""
    folder = tmp_path_factory.mktemp("made")
    few = ((name, frame) for name, frame in synthetic.build(CHILDREN) if name in FEW)
    write_constructed(str(folder / "source"), few)
    create(folder / "epoch")
    scramble(folder, folder / "out")
    return folder


@pytest.fixture
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("fresh_postgres_url"))
    return f"sqlite:///{tmp_path.as_posix()}/out.db"


every_database = pytest.mark.parametrize("location", KINDS, indirect=True)


def scramble(made: Path, out: str | Path, **options: Any) -> api.Report:
    chosen = {"epoch": made / "epoch", "verify": False} | options
    return api.run(str(made / "source"), out, **chosen)


def tables_in(location: str, schema: str | None = None) -> Tables:
    output = open_output(location, schema)
    return {name: output.table(name).collect() for name in output.manifest["tables"]}


def put(location: str, statement: str) -> None:
    """Do something to the database that is nothing of ours."""
    if location.startswith("postgresql"):
        execute(location, statement)
    else:
        with closing(sqlite3.connect(location.removeprefix("sqlite:///"))) as database:
            database.execute(statement.replace("scrambled.", ""))
            database.commit()


@every_database
def test_it_holds_what_a_folder_holds(location: str, made: Path) -> None:
    report = scramble(made, location, verify=True)
    assert report.verdict is not None
    assert report.verdict.passed
    expected = tables_of(made / "out")
    found = tables_in(location)
    assert found.keys() == expected.keys()
    for name, frame in expected.items():
        assert_frame_equal(found[name], frame, check_row_order=False)
    manifest = open_output(location).manifest
    assert {name: table["rows"] for name, table in manifest["tables"].items()} == report.rows


@every_database
def test_only_columns_and_rows_that_are_wanted_are_read(location: str, made: Path) -> None:
    scramble(made, location)
    people = open_output(location).table("ssd_person")
    frame = people.collect()
    assert people.select("pers_sex").collect().equals(frame.select("pers_sex"))
    assert people.select(pl.len()).collect().item() == frame.height
    assert people.head(3).collect().equals(frame.head(3))
    none = people.filter(pl.col("pers_person_id") == "nobody").collect()
    assert none.is_empty()
    assert none.schema == frame.schema


@every_database
def test_ids_that_are_integers_stay_integers(location: str, made: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    people = pl.read_parquet(made / "source/ssd_person.parquet")
    numbered = people.with_columns(pers_person_id=pl.int_range(pl.len()) + 10**11)
    numbered.write_parquet(source / "ssd_person.parquet")
    create(tmp_path / "epoch")
    for out in (location, tmp_path / "out"):
        api.run(str(source), out, epoch=tmp_path / "epoch", tables=["ssd_person"], verify=False)
    found, expected = tables_in(location)["ssd_person"], tables_of(tmp_path / "out")["ssd_person"]
    assert found.schema["pers_person_id"] == pl.Int64()
    assert_frame_equal(found, expected, check_row_order=False)


@pytest.mark.battery("outputs", "databases")
@every_database
def test_verify_and_payload_read_it(location: str, clean: Any, tmp_path: Path) -> None:
    api.run(str(clean.source), location, epoch=clean.epoch)
    assert api.verify(str(clean.source), location).passed
    staged = []
    for number, out in enumerate((location, str(clean.out))):
        target = tmp_path / f"staged-{number}"
        api.stage_payloads(out, str(target), as_of=synthetic.AS_OF)
        staged.append((target / "batches/batch-00001.json").read_bytes())
    assert staged[0] == staged[1]
    put(location, "CREATE TABLE scrambled.notes (text varchar(20))")
    put(location, "DELETE FROM scrambled.ssd_person WHERE pers_sex IS NOT NULL")
    failed = api.verify(str(clean.source), location)
    assert [check.failures for check in failed.checks[:2]] == [1, 1]


@every_database
def test_an_output_is_replaced_only_if_asked(location: str, made: Path) -> None:
    scramble(made, location, children=5)
    with pytest.raises(OutputError, match="--replace"):
        scramble(made, location)
    assert tables_in(location)["ssd_person"].height == 5
    scramble(made, location, replace=True)
    assert tables_in(location)["ssd_person"].height == CHILDREN
    # Also by one of other tables.
    scramble(made, location, replace=True, tables=["ssd_person"])
    assert tables_in(location).keys() == {"ssd_person"}


@every_database
def test_tables_without_our_mark_are_never_touched(location: str, made: Path) -> None:
    if location.startswith("postgresql"):
        put(location, "CREATE SCHEMA scrambled")
    put(location, "CREATE TABLE scrambled.ssd_person (mine varchar(20))")
    put(location, "INSERT INTO scrambled.ssd_person VALUES ('precious')")
    for replace in (False, True):
        with pytest.raises(OutputError, match=r"no manifest|no run wrote|already"):
            scramble(made, location, replace=replace)
    # What is called as the manifest is, and is none of ours, is no mark.
    put(location, "CREATE TABLE scrambled.scrambler_manifest (made_by text, manifest text)")
    put(location, "INSERT INTO scrambled.scrambler_manifest VALUES ('ssd-scrambler', '{}')")
    with pytest.raises(OutputError, match=r"no manifest|no run wrote"):
        scramble(made, location, replace=True)
    with pytest.raises(OutputError, match="no manifest"):
        open_output(location)
    put(location, "DROP TABLE scrambled.scrambler_manifest")
    put(location, "DROP TABLE scrambled.ssd_person")


@every_database
def test_what_somebody_put_into_an_output_keeps_it(location: str, made: Path) -> None:
    scramble(made, location, children=5)
    put(location, "CREATE VIEW scrambled.notes AS SELECT 1 AS one")
    with pytest.raises(OutputError, match="holds 1 tables or views that no run wrote"):
        scramble(made, location, replace=True)
    assert tables_in(location)["ssd_person"].height == 5


def test_a_view_elsewhere_that_reads_an_output_keeps_it(
    fresh_postgres_url: str, made: Path
) -> None:
    scramble(made, fresh_postgres_url, children=5)
    execute(fresh_postgres_url, "CREATE VIEW mine AS SELECT * FROM scrambled.ssd_person")
    with pytest.raises(OutputError, match="which something else may need"):
        scramble(made, fresh_postgres_url, replace=True)
    assert tables_in(fresh_postgres_url)["ssd_person"].height == 5


@every_database
def test_nothing_is_left_of_a_run_that_fails(
    location: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise VerificationError("planted")

    monkeypatch.setattr(steps, "build_manifest", failing)
    with pytest.raises(VerificationError, match="planted"):
        scramble(made, location)
    # But a page that says what went wrong, beside an output that is a file.
    page = {"out.db.evidence"} if location.startswith("sqlite:") else set()
    assert {path.name for path in tmp_path.iterdir()} == page
    with pytest.raises(OutputError, match=r"no output|no manifest"):
        open_output(location)
    monkeypatch.undo()
    scramble(made, location)
    assert tables_in(location).keys() == set(FEW)


@every_database
def test_two_at_once_are_refused(location: str, made: Path) -> None:
    with open_sink(location), pytest.raises(OutputError, match="Another run"):
        scramble(made, location)


@every_database
def test_a_delta_wants_a_folder(location: str, made: Path) -> None:
    with pytest.raises(UsageError, match="for an output folder"):
        scramble(made, location, delta=True)


def test_schemas_of_one_s_own(fresh_postgres_url: str, made: Path) -> None:
    for schema in ('Other "one"', "second"):
        scramble(made, fresh_postgres_url, out_schema=schema)
        assert tables_in(fresh_postgres_url, schema).keys() == set(FEW)
    with pytest.raises(OutputError, match="no manifest"):
        open_output(fresh_postgres_url)
    with pytest.raises(UsageError, match="leave the schema out"):
        scramble(made, made / "no", out_schema="second")


def socket_twice(url: str) -> str:
    """Return another way to write the location of the same server."""
    before, _, folder = url.partition("?host=")
    return before.replace("@/", f"@{quote(folder, safe='')}/")


def test_the_source_s_own_schema_is_refused_by_any_name(
    fresh_postgres_url: str, made: Path
) -> None:
    few = ((name, frame) for name, frame in synthetic.build(5) if name in FEW)
    write_constructed(fresh_postgres_url, few)
    other = socket_twice(fresh_postgres_url)
    assert other != fresh_postgres_url
    execute(fresh_postgres_url, "ALTER SCHEMA public RENAME TO theirs")
    for out in (fresh_postgres_url, other):
        with pytest.raises(OutputError, match=r"its own source|no run wrote"):
            api.run(fresh_postgres_url, out, schema="theirs", out_schema="theirs", verify=False)
    # A schema of an output is a source as well, and may be replaced by its own scramble never.
    scramble(made, fresh_postgres_url)
    for out in (fresh_postgres_url, other):
        with pytest.raises(OutputError, match="its own source"):
            api.run(fresh_postgres_url, out, schema="scrambled", replace=True, verify=False)
    # Another schema of the same database is another place.
    api.run(other, fresh_postgres_url, schema="scrambled", out_schema="again", verify=False)
    assert tables_in(fresh_postgres_url, "again").keys() == set(FEW)


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_the_source_s_own_file_is_refused_by_any_name(
    link: Callable[[Path, Path], None], made: Path, tmp_path: Path
) -> None:
    file, other = tmp_path / "out.db", tmp_path / "other.db"
    scramble(made, f"sqlite:///{file.as_posix()}")
    link(file, other)
    with pytest.raises(OutputError, match="its own source"):
        api.run(f"sqlite:///{other.as_posix()}", f"sqlite:///{file.as_posix()}", replace=True)
    assert tables_in(f"sqlite:///{file.as_posix()}").keys() == set(FEW)


def test_the_source_s_own_folder_is_refused(made: Path, tmp_path: Path) -> None:
    scramble(made, tmp_path / "out")
    for source in ("out", "out/tables"):
        with pytest.raises(OutputError, match="its own source"):
            api.run(str(tmp_path / source), tmp_path / "out", replace=True)


def test_a_file_in_use_is_not_replaced(made: Path, tmp_path: Path) -> None:
    location = f"sqlite:///{tmp_path.as_posix()}/out.db"
    scramble(made, location, children=5)
    (tmp_path / "out.db-wal").write_text("changes that are not in the file yet")
    with pytest.raises(OutputError, match="in use"):
        scramble(made, location, replace=True)
    (tmp_path / "out.db-wal").unlink()
    assert tables_in(location)["ssd_person"].height == 5


@pytest.mark.parametrize(
    "out", ["mssql://u:hunter2@h/d", "mysql://u:hunter2@h/d", "odbc:PWD=hunter2"]
)
def test_other_databases_are_refused_and_not_repeated(out: str, made: Path) -> None:
    for call in (lambda: scramble(made, out), lambda: open_output(out)):
        with pytest.raises(UsageError) as raised:
            call()
        assert "hunter2" not in str(raised.value)


def test_a_password_comes_back_nowhere(guarded_url: str, made: Path) -> None:
    location = guarded_url.replace("PASSWORD", "hunter2")
    for call in (lambda: scramble(made, location), lambda: open_output(location)):
        with pytest.raises(OutputError, match="password") as raised:
            call()
        assert "hunter2" not in str(raised.value)
