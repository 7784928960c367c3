"""Asks a database through ODBC: the very connection string that an authority has.

One login serves all that is asked one after the other; two tables that are read side by side have a
connection each, kept for those that follow. Each table is one statement whose rows are fetched as
they are wanted, so that a view is evaluated once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
import pyarrow as pa

from scrambler.errors import SourceError
from scrambler.sources.database import refusal
from scrambler.sources.declared import Declared
from scrambler.sources.dialect import Dialect, Relation
from scrambler.sources.dialects import MSSQL, POSTGRESQL
from scrambler.sources.encryption import secured_odbc
from scrambler.sources.failures import reason

PREFIX = "odbc:"

_CHUNK_BYTES = 16 << 20
_FEW = 1000
_PATIENCE_SECONDS = 15
_MOST_BYTES_A_CHARACTER = 4

# PostgreSQL's driver says that no text is longer than this, and would cut to 8190 otherwise; and it
# would give booleans as text.
_WIDE = "MaxLongVarcharSize=134217728;BoolsAsChar=0;"

# Asked in this order; arrow-odbc does not pass on what the driver calls its server.
_PROBES = (
    (MSSQL, "SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT) AS known"),
    (POSTGRESQL, "SELECT CAST(current_setting('server_version_num') AS INTEGER) AS known"),
)


def is_odbc(location: str) -> bool:
    """Return whether ``location`` is a connection string after ``odbc:``."""
    return location.lower().startswith(PREFIX)


class Odbc:
    """SQL Server or PostgreSQL over ODBC; see ``Connection``."""

    side_by_side = 2  # each is a login

    def __init__(self, location: str) -> None:
        """Log in once, and find out which server answers."""
        try:
            import arrow_odbc
        except (ImportError, OSError):  # the package is there, but the driver manager is not
            raise SourceError(
                "odbc: sources need the package arrow-odbc and, but on Windows, unixODBC: install "
                "ssd-scrambler[odbc]"
            ) from None
        self._error: type[Exception] = arrow_odbc.Error
        self._connect: Any = arrow_odbc.connect
        secured = secured_odbc(location[len(PREFIX) :])
        self.plain = secured.plain
        self._location = secured.location
        self.dialect, connection = self._answering()
        self._free = [connection]

    def query(self, statement: str, doing: str) -> pl.DataFrame:
        """Return the rows of a query; see ``Connection``."""
        try:
            with self._connection() as connection:
                return self._read(connection, statement)
        except (self._error, pa.ArrowException) as failure:
            raise refusal(doing, self.dialect.server, failure) from None

    def frames(
        self,
        relation: Relation,
        columns: Sequence[Declared],
        batch_rows: int,
        extent: Callable[[], tuple[int, int]],
    ) -> Generator[pl.DataFrame, None, None]:
        """Yield what one statement finds, as it comes; see ``Connection``."""
        doing, server = f"read table {relation.name} of", self.dialect.server
        widest = self._widest(relation, columns, doing)
        try:
            with self._connection() as connection:
                reader = connection.read_arrow_batches(
                    self.dialect.table_query(relation, columns),
                    batch_size=batch_rows,
                    max_bytes_per_batch=_CHUNK_BYTES,
                    max_text_size=widest,
                    max_binary_size=1,
                    fetch_concurrently=False,
                    map_schema=_doubles,
                )
                try:
                    for batch in reader:
                        frame = pl.from_arrow(batch)
                        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a batch gives a frame
                        yield frame
                finally:
                    del reader  # with it its statement ends, and another can begin
        except (self._error, pa.ArrowException) as failure:
            raise refusal(doing, server, failure) from None

    def _widest(self, relation: Relation, columns: Sequence[Declared], doing: str) -> int:
        """Return the most bytes that a text of these columns has, for the driver's buffers."""
        declared = max(column.width or 0 for column in columns)
        query = self.dialect.widest_query(relation, columns)
        held = self.query(query, doing).row(0) if query else ()
        found = (int(size or 0) for size in held)
        return max(_MOST_BYTES_A_CHARACTER * declared, *found, 64)

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """Lend a connection that nobody reads from, a new one where there is none.

        It comes back unless something failed, also from a reader who was left half-way.
        """
        try:
            connection = self._free.pop()
        except IndexError:
            connection = self._open()
        try:
            yield connection
        except GeneratorExit:
            self._free.append(connection)
            raise
        self._free.append(connection)

    def _answering(self) -> tuple[Dialect, Any]:
        opened = self._open()
        for dialect, probe in _PROBES:
            try:
                self._read(opened, probe)
            except (self._error, pa.ArrowException):
                continue
            if dialect is POSTGRESQL:
                del opened
                self._location += _WIDE
                opened = self._open()
            return dialect, opened
        raise SourceError("what answers over ODBC is neither SQL Server nor PostgreSQL")

    def _open(self) -> Any:
        try:
            return self._connect(
                self._location, login_timeout_sec=_PATIENCE_SECONDS, autocommit=True
            )
        except self._error as failure:
            raise SourceError(f"cannot connect over ODBC: {reason(failure)}") from None

    def _read(self, connection: Any, statement: str) -> pl.DataFrame:
        reader = connection.read_arrow_batches(
            statement,
            batch_size=_FEW,
            max_text_size=_FEW,
            max_binary_size=1,
            fetch_concurrently=False,
        )
        found = pl.from_arrow(pa.Table.from_batches(list(reader), reader.schema))
        assert isinstance(found, pl.DataFrame)  # noqa: S101 - a table gives a frame
        return found


def _doubles(schema: pa.Schema) -> pa.Schema:
    """Return the schema with double floats: every query asks for these, some drivers say less."""
    fields = [
        field.with_type(pa.float64()) if pa.types.is_floating(field.type) else field
        for field in schema
    ]
    return pa.schema(fields)
