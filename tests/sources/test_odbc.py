"""ODBC as a source: a real PostgreSQL. For SQL Server's protocol see test_tds.py."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.errors import SourceError
from scrambler.sources import open_source
from tests.conftest import Scrambled, execute
from tests.odbc import needs_manager, needs_postgresql, odbc_of
from tests.outputs import assert_same_tables, tables_of
from tests.sources.test_postgresql import EXPECTED, TYPES, VALUES, guarded, numbered


@needs_postgresql
def test_types_are_those_of_the_other_road(fresh_postgres_url: str) -> None:
    execute(fresh_postgres_url, TYPES, VALUES)
    source = open_source(odbc_of(fresh_postgres_url))
    assert source.tables() == open_source(fresh_postgres_url).tables()
    (frame,) = source.read("TYPED", [name.upper() for name in EXPECTED], 10)
    assert frame.schema == {name: dtype for name, (_, _, dtype, _) in EXPECTED.items()}
    assert frame.row(0) == tuple(value for _, _, _, value in EXPECTED.values())
    assert frame.row(1) == (None,) * len(EXPECTED)


@needs_postgresql
@pytest.mark.parametrize("table", ["numbers", "seen"])
def test_batches_hold_every_row_once(fresh_postgres_url: str, table: str) -> None:
    numbered(fresh_postgres_url, 5_000)
    source = open_source(odbc_of(fresh_postgres_url))
    frames = list(source.read(table, ["id"], 700))
    assert max(frame.height for frame in frames) <= 700
    assert sorted(pl.concat(frames)["id"]) == list(range(1, 5_001))
    assert source.count(table) == 5_000


@needs_postgresql
def test_long_texts_come_whole(fresh_postgres_url: str) -> None:
    execute(
        fresh_postgres_url,
        "CREATE TABLE long (narrow varchar(3), wide text)",
        "INSERT INTO long VALUES ('éßø', repeat('é🧒', 200000)), (NULL, NULL)",
    )
    (frame,) = open_source(odbc_of(fresh_postgres_url)).read("long", ["narrow", "wide"], 10)
    assert frame.rows() == [("éßø", "é🧒" * 200_000), (None, None)]


@needs_postgresql
def test_a_reader_that_is_left_lets_the_next_one_begin(fresh_postgres_url: str) -> None:
    numbered(fresh_postgres_url, 50)
    source = open_source(odbc_of(fresh_postgres_url))
    assert next(iter(source.read("numbers", ["id"], 7))).height == 7
    assert source.count("numbers") == sum(f.height for f in source.read("seen", ["id"], 7)) == 50


@needs_postgresql
def test_a_run_over_odbc_is_the_run_of_every_other_road(
    dirty: Scrambled, fresh_postgres_url: str, tmp_path: Path
) -> None:
    api.fake(fresh_postgres_url, 300, dirty=True)
    api.run(odbc_of(fresh_postgres_url), tmp_path / "out", epoch=dirty.epoch, batch_rows=500)
    assert_same_tables(tables_of(tmp_path / "out"), tables_of(dirty.out))
    assert api.verify(odbc_of(fresh_postgres_url), tmp_path / "out").passed


@needs_postgresql
def test_a_wrong_password_is_said_with_its_code(postgres_url: str) -> None:
    with pytest.raises(SourceError, match="refused the user name or password") as caught:
        open_source(odbc_of(guarded(postgres_url, ""), "hunter2-canary"))
    assert "hunter2" not in str(caught.value)


@needs_manager
def test_a_driver_that_is_not_there() -> None:
    with pytest.raises(SourceError, match=r"ODBC driver .* is not installed") as caught:
        open_source("odbc:Driver={No Such Driver};Server=s;Pwd=hunter2")
    assert "hunter2" not in str(caught.value)
