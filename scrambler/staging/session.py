"""A connection with one transaction, whatever the driver: ADBC here, ODBC in its own module."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import polars as pl
import pyarrow as pa

from scrambler.errors import OutputError
from scrambler.files.rights import FILE
from scrambler.sources.adbc import adbc_driver
from scrambler.sources.failures import reason
from scrambler.staging.dialect import SQLITE, Dialect

# SQLite does not type its values: ADBC looks at the first batch, which must then hold all rows.
_ONE_BATCH = {"adbc.sqlite.query.batch_rows": str(1 << 17)}


class Session(Protocol):
    """One connection, one transaction: left without ``commit``, nothing has happened.

    Every method raises OutputError, free of values and credentials, when the server refuses.
    """

    dialect: Dialect

    def __enter__(self) -> Self:
        """Return the session itself."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed, and disconnect."""
        ...

    def execute(self, statement: str) -> None:
        """Run a statement without a result."""
        ...

    def query(self, statement: str, widest: int = 0) -> pl.DataFrame:
        """Return the rows of a query; ``widest`` is the most bytes that an unbounded text has.

        The result is held in memory: ask for a bounded number of rows.
        """
        ...

    def load(self, name: str, rows: pl.DataFrame) -> None:
        """Append rows in bulk to a temporary table, or to the staging table; columns by name."""
        ...

    def commit(self) -> None:
        """Make everything since the connection visible at once."""
        ...


class AdbcSession:
    """SQLite or PostgreSQL; see ``Session``. A SQLite file made for nothing is removed."""

    def __init__(self, dialect: Dialect, database: str | Path, *, shared: bool = False) -> None:
        """Connect to a PostgreSQL URL or a SQLite file, which is made for its owner or shared."""
        self.dialect = dialect
        self._driver = adbc_driver(dialect.server)
        self._new_file: Path | None = None
        if isinstance(database, Path) and not database.exists():
            self._new_file = database
            _begin(database, shared)
        try:
            self._connection = self._driver.connect(str(database))
        except self._driver.Error as failure:
            raise refusal("connect to", dialect, failure) from None

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
        self._connection.close()
        # A file with anything in it was committed to, by somebody else meanwhile.
        if self._new_file and self._new_file.exists() and not self._new_file.stat().st_size:
            self._new_file.unlink(missing_ok=True)

    def execute(self, statement: str) -> None:
        """Run a statement; see ``Session``."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement)
        except self._driver.Error as failure:
            raise refusal("write to", self.dialect, failure) from None

    def query(self, statement: str, widest: int = 0) -> pl.DataFrame:
        """Return rows; see ``Session``."""
        try:
            with self._connection.cursor() as cursor:
                if self.dialect is SQLITE:
                    cursor.adbc_statement.set_options(**_ONE_BATCH)
                cursor.execute(statement)
                found = pl.from_arrow(cursor.fetch_arrow_table())
        except (self._driver.Error, pa.ArrowException) as failure:
            raise refusal("read from", self.dialect, failure) from None
        assert isinstance(found, pl.DataFrame)  # noqa: S101 - a table gives a frame
        return found

    def load(self, name: str, rows: pl.DataFrame) -> None:
        """Append rows; see ``Session``."""
        temporary = name in (self.dialect.work, self.dialect.edits)
        try:
            with self._connection.cursor() as cursor:
                cursor.adbc_ingest(name, rows.to_arrow(), mode="append", temporary=temporary)
        except self._driver.Error as failure:
            raise refusal("write to", self.dialect, failure) from None

    def commit(self) -> None:
        """Commit; see ``Session``."""
        try:
            self._connection.commit()
            self._new_file = None
        except self._driver.Error as failure:
            raise refusal("commit to", self.dialect, failure) from None


def refusal(doing: str, dialect: Dialect, failure: BaseException) -> OutputError:
    """Return the error for what a server refused, without repeating what it said."""
    return OutputError(
        f"cannot {doing} the {dialect.server} target: {reason(failure)}. Nothing was staged."
    )


def _begin(file: Path, shared: bool) -> None:
    """Make an empty file, which is a database to SQLite; what cannot be made SQLite says."""
    with suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o666 if shared else FILE))
