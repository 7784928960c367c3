"""ODBC through arrow-odbc: the very connection string that an authority has for SQL Server."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import polars as pl

from scrambler.errors import OutputError
from scrambler.sources.odbc_driver import OdbcDriver
from scrambler.staging.dialect import POSTGRESQL, SQL_SERVER
from scrambler.staging.session import refusal

_DIALECTS = {dialect.server: dialect for dialect in (POSTGRESQL, SQL_SERVER)}


class OdbcSession:
    """SQL Server or PostgreSQL over ODBC; see ``Session``."""

    def __init__(self, connection: str) -> None:
        """Connect and find out which server answers."""
        self._driver = OdbcDriver(connection, OutputError)
        server, self._connection = self._driver.answering()
        self.dialect = _DIALECTS[server]

    def __enter__(self) -> Self:
        """Return the session itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back and disconnect; see ``Session``."""
        try:
            self._connection.rollback()
        except self._driver.errors as failure:
            # A broken connection has rolled back by itself; only a clean exit must hear of it.
            if error is None:
                raise refusal("close", self.dialect, failure) from None
        finally:
            del self._connection

    def execute(self, statement: str) -> None:
        """Run a statement; see ``Session``."""
        try:
            self._connection.execute(statement)
        except self._driver.errors as failure:
            raise refusal("write to", self.dialect, failure) from None

    def query(self, statement: str, widest: int = 0) -> pl.DataFrame:
        """Return rows; see ``Session``."""
        try:
            return self._driver.read(self._connection, statement, widest)
        except self._driver.errors as failure:
            raise refusal("read from", self.dialect, failure) from None

    def load(self, name: str, rows: pl.DataFrame) -> None:
        """Append rows; see ``Session``."""
        try:
            found = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
            self._driver.append(self._connection, name, found)
        except self._driver.errors as failure:
            raise refusal("write to", self.dialect, failure) from None

    def commit(self) -> None:
        """Commit; see ``Session``."""
        try:
            self._connection.commit()
        except self._driver.errors as failure:
            raise refusal("commit to", self.dialect, failure) from None
