from __future__ import annotations

from pathlib import Path

import pytest

from scrambler.errors import SourceError
from scrambler.sources import open_source
from scrambler.sources.location import address, server_of, server_url, sqlite_path, sqlite_url


def test_servers() -> None:
    assert server_of("postgres://h/d") == server_of("PostgreSQL://h/d") == "postgresql"
    assert server_of("sqlite:///x") == "sqlite"
    for other in ("folder", "C:/folder", "http://h/d", "mssql"):
        assert server_of(other) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "postgresql://u:p@/d?host=/tmp/a b&port=5433&sslmode=disable",
            "postgresql://u:p@%2Ftmp%2Fa%20b:5433/d?sslmode=disable",
        ),
        ("postgresql://u:p%40@h:1/d?sslmode=require", "postgresql://u:p%40@h:1/d?sslmode=require"),
        ("postgresql:///d?host=%2Ftmp", "postgresql://%2Ftmp/d"),
        ("mssql://u:p@h/d?host=x", "mssql://u:p@h/d?host=x"),
    ],
)
def test_urls_for_connectorx(given: str, expected: str) -> None:
    assert server_url(given) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h/d", ("h", 5432)),
        ("mssql://u:p@h:99/d", ("h", 99)),
        ("mysql://h/d", ("h", 3306)),
        ("oracle://h/d", ("h", 1521)),
        ("postgresql://u:p@/d?host=/tmp", None),
        ("postgresql://u:p@%2Ftmp/d", None),
        ("mssql://u:p@h\\SQLEXPRESS/d", None),
    ],
)
def test_addresses(url: str, expected: tuple[str, int] | None) -> None:
    assert address(url) == expected


def test_sqlite_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    absolute = (tmp_path / "x.db").as_posix()
    assert sqlite_path(f"sqlite:///{absolute}") == tmp_path / "x.db"
    assert sqlite_path(f"sqlite://{absolute}") == tmp_path / "x.db"
    assert sqlite_path("sqlite:///x.db") == Path("x.db")
    assert sqlite_path("sqlite:///C%3A/x%20y.db").as_posix() == "C:/x y.db"


def test_a_drive_is_percent_encoded(tmp_path: Path) -> None:
    assert sqlite_url(tmp_path / "C:" / "x y#.db").endswith("/C%3A/x%20y%23.db")


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("postgresql://u:hunter2/x@h/d", "cannot be read"),
        ("postgresql://u:[hunter2@h/d", "cannot be read"),
        ("mongodb://u:hunter2@h/d", "not known"),
        ("no-such-folder-hunter2", "not known"),
        ("folder/hunter2.sqlite", "sqlite:///"),
    ],
)
def test_bad_locations_are_not_repeated(location: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        open_source(location)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("server", ["postgresql", "mssql", "mysql", "oracle"])
def test_a_port_where_nobody_listens(server: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError, match=f"reach the {server} database.*not answer") as caught:
        open_source(f"{server}://someone:hunter2@127.0.0.1:1/d")
    assert "hunter2" not in str(caught.value) + "".join(capfd.readouterr())
