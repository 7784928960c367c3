from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import connectorx
import polars as pl
import pytest

from scrambler.errors import SourceError
from scrambler.sources import open_source
from tests.conftest import GUARDED, GUARDED_PASSWORD, execute

TYPES = """
CREATE TABLE "Typed" (
    vc varchar(10), ch char(5), tx text, ts timestamp, tz timestamptz, da date,
    i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n2 numeric(10,2), n0 numeric(12,0),
    n20 numeric(20,0), nn numeric, n4 numeric(24,4),
    bo boolean, uu uuid, js json, jb jsonb, ti time, iv interval, ar int[], by bytea
)
"""
UUID = "11111111-2222-3333-4444-555555555555"
VALUES = f"""
INSERT INTO "Typed" VALUES (
    'a', 'b', 'c', '2020-01-02 03:04:05.123456', '2020-07-02 03:04:05+01', '2020-01-02',
    1, 2, 3, 1.5, 0.1, 3.25, 4, 12345678901234567891, 7.00, 98765432109876543210.5,
    true, '{UUID}', '{{"a":  1}}', '{{"a":1}}',
    '10:00', '1 day', ARRAY[1, 2], '\\x00ff'
), (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
    null, null, null, null, null, null, null, null, null)
"""
EXPECTED: dict[str, tuple[str, int | None, pl.DataType, object]] = {
    "vc": ("text", 10, pl.String(), "a"),
    "ch": ("text", 5, pl.String(), "b    "),
    "tx": ("text", None, pl.String(), "c"),
    "ts": ("datetime", None, pl.Datetime("us"), dt.datetime(2020, 1, 2, 3, 4, 5, 123456)),
    "tz": ("datetime", None, pl.Datetime("us"), dt.datetime(2020, 7, 2, 2, 4, 5)),
    "da": ("date", None, pl.Date(), dt.date(2020, 1, 2)),
    "i2": ("integer", 16, pl.Int64(), 1),
    "i4": ("integer", 32, pl.Int64(), 2),
    "i8": ("integer", 64, pl.Int64(), 3),
    "f4": ("float", 32, pl.Float32(), 1.5),
    "f8": ("float", None, pl.Float64(), 0.1),
    "n2": ("float", None, pl.Float64(), 3.25),
    "n0": ("integer", None, pl.Int64(), 4),
    "n20": ("float", None, pl.String(), "12345678901234567891"),
    "nn": ("float", None, pl.String(), "7"),
    "n4": ("float", None, pl.String(), "98765432109876543210.5"),
    "bo": ("boolean", None, pl.Boolean(), True),
    "uu": ("text", None, pl.String(), UUID),
    "js": ("text", None, pl.String(), '{"a":  1}'),
    "jb": ("text", None, pl.String(), '{"a": 1}'),
    "ti": ("other", None, pl.String(), "10:00:00"),
    "iv": ("other", None, pl.String(), "1 day"),
    "ar": ("other", None, pl.String(), "{1,2}"),
}


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that ConnectorX was asked, while it goes on answering them."""
    asked: list[str] = []
    read_sql = connectorx.read_sql

    def spy(url: str, query: str, **options: Any) -> Any:
        asked.append(query)
        return read_sql(url, query, **options)

    monkeypatch.setattr(connectorx, "read_sql", spy)
    return asked


def numbered(url: str, rows: int) -> None:
    execute(
        url,
        "CREATE TABLE numbers (id integer, note text)",
        f"INSERT INTO numbers SELECT i, repeat('x', 100) FROM generate_series(1, {rows}) i",
        "CREATE VIEW seen AS SELECT id, note FROM numbers",
    )


def test_types(fresh_postgres_url: str) -> None:
    execute(fresh_postgres_url, TYPES, VALUES)
    source = open_source(fresh_postgres_url)
    columns = source.tables()["typed"]
    assert {n: (c.type, c.width) for n, c in columns.items() if n != "by"} == {
        name: (kind, width) for name, (kind, width, _, _) in EXPECTED.items()
    }
    assert columns["by"].type == "binary"
    (frame,) = source.read("TYPED", [name.upper() for name in EXPECTED], 10)
    assert frame.schema == {name: dtype for name, (_, _, dtype, _) in EXPECTED.items()}
    assert frame.row(0) == tuple(value for _, _, _, value in EXPECTED.values())
    assert frame.row(1) == (None,) * len(EXPECTED)


def test_names_are_quoted_and_found_in_any_case(fresh_postgres_url: str) -> None:
    execute(
        fresh_postgres_url,
        'CREATE TABLE "Odd ""Name" ("Select" text, "a\'b" integer)',
        """INSERT INTO "Odd ""Name" VALUES ('x', 1)""",
    )
    source = open_source(fresh_postgres_url)
    assert source.tables()['odd "name']["select"].name == "Select"
    (frame,) = source.read('odd "NAME', ["A'B", "SELECT"], 5)
    assert frame.to_dict(as_series=False) == {"a'b": [1], "select": ["x"]}


def test_bytes_are_refused(fresh_postgres_url: str) -> None:
    execute(fresh_postgres_url, TYPES)
    with pytest.raises(SourceError, match="typed: column by holds bytes"):
        open_source(fresh_postgres_url).read("typed", ["by"], 5)


@pytest.mark.parametrize("table", ["numbers", "seen"])
def test_pages_hold_every_row_once(fresh_postgres_url: str, table: str) -> None:
    numbered(fresh_postgres_url, 5_000)
    source = open_source(fresh_postgres_url)
    frames = list(source.read(table, ["id"], 700))
    assert max(frame.height for frame in frames) <= 700
    assert sorted(pl.concat(frames)["id"]) == list(range(1, 5_001))
    assert source.count(table) == 5_000


def test_a_table_emptied_by_deletes(fresh_postgres_url: str) -> None:
    numbered(fresh_postgres_url, 5_000)
    execute(fresh_postgres_url, "DELETE FROM numbers WHERE id % 1000 <> 0")
    frames = list(open_source(fresh_postgres_url).read("numbers", ["id"], 2))
    assert sorted(pl.concat(frames)["id"]) == [1000, 2000, 3000, 4000, 5000]


def test_a_partitioned_table_and_a_child_table(fresh_postgres_url: str) -> None:
    execute(
        fresh_postgres_url,
        "CREATE TABLE parts (id integer) PARTITION BY RANGE (id)",
        "CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (50)",
        "CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (50) TO (200)",
        "INSERT INTO parts SELECT generate_series(1, 100)",
        "CREATE TABLE parent (id integer)",
        "CREATE TABLE child () INHERITS (parent)",
        "INSERT INTO parent VALUES (0)",
        "INSERT INTO child SELECT generate_series(1, 1000)",
    )
    source = open_source(fresh_postgres_url)
    for table, expected in (("parts", range(1, 101)), ("parent", range(1001))):
        frames = list(source.read(table, ["id"], 30))
        assert max(frame.height for frame in frames) <= 30
        assert sorted(pl.concat(frames)["id"]) == list(expected)


def test_an_empty_table_yields_nothing(fresh_postgres_url: str) -> None:
    execute(fresh_postgres_url, TYPES)
    assert list(open_source(fresh_postgres_url).read("typed", ["vc"], 5)) == []


def test_pages_are_asked_for_one_ahead(fresh_postgres_url: str, queries: list[str]) -> None:
    numbered(fresh_postgres_url, 5_000)
    frames = open_source(fresh_postgres_url).read("seen", ["id"], 500)
    queries.clear()
    assert queries == []
    next(frames)
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    pages = [query for query in queries if "BETWEEN" in query]
    assert len(pages) == 3
    assert list(frames) == []
    assert len([query for query in queries if "BETWEEN" in query]) == 3


def test_no_query_holds_a_value(fresh_postgres_url: str, queries: list[str]) -> None:
    execute(
        fresh_postgres_url,
        "CREATE TABLE people (id integer PRIMARY KEY, name text)",
        "INSERT INTO people SELECT 7654000 + i, 'Canary' || i FROM generate_series(1, 300) i",
        "CREATE VIEW seen AS SELECT * FROM people",
    )
    source = open_source(fresh_postgres_url)
    for table in ("people", "seen"):
        assert sum(frame.height for frame in source.read(table, ["id", "name"], 50)) == 300
    assert not [query for query in queries if "7654" in query or "Canary" in query]


def test_another_schema(fresh_postgres_url: str) -> None:
    execute(
        fresh_postgres_url,
        "CREATE SCHEMA ssd",
        "CREATE TABLE ssd.one (a integer)",
        "INSERT INTO ssd.one VALUES (1)",
        "CREATE TABLE two (a integer)",
    )
    source = open_source(fresh_postgres_url, schema="ssd")
    assert set(source.tables()) == {"one"}
    assert source.count("one") == 1
    assert set(open_source(fresh_postgres_url).tables()) == {"two"}


def test_the_schema_that_holds_the_ssd_is_found(fresh_postgres_url: str) -> None:
    execute(
        fresh_postgres_url,
        "CREATE TABLE other (a integer)",
        "CREATE SCHEMA ssd_development",
        "CREATE TABLE ssd_development.ssd_person (pers_person_id text)",
        "CREATE TABLE ssd_api_data_staging (person_id text)",
    )
    source = open_source(fresh_postgres_url)
    assert (set(source.tables()), source.schema_found) == ({"ssd_person"}, "ssd_development")
    live = open_source(fresh_postgres_url, wanted="ssd_api_data_staging")
    assert ("ssd_api_data_staging" in live.tables(), live.schema_found) == (True, "")
    with pytest.raises(SourceError, match="public holds no ssd_person; ssd_development does"):
        open_source(fresh_postgres_url, schema="public")
    execute(fresh_postgres_url, "CREATE SCHEMA old", "CREATE VIEW old.ssd_person AS SELECT 1 AS a")
    with pytest.raises(SourceError, match="old, ssd_development does: choose with --schema"):
        open_source(fresh_postgres_url)
    assert open_source(fresh_postgres_url, schema="old").schema_found == ""


def test_a_table_that_vanishes(fresh_postgres_url: str) -> None:
    numbered(fresh_postgres_url, 10)
    source = open_source(fresh_postgres_url)
    execute(fresh_postgres_url, "DROP TABLE numbers CASCADE")
    with pytest.raises(
        SourceError, match=r"read table numbers|count table numbers.*a table is missing"
    ):
        list(source.read("numbers", ["id"], 5))
    with pytest.raises(SourceError, match="no table nowhere"):
        source.count("nowhere")


def test_a_failing_row_is_not_quoted(
    fresh_postgres_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    execute(
        fresh_postgres_url,
        "CREATE TABLE texts (a text)",
        "INSERT INTO texts VALUES ('1'), ('Canary')",
        "CREATE VIEW broken AS SELECT CAST(a AS integer) AS a FROM texts",
    )
    source = open_source(fresh_postgres_url)
    with pytest.raises(SourceError, match="read table broken") as caught:
        list(source.read("broken", ["a"], 5))
    assert "Canary" not in str(caught.value)
    assert "Canary" not in "".join(capfd.readouterr())


def guarded(url: str, password: str) -> str:
    return url.replace("postgres:@", f"{GUARDED}:{password}@")


def test_the_right_password(postgres_url: str) -> None:
    assert open_source(guarded(postgres_url, GUARDED_PASSWORD)).tables() == {}


def test_a_wrong_password_is_not_repeated(
    postgres_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SourceError, match="refused the user name or password") as caught:
        open_source(guarded(postgres_url, "hunter2-canary"))
    shown = "".join([str(caught.value), repr(caught.value), *capfd.readouterr()])
    assert "hunter2" not in shown
    assert GUARDED not in shown


def test_a_missing_database(postgres_url: str) -> None:
    with pytest.raises(SourceError, match="no database of that name"):
        open_source(postgres_url.replace("/postgres?", "/nowhere?"))


def test_a_socket_without_a_server(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not answer"):
        open_source(f"postgresql://someone:hunter2@/postgres?host={tmp_path}")
