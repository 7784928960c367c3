"""Asks a database through ConnectorX, one page a query.

ConnectorX reads as fast as it can whether or not anyone takes the rows, so memory is bounded by
asking for a page at a time. Each page is a query of its own: nothing may write to the tables
meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from socket import create_connection
from typing import Any

import polars as pl

from scrambler.errors import SourceError
from scrambler.resources.limits import WORKERS
from scrambler.sources.adbc import adbc_driver
from scrambler.sources.database import refusal
from scrambler.sources.declared import Declared
from scrambler.sources.dialect import Dialect, Relation
from scrambler.sources.dialects import DIALECTS
from scrambler.sources.location import (
    address,
    secured_url,
    server_of,
    sql_server_login,
    sqlite_path,
    sqlite_url,
)
from scrambler.sources.tds_login import LoginError, ensure_let_in

# ConnectorX sets up its log when imported, and its connection pool logs what servers say.
_log_level = os.environ.get("RUST_LOG")
os.environ["RUST_LOG"] = "off"
import connectorx  # noqa: E402

if _log_level is None:
    del os.environ["RUST_LOG"]
else:
    os.environ["RUST_LOG"] = _log_level

_PATIENCE_SECONDS = 5.0
_SQLITE_MAGIC = b"SQLite format 3\0"


class ConnectorX:
    """A URL of a database; see ``Connection``."""

    side_by_side = WORKERS

    def __init__(self, location: str) -> None:
        """Look whether somebody answers. SourceError, free of credentials, when nobody does."""
        self._server = server_of(location) or ""
        self.dialect: Dialect = DIALECTS[self._server]
        self.plain = False
        self._answered = False
        if self._server == "sqlite":
            path = sqlite_path(location)
            _check_sqlite(path)
            self._url = sqlite_url(path)
            return
        secured = secured_url(location)
        self._url, self.plain = secured.location, secured.plain
        _check_server(self._url)
        self._answered = address(self._url) is not None

    def query(self, statement: str, doing: str) -> pl.DataFrame:
        """Return the rows of a query; see ``Connection``."""
        try:
            # Not "arrow_stream": it meets an error half-way with a panic that writes to stderr.
            found: Any = pl.from_arrow(
                connectorx.read_sql(self._url, statement, return_type="arrow")
            )
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as failure:  # Rust panics are no Exception
            raise refusal(doing, self._server, failure, self._answered) from None
        frame: pl.DataFrame = found
        return frame

    def frames(
        self,
        relation: Relation,
        columns: Sequence[Declared],
        batch_rows: int,
        extent: Callable[[], tuple[int, int]],
    ) -> Generator[pl.DataFrame, None, None]:
        """Yield page after page; see ``Connection``."""
        rows, span = extent()
        for query in self.dialect.page_queries(relation, columns, rows, span, batch_rows):
            page = self.query(query, f"read table {relation.name} of")
            yield page.slice(1) if self.dialect.blank_row else page


def _check_sqlite(path: Path) -> None:
    """Refuse what ConnectorX would create (a missing file) or wait for half a minute."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_SQLITE_MAGIC))
    except FileNotFoundError:
        raise SourceError(f"there is no SQLite file {path.name} at that place") from None
    except OSError as failure:
        raise SourceError(
            f"the SQLite file {path.name} cannot be opened: {failure.strerror}"
        ) from None
    if magic not in (b"", _SQLITE_MAGIC):
        raise SourceError(f"{path.name} is not a SQLite database (or it is encrypted)")
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        database = sqlite3.connect(uri, uri=True, timeout=_PATIENCE_SECONDS)
        try:
            database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        finally:
            database.close()
    except sqlite3.Error as failure:
        raise refusal("read", "sqlite", failure) from None


def _check_server(url: str) -> None:
    """Fail at once and say why, where ConnectorX would try again for half a minute."""
    server = server_of(url) or ""
    host_and_port = address(url)
    if host_and_port:
        try:
            create_connection(host_and_port, timeout=_PATIENCE_SECONDS).close()
        except OSError:
            raise refusal("reach", server, TimeoutError("timed out")) from None
    if server == "postgresql":
        driver = adbc_driver(server)
        try:
            driver.connect(url).close()
        except driver.Error as failure:
            raise refusal("connect to", server, failure, bool(host_and_port)) from None
    if server == "mssql" and (login := sql_server_login(url)):
        try:
            ensure_let_in(login, _PATIENCE_SECONDS)
        except (LoginError, OSError) as failure:  # ssl.SSLError among them
            raise refusal("connect to", server, failure, answered=True) from None
