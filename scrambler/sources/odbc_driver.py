"""What sources and staging know alike of ODBC: the driver's options, logins, and what answers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from scrambler.errors import ScramblerError
from scrambler.sources.encryption import secured_odbc
from scrambler.sources.failures import reason

_CHUNK_BYTES = 64 << 20
_MOST_ROWS = 1000
_FEW = 1000
_PATIENCE_SECONDS = 15

# PostgreSQL's driver says that no text is longer than this, and would cut to 8190 otherwise; and it
# would give booleans as text.
_WIDE = "MaxLongVarcharSize=134217728;BoolsAsChar=0;"

# By server, asked in this order; arrow-odbc does not pass on what the driver calls its server.
_PROBES = {
    "mssql": "SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT) AS known",
    "postgresql": "SELECT CAST(current_setting('server_version_num') AS INTEGER) AS known",
}


class OdbcDriver:
    """Logs in to SQL Server or PostgreSQL with one connection string.

    ``refused`` makes an error of a message. ``errors`` are what a call of the driver may raise;
    ``plain`` says that the string asks for no encryption.
    """

    def __init__(
        self, connection: str, refused: type[ScramblerError], *, autocommit: bool = False
    ) -> None:
        """Load the driver manager; no login yet."""
        try:
            import arrow_odbc
        except (ImportError, OSError):  # the package is there, but the driver manager is not
            raise refused(
                "odbc: needs the package arrow-odbc and, but on Windows, unixODBC: install "
                "ssd-scrambler[odbc]"
            ) from None
        secured = secured_odbc(connection)
        self.plain = secured.plain
        self.errors: tuple[type[Exception], ...] = (arrow_odbc.Error, pa.ArrowException)
        self._location, self._connect = secured.location, arrow_odbc.connect
        self._refused, self._autocommit = refused, autocommit

    def open(self) -> Any:
        """Log in; what was opened before `answering` may not take long texts."""
        try:
            return self._connect(
                self._location, login_timeout_sec=_PATIENCE_SECONDS, autocommit=self._autocommit
            )
        except self.errors as failure:
            raise self._refused(f"cannot connect over ODBC: {reason(failure)}") from None

    def answering(self) -> tuple[str, Any]:
        """Log in, and return which server it is, as dialects call it, and the connection."""
        opened = self.open()
        for server, probe in _PROBES.items():
            try:
                self.read(opened, probe)
            except self.errors:
                if not self._autocommit:
                    with suppress(*self.errors):
                        opened.rollback()  # what failed takes no other question
                continue
            if server == "postgresql":
                del opened
                self._location += _WIDE
                opened = self.open()
            return server, opened
        raise self._refused("what answers over ODBC is neither SQL Server nor PostgreSQL")

    def read(self, connection: Any, statement: str, widest: int = 0) -> pl.DataFrame:
        """Return the rows of a query, whose texts have ``widest`` bytes at most, or a few."""
        reader = connection.read_arrow_batches(
            statement,
            batch_size=_FEW,
            max_bytes_per_batch=_CHUNK_BYTES,
            max_text_size=max(widest, _FEW),
            max_binary_size=32,
            fetch_concurrently=False,
        )
        found = pl.from_arrow(pa.Table.from_batches(list(reader), reader.schema))
        assert isinstance(found, pl.DataFrame)  # noqa: S101 - a table gives a frame
        return found

    def append(self, connection: Any, place: str, rows: pa.Table) -> None:
        """Add rows to the table ``place``, columns by name, for those who may write."""
        if not rows.num_rows:
            return
        rows = _insertable(rows)
        texts = [column for column in rows.columns if pa.types.is_string(column.type)]
        widest = [pc.max(pc.binary_length(column)).as_py() or 0 for column in texts]
        # The driver's buffer has a place of the greatest width for every row of a chunk.
        chunk = max(1, min(_MOST_ROWS, _CHUNK_BYTES // (sum(widest) + 1)))
        connection.from_table_to_db(rows, place, chunk)


def _insertable(rows: pa.Table) -> pa.Table:
    """Return Arrow of the types that arrow-odbc can insert: it knows no large binaries."""
    kinds = {pa.large_binary(): pa.binary(), pa.large_string(): pa.string()}
    fields = [pa.field(field.name, kinds.get(field.type, field.type)) for field in rows.schema]
    return rows.cast(pa.schema(fields))
