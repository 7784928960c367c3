"""Writes to SQLite and PostgreSQL through ADBC: Arrow in, in one transaction."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import polars as pl

from scrambler.errors import OutputError
from scrambler.sinks.ddl import create_table
from scrambler.sinks.target import shaped
from scrambler.sources.failures import reason
from scrambler.sources.location import server_of, sqlite_path
from scrambler.ssd import TableSpec

_DRIVERS = {
    "sqlite": adbc_driver_sqlite.dbapi,
    "postgresql": adbc_driver_postgresql.dbapi,
}


class DatabaseTarget:
    """Tables in a database; see ``Target``. A SQLite file made for a failed run is removed."""

    def __init__(self, location: str) -> None:
        """Connect. OutputError, free of credentials, when that fails."""
        self._server = server_of(location) or ""
        self._driver: Any = _DRIVERS[self._server]
        self._new_file: Path | None = None
        if self._server == "sqlite":
            path = sqlite_path(location)
            location = str(path)
            self._new_file = None if path.exists() else path
        try:
            self._connection = self._driver.connect(location)
        except self._driver.Error as failure:
            raise self._refusal("connect to", failure) from None

    def __enter__(self) -> Self:
        """Return the target itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit, or roll back when there was an error."""
        done = False
        try:
            if error is None:
                self._connection.commit()
                done = True
        except self._driver.Error as failure:
            raise self._refusal("commit to", failure) from None
        finally:
            self._connection.close()
            if not done and self._new_file:
                self._new_file.unlink(missing_ok=True)
                # What is left where a full disk had no room for a rollback.
                self._new_file.with_name(f"{self._new_file.name}-journal").unlink(missing_ok=True)

    def create(self, table: TableSpec) -> None:
        """Create ``table``; see ``Target``."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(create_table(table, self._server))
        except self._driver.Error as failure:
            if "already exists" in str(failure):
                raise OutputError(
                    f"the {self._server} target has a table {table.name} already, and nothing is "
                    "ever overwritten; choose an empty database"
                ) from None
            raise self._refusal(f"create table {table.name} in", failure) from None

    def append(self, table: TableSpec, frame: pl.DataFrame) -> None:
        """Add rows to ``table``; see ``Target``."""
        rows = shaped(table, frame)
        if self._server == "sqlite":
            rows = rows.with_columns(
                pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S"),
                pl.selectors.date().dt.strftime("%Y-%m-%d"),
            )
        try:
            with self._connection.cursor() as cursor:
                cursor.adbc_ingest(table.name, rows.to_arrow(), mode="append")
        except self._driver.Error as failure:
            raise self._refusal(f"write table {table.name} to", failure) from None

    def _refusal(self, doing: str, failure: BaseException) -> OutputError:
        why = (
            "a value does not fit its column"
            if isinstance(failure, self._driver.DataError)
            else reason(failure)
        )
        return OutputError(f"cannot {doing} the {self._server} target: {why}")
