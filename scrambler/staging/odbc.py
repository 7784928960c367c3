"""ODBC through arrow-odbc: the very connection string that an authority has for SQL Server."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow as pa

from scrambler.errors import OutputError
from scrambler.sources.encryption import secured_odbc
from scrambler.sources.failures import reason
from scrambler.staging.dialect import POSTGRESQL, SQL_SERVER, Dialect
from scrambler.staging.session import refusal

_CHUNK_BYTES = 64 << 20
_MOST_ROWS = 1000
_PATIENCE_SECONDS = 15

# PostgreSQL's driver says that no text is longer than this, and would cut to 8190 otherwise.
_WIDE = ";MaxLongVarcharSize=134217728"

# Asked in this order; arrow-odbc does not pass on what the driver calls its server.
_PROBES = (
    (SQL_SERVER, "SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT) AS known"),
    (POSTGRESQL, "SELECT CAST(current_setting('server_version_num') AS INTEGER) AS known"),
)


class OdbcSession:
    """SQL Server or PostgreSQL over ODBC; see ``Session``."""

    def __init__(self, connection: str) -> None:
        """Connect and find out which server answers."""
        try:
            import arrow_odbc
        except (ImportError, OSError):  # the package is there, but the driver manager is not
            raise OutputError(
                "odbc: targets need the package arrow-odbc and, but on Windows, unixODBC: install "
                "ssd-scrambler[odbc]"
            ) from None
        self._error: type[Exception] = arrow_odbc.Error
        self._connect: Any = arrow_odbc.connect
        self.dialect, self._connection = self._answering(secured_odbc(connection).location)

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
        except self._error as failure:
            # A broken connection has rolled back by itself; only a clean exit must hear of it.
            if error is None:
                raise refusal("close", self.dialect, failure) from None
        finally:
            del self._connection

    def execute(self, statement: str) -> None:
        """Run a statement; see ``Session``."""
        try:
            self._connection.execute(statement)
        except self._error as failure:
            raise refusal("write to", self.dialect, failure) from None

    def query(self, statement: str, widest: int = 0) -> pl.DataFrame:
        """Return rows; see ``Session``."""
        try:
            return self._read(self._connection, statement, widest)
        except (self._error, pa.ArrowException) as failure:
            raise refusal("read from", self.dialect, failure) from None

    def load(self, name: str, rows: pl.DataFrame) -> None:
        """Append rows; see ``Session``."""
        texts = rows.select(pl.col(pl.String).str.len_bytes().max())
        # The driver's buffer has a place of the greatest width for every row of a chunk.
        width = sum(size or 0 for size in texts.row(0)) + 1
        chunk = max(1, min(_MOST_ROWS, _CHUNK_BYTES // width))
        try:
            self._connection.from_table_to_db(_insertable(rows), name, chunk)
        except self._error as failure:
            raise refusal("write to", self.dialect, failure) from None

    def commit(self) -> None:
        """Commit; see ``Session``."""
        try:
            self._connection.commit()
        except self._error as failure:
            raise refusal("commit to", self.dialect, failure) from None

    def _answering(self, location: str) -> tuple[Dialect, Any]:
        for dialect, probe in _PROBES:
            connection = self._open(location)
            try:
                self._read(connection, probe, 0)
            except self._error:
                continue
            return dialect, self._open(location + _WIDE) if dialect is POSTGRESQL else connection
        raise OutputError("the ODBC target is neither SQL Server nor PostgreSQL")

    def _open(self, location: str) -> Any:
        try:
            return self._connect(location, login_timeout_sec=_PATIENCE_SECONDS, autocommit=False)
        except self._error as failure:
            raise OutputError(
                f"cannot connect to the ODBC target: {reason(failure)}. Nothing was staged."
            ) from None

    def _read(self, connection: Any, statement: str, widest: int) -> pl.DataFrame:
        reader = connection.read_arrow_batches(
            statement,
            batch_size=_MOST_ROWS,
            max_bytes_per_batch=_CHUNK_BYTES,
            max_text_size=max(widest, 1),
            max_binary_size=32,
            fetch_concurrently=False,
        )
        found = pl.from_arrow(pa.Table.from_batches(list(reader), reader.schema))
        assert isinstance(found, pl.DataFrame)  # noqa: S101 - a table gives a frame
        return found


def _insertable(rows: pl.DataFrame) -> pa.Table:
    """Return Arrow of the types that arrow-odbc can insert: it knows no large binaries."""
    found = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = [
        pa.field(field.name, pa.binary() if pa.types.is_large_binary(field.type) else field.type)
        for field in found.schema
    ]
    return found.cast(pa.schema(fields))
