from __future__ import annotations

from pathlib import Path

import pytest

from scrambler.errors import SourceError
from scrambler.sources import open_source
from scrambler.sources.location import address, secured_url, server_of, sqlite_path, sqlite_url


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
        ("postgresql://u:p@h/d", "postgresql://u:p@h/d?sslmode=require"),
        ("postgres://u:p@localhost/d", "postgres://u:p@localhost/d"),
        ("postgresql://u:p@127.0.0.1:5432/d", "postgresql://u:p@127.0.0.1:5432/d"),
        ("mssql://u:p@127.0.0.1/d", "mssql://u:p@127.0.0.1/d?encrypt=true"),
        ("mssql://u:p@h/d?Encrypt=Yes", "mssql://u:p@h/d?encrypt=true"),
        (
            "mssql://h/d?Trusted_Connection=yes&TrustServerCertificate=1&encrypt=MANDATORY",
            "mssql://h/d?trusted_connection=true&trust_server_certificate=true&encrypt=true",
        ),
        ("mysql://u:p@h/d", "mysql://u:p@h/d?ssl-mode=REQUIRED"),
        ("oracle://u:p@h/d", "oracle://u:p@h/d"),
    ],
)
def test_urls_for_connectorx_are_encrypted(given: str, expected: str) -> None:
    secured = secured_url(given)
    assert (secured.location, secured.plain) == (expected, False)
    assert "p@" not in repr(secured)


@pytest.mark.parametrize(
    "url",
    [
        "mssql://u:p@h/d?encrypt=False",
        "mssql://u:p@localhost/d?ENCRYPT=0",
        "postgresql://u:p@h/d?sslmode=prefer",
        "postgresql://u:p@h/d?sslmode=disable",
        "mysql://u:p@h/d?ssl-mode=DISABLED",
    ],
)
def test_a_url_that_says_no_is_obeyed_and_told_of(url: str) -> None:
    assert secured_url(url).plain


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mssql://u:hunter2@h/d?host=x", "does not know.*It knows: appname, encrypt"),
        ("mssql://u:hunter2@h/d?ApplicationIntent=ReadOnly", "does not know"),
        ("mssql://u:hunter2@h/d?encrypt=strict", "cannot check as much"),
        ("mssql://u:hunter2@h/d?encrypt=ja", "neither yes nor no"),
        ("postgresql://u:hunter2@h/d?sslmode=verify-full", "cannot check as much"),
        ("oracle://u:hunter2@h/d?wallet=x", "It knows: none"),
        ("mssql://u:hunter2@h\\SQLEXPRESS/d", "odbc: with Server"),
        ("mssql://u:hunter2@h%5CSQLEXPRESS/d", "mssql://HOST:PORT/DATABASE"),
        ("mssql://u:hunter2@h%5cSQLEXPRESS:14/d", "mssql://HOST:PORT/DATABASE"),
        ("mssql://u:hunter2@h,1433/d", "mssql://HOST:PORT/DATABASE"),
        ("postgresql://u:hunter2@h:1,i:2/d", "postgresql://HOST:PORT/DATABASE"),
    ],
)
def test_a_url_that_would_be_read_otherwise_is_refused(url: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        open_source(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h/d", ("h", 5432)),
        ("mssql://u:p@h:99/d", ("h", 99)),
        ("mysql://h/d", ("h", 3306)),
        ("oracle://h/d", ("h", 1521)),
        ("postgresql://u:p@%2Ftmp/d", None),
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
