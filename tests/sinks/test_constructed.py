"""Constructed data in every kind of sink: whole or not at all, and read back as they were."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import adbc_driver_postgresql.dbapi as adbc
import polars as pl
import pytest

from scrambler.errors import OutputError
from scrambler.sinks import arrow_schema, database, open_sink
from scrambler.sinks.ddl import create_table
from scrambler.sources import open_source
from scrambler.ssd import TableSpec, ssd
from scrambler.synthetic import fake
from scrambler.synthetic.fake import write_constructed

TYPES = {
    "id": "NVARCHAR(6)",
    "note": "NVARCHAR(MAX)",
    "sex": "NCHAR(2)",
    "at": "DATETIME",
    "on": "DATE",
    "many": "INT",
    "few": "TINYINT",
    "flag": "BIT",
    "cost": "FLOAT",
    "hash": "BINARY(32)",
}
TABLE = TableSpec(
    name="ssd_thing",
    columns={
        name: replace(ssd().column("ssd_person", "pers_sex"), name=name, sql_type=sql_type)
        for name, sql_type in TYPES.items()
    },
    primary_key=("id",),
    routes=(),
    grain="",
    notes="",
)
OTHER = TableSpec("ssd_other", TABLE.columns, ("id",), (), "", "")
FRAME = pl.DataFrame(
    {
        "id": ["a1", None],
        "note": ['{"A": "b"}', None],
        "sex": ["M", None],
        "at": [dt.datetime(2020, 1, 2, 3, 4, 5), None],
        "on": [dt.date(2020, 1, 2), None],
        "many": [7, None],
        "few": [3, None],
        "flag": [True, None],
        "cost": [0.1 + 0.2, None],
        "hash": [b"\x00\x01", None],
    }
)
READABLE = [name for name in TYPES if name != "hash"]
LOCATIONS = ["sqlite", "postgresql", "parquet"]


@pytest.fixture
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("fresh_postgres_url"))
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path.as_posix()}/new.db"
    return str(tmp_path / "new")


every_target = pytest.mark.parametrize("location", LOCATIONS, indirect=True)


@pytest.fixture(autouse=True)
def spec(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spec of two tables that have every type."""
    made = SimpleNamespace(tables={"ssd_thing": TABLE, "ssd_other": OTHER})
    monkeypatch.setattr(fake, "ssd", lambda: made)
    monkeypatch.setattr(database, "ssd", lambda: made)


def write(location: str, *frames: pl.DataFrame, first: str | None = None) -> None:
    tables = [(first, FRAME.clear())] if first else []
    write_constructed(location, [*tables, *(("ssd_thing", frame) for frame in frames)])


@every_target
def test_what_was_written_can_be_read(location: str) -> None:
    write(location, FRAME, FRAME.select(pl.all().reverse()))
    source = open_source(location)
    assert source.count("ssd_thing") == 4
    assert set(source.tables()["ssd_thing"]) == set(TYPES)
    (first, second) = pl.concat(source.read("ssd_thing", READABLE, 100))[[0, 3]].rows()
    assert first == second
    text = location.startswith("sqlite")
    assert first == (
        *("a1", '{"A": "b"}', "M " if location.startswith("postgresql") else "M"),
        "2020-01-02 03:04:05" if text else dt.datetime(2020, 1, 2, 3, 4, 5),
        "2020-01-02" if text else dt.date(2020, 1, 2),
        *(("7", "3", "1", "0.30000000000000004") if text else (7, 3, True, 0.1 + 0.2)),
    )


@every_target
def test_missing_columns_are_null_and_empty_tables_exist(location: str) -> None:
    write(location, FRAME.select("note", "id"))
    (frame,) = open_source(location).read("ssd_thing", ["id", "sex"], 100)
    assert frame.rows() == [("a1", None), (None, None)]


@every_target
def test_a_table_without_rows_exists(location: str) -> None:
    write(location, FRAME.clear())
    assert open_source(location).count("ssd_thing") == 0


@every_target
def test_a_table_that_exists_is_refused_and_kept(location: str) -> None:
    write(location, FRAME)
    with pytest.raises(OutputError, match="already"):
        write(location, FRAME, first="ssd_other")
    source = open_source(location)
    assert set(source.tables()) == {"ssd_thing"}
    assert source.count("ssd_thing") == 2


@every_target
def test_an_error_takes_everything_back(location: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write(location, FRAME, pl.DataFrame({"canary": ["x"]}))
    assert list(tmp_path.iterdir()) == []
    write(location, FRAME)
    assert open_source(location).count("ssd_thing") == 2


@every_target
@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.DataFrame({"canary": ["x"]}), "no column canary"),
        (pl.DataFrame({"many": ["Canary"]}), "does not fit"),
        (pl.DataFrame({"many": [2**40]}), "does not fit"),
    ],
)
def test_frames_that_do_not_fit(location: str, frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(OutputError, match=message) as caught:
        write(location, frame)
    assert "Canary" not in str(caught.value)


def test_text_too_long_for_postgresql(fresh_postgres_url: str) -> None:
    with pytest.raises(OutputError, match="value does not fit its column") as caught:
        write(fresh_postgres_url, pl.DataFrame({"id": ["Canary-Canary"]}))
    assert "Canary" not in str(caught.value)


def test_statements() -> None:
    schema = arrow_schema({name: column.dtype for name, column in TABLE.columns.items()})
    assert create_table("ssd_thing", schema, TABLE.columns, "sqlite") == (
        'CREATE TABLE "ssd_thing" ("id" NVARCHAR(6), "note" NVARCHAR, "sex" NCHAR(2),'
        ' "at" DATETIME, "on" DATE, "many" INT, "few" TINYINT, "flag" BIT, "cost" FLOAT,'
        ' "hash" BINARY(32))'
    )
    assert create_table("ssd_thing", schema, TABLE.columns, "postgresql", 'a "b"') == (
        'CREATE TABLE "a ""b"""."ssd_thing" ("id" varchar(6), "note" text, "sex" char(2),'
        ' "at" timestamp, "on" date, "many" integer, "few" smallint, "flag" boolean,'
        ' "cost" double precision, "hash" bytea)'
    )


def test_columns_that_the_spec_lacks_and_ids_that_are_integers() -> None:
    schema = arrow_schema(
        {
            **{"id": pl.Int32(), "note": pl.Int64(), "text": pl.String(), "day": pl.Date()},
            **{"at": pl.Datetime("us"), "yes": pl.Boolean(), "cost": pl.Float64()},
            "none": pl.Int8(),
        }
    )
    assert create_table("t", schema, TABLE.columns, "postgresql") == (
        'CREATE TABLE "t" ("id" integer, "note" bigint, "text" text, "day" date,'
        ' "at" timestamp, "yes" boolean, "cost" double precision, "none" integer)'
    )
    assert '"note" bigint, "text" NVARCHAR,' in create_table("t", schema, {}, "sqlite")


def test_sqlite_holds_dates_as_text(tmp_path: Path) -> None:
    write(f"sqlite:///{tmp_path.as_posix()}/x.db", FRAME)
    database = sqlite3.connect(tmp_path / "x.db")
    found = database.execute('SELECT "at", "on", "flag", "few", "hash" FROM ssd_thing').fetchall()
    database.close()
    assert found[0] == ("2020-01-02 03:04:05", "2020-01-02", 1, 3, b"\x00\x01")


def test_postgresql_by_a_percent_encoded_socket(fresh_postgres_url: str) -> None:
    before, _, folder = fresh_postgres_url.partition("?host=")
    location = before.replace("@/", f"@{quote(folder, safe='')}/")
    write(location, FRAME)
    with adbc.connect(location) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM ssd_thing")
        assert cursor.fetchone() == (2,)


def test_parquet_has_the_types_of_the_spec_and_one_file_a_table(tmp_path: Path) -> None:
    write(str(tmp_path / "new"), FRAME, FRAME)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["ssd_thing.parquet"]
    frame = pl.read_parquet(tmp_path / "new/ssd_thing.parquet")
    assert frame.schema == {name: spec.dtype for name, spec in TABLE.columns.items()}


def test_other_files_are_no_place_for_a_source(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        write(str(tmp_path), FRAME)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("location", ["mssql://u:hunter2@h/d", "http://u:hunter2@h/d"])
def test_other_targets_are_refused(location: str) -> None:
    with pytest.raises(OutputError, match="a target is") as caught:
        open_sink(location)
    assert "hunter2" not in str(caught.value)


def test_targets_that_cannot_be_opened(tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Cannot write"):
        write(str(tmp_path / "file" / "folder"), FRAME)
    with pytest.raises(OutputError, match="no database of that name"):
        write(postgres_url.replace("/postgres?", "/nowhere?"), FRAME)
    with pytest.raises(OutputError):
        write(f"sqlite:///{tmp_path.as_posix()}/file/x.db", FRAME)
