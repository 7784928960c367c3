from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import connectorx
import polars as pl
import pytest

from scrambler.errors import SourceError
from scrambler.sources import connectorx as module
from scrambler.sources import open_source

HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def build(path: Path, *statements: str) -> str:
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return f"sqlite:///{path.as_posix()}"


def numbers(create: str, rows: str = "1") -> tuple[str, ...]:
    return (
        create,
        f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        INSERT INTO t SELECT i * {rows}, 'note ' || i FROM n""",
    )


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    read_sql = connectorx.read_sql

    def spy(url: str, query: str, **options: Any) -> Any:
        asked.append(query)
        return read_sql(url, query, **options)

    monkeypatch.setattr(connectorx, "read_sql", spy)
    return asked


def test_everything_is_text_and_nulls_may_come_first(tmp_path: Path) -> None:
    url = build(
        tmp_path / "x.db",
        "CREATE TABLE T (A NVARCHAR(48), B INT, C FLOAT, D BIT, E DATETIME, F NCHAR(2), "
        "G NVARCHAR, H BINARY(32), I DATE, J BIGINT)",
        "INSERT INTO T DEFAULT VALUES",
        "INSERT INTO T VALUES ('x', 7, 0.1 + 0.2, 1, '2020-01-02 03:04:05', 'M ', '{}', x'00', "
        "'2020-01-02', 9007199254740993)",
        "INSERT INTO T (B, C) VALUES ('seven', 'none')",
    )
    source = open_source(url)
    columns = source.tables()["t"]
    assert [(c.name, c.type, c.width) for c in columns.values()] == [
        ("A", "text", 48),
        ("B", "integer", 32),
        ("C", "float", None),
        ("D", "boolean", None),
        ("E", "datetime", None),
        ("F", "text", 2),
        ("G", "text", None),
        ("H", "binary", None),
        ("I", "date", None),
        ("J", "integer", 64),
    ]
    (frame,) = source.read("T", list("abcdefgij"), 10)
    assert frame.schema == dict.fromkeys("abcdefgij", pl.String())
    assert frame.rows() == [
        (None,) * 9,
        (
            *("x", "7", "0.30000000000000004", "1", "2020-01-02 03:04:05", "M ", "{}"),
            *("2020-01-02", "9007199254740993"),
        ),
        (None, "seven", "none", None, None, None, None, None, None),
    ]
    with pytest.raises(SourceError, match="column H holds bytes"):
        source.read("t", ["h"], 10)
    with pytest.raises(SourceError, match="no column z, y"):
        source.read("t", ["a", "z", "y"], 10)


@pytest.mark.parametrize(
    ("statements", "paged_by"),
    [
        (numbers("CREATE TABLE t (id INT, note TEXT)"), "rowid >="),
        (numbers("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)"), "rowid >="),
        (numbers("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)", "-1"), "rowid >="),
        (numbers("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)", "3"), "rowid >="),
        (numbers("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)", "1000000007"), "OFFSET"),
        (numbers("CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT) WITHOUT ROWID"), "OFFSET"),
        (numbers("CREATE TABLE t (rowid INT, note TEXT)"), "OFFSET"),
        (
            (
                *numbers("CREATE TABLE t (id INT, note TEXT)"),
                "ALTER TABLE t RENAME TO u",
                "CREATE VIEW t AS SELECT * FROM u",
            ),
            "OFFSET",
        ),
    ],
)
def test_pages_hold_every_row_once(
    tmp_path: Path, queries: list[str], statements: tuple[str, ...], paged_by: str
) -> None:
    source = open_source(build(tmp_path / "x.db", *statements))
    assert source.count("t") == 1000
    frames = list(source.read("t", ["note"], 70))
    assert max(frame.height for frame in frames) <= 70
    assert sorted(pl.concat(frames)["note"]) == sorted(f"note {i}" for i in range(1, 1001))
    pages = [query for query in queries if "note" in query]
    assert all(paged_by in query for query in pages)
    assert not [query for query in pages if "1000000007" in query]


def test_rows_that_go_leave_pages_empty(tmp_path: Path) -> None:
    create = numbers("CREATE TABLE t (id INT, note TEXT)")
    url = build(tmp_path / "x.db", *create, "DELETE FROM t WHERE id BETWEEN 100 AND 500")
    frames = list(open_source(url).read("t", ["id"], 100))
    assert sum(frame.height for frame in frames) == 599


@pytest.mark.parametrize("kind", ["", "WITHOUT ROWID"])
def test_rows_that_come_after_the_count_are_read(tmp_path: Path, kind: str) -> None:
    create = f"CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT) {kind}"
    source = open_source(build(tmp_path / "x.db", *numbers(create)))
    assert source.count("t") == 1000
    build(tmp_path / "x.db", "INSERT INTO t VALUES (5000, 'late')")
    read = pl.concat(source.read("t", ["id"], 300))
    assert read.height == 1001
    assert "5000" in read["id"]


def test_pages_that_are_ranges_are_counted_for_once(tmp_path: Path, queries: list[str]) -> None:
    create = "CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)"
    source = open_source(build(tmp_path / "x.db", *numbers(create)))
    for _ in range(3):
        source.count("t")
        list(source.read("t", ["id"], 300))
    assert sum("COUNT(" in query.upper() for query in queries) == 1


def test_an_empty_table_yields_nothing(tmp_path: Path) -> None:
    url = build(tmp_path / "x.db", "CREATE TABLE t (id INT)", "CREATE VIEW v AS SELECT * FROM t")
    source = open_source(url)
    assert source.count("t") == source.count("v") == 0
    assert list(source.read("t", ["id"], 10)) == list(source.read("v", ["id"], 10)) == []


def test_pages_are_asked_for_one_ahead(tmp_path: Path, queries: list[str]) -> None:
    source = open_source(build(tmp_path / "x.db", *numbers("CREATE TABLE t (id INT, note TEXT)")))
    queries.clear()
    frames = source.read("t", ["id"], 100)
    assert queries == []
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert len(queries) == 3  # the extent, the page that was taken, and the one ahead


def test_odd_file_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path / "my data #1.db", "CREATE TABLE t (id INT)")
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///my data #1.db", "sqlite:///my%20data%20%231.db"):
        assert set(open_source(url).tables()) == {"t"}
    three_slashes = f"sqlite://{(tmp_path / 'my data #1.db').as_posix()}"
    assert set(open_source(three_slashes).tables()) == {"t"}


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[str]:
    """A database that another process holds an exclusive lock on."""
    url = build(tmp_path / "x.db", "CREATE TABLE t (id INT)")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "x.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"locked"
        yield url
        holder.communicate()


def test_a_locked_file(locked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.01)
    with pytest.raises(SourceError, match="locked by another program"):
        open_source(locked)


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no SQLite file nowhere\.db"):
        open_source(f"sqlite:///{tmp_path.as_posix()}/nowhere.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"surname,forename\nCanary,Ada\n" * 100)
    with pytest.raises(SourceError, match="not a SQLite database"):
        open_source(f"sqlite:///{tmp_path.as_posix()}/x.db")


def test_a_damaged_database(tmp_path: Path) -> None:
    url = build(tmp_path / "x.db", *numbers("CREATE TABLE t (id INT, note TEXT)"))
    content = (tmp_path / "x.db").read_bytes()
    (tmp_path / "x.db").write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    with pytest.raises(SourceError, match="damaged"):
        open_source(url)


def test_text_that_is_not_utf8(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    url = build(
        tmp_path / "x.db",
        "CREATE TABLE t (id TEXT)",
        "INSERT INTO t VALUES ('good')",
        "INSERT INTO t VALUES (CAST(x'43616E617279FF' AS TEXT))",
    )
    with pytest.raises(SourceError, match=r"read table t .* not valid UTF-8"):
        list(open_source(url).read("t", ["id"], 10))
    assert "".join(capfd.readouterr()) == ""


def test_a_missing_table_and_a_schema(tmp_path: Path) -> None:
    url = build(tmp_path / "x.db", "CREATE TABLE t (id INT)")
    with pytest.raises(SourceError, match="no table nowhere"):
        open_source(url).count("nowhere")
    with pytest.raises(SourceError, match="no schemas"):
        open_source(url, schema="main")


@pytest.mark.parametrize("kind", ["REAL", "FLOAT", "DECIMAL(20,0)", "INT", "", "UUID", "TEXT"])
def test_whole_numbers_are_one_text_however_they_are_held(tmp_path: Path, kind: str) -> None:
    url = build(
        tmp_path / "x.db",
        f"CREATE TABLE t (id {kind})",
        "INSERT INTO t VALUES (1), (4503599627370497), (-7), (NULL)",
        "CREATE VIEW v AS SELECT id * 1.0 AS id FROM t",
    )
    for table in ("t", "v"):
        (frame,) = open_source(url).read(table, ["id"], 10)
        found = [text and text.removesuffix(".0") for text in frame["id"]]
        assert found == ["1", "4503599627370497", "-7", None]
        assert kind == "TEXT" or found == frame["id"].to_list()


BROKEN = ("CREATE TABLE gone (id INT)", "CREATE VIEW {} AS SELECT id FROM gone", "DROP TABLE gone")


def test_a_broken_view_of_no_concern_stops_nothing(tmp_path: Path) -> None:
    url = build(
        tmp_path / "x.db",
        "CREATE TABLE ssd_Person (pers_person_id NVARCHAR(48))",
        "INSERT INTO ssd_Person VALUES ('a')",
        *(line.format("old_report") for line in BROKEN),
    )
    source = open_source(url)
    assert set(source.tables()) == {"ssd_person", "old_report"}
    assert source.tables()["ssd_person"]["pers_person_id"].width == 48
    (frame,) = source.read("ssd_person", ["pers_person_id"], 10)
    assert frame["pers_person_id"].to_list() == ["a"]


def test_a_broken_view_of_the_ssd_is_named(tmp_path: Path) -> None:
    url = build(
        tmp_path / "x.db",
        "CREATE TABLE ssd_person (pers_person_id NVARCHAR(48))",
        *(line.format("ssd_family") for line in BROKEN),
    )
    with pytest.raises(SourceError, match=r"columns of ssd_family .* mend it or drop it"):
        open_source(url)


def test_a_virtual_table_without_its_module_stops_nothing(tmp_path: Path) -> None:
    url = build(
        tmp_path / "x.db",
        "CREATE TABLE ssd_person (pers_person_id NVARCHAR(48))",
        "PRAGMA writable_schema = 1",
        "INSERT INTO sqlite_master VALUES ('table', 'maps', 'maps', 0, "
        "'CREATE VIRTUAL TABLE maps USING nobody_has_this(x)')",
    )
    assert set(open_source(url).tables()) == {"ssd_person", "maps"}
