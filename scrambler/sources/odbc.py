"""Asks a database through ODBC: the very connection string that an authority has.

One login serves all that is asked one after the other; two tables that are read side by side have a
connection each, kept for those that follow. Each table is one statement whose rows are fetched as
they are wanted, so that a view is evaluated once. Where the database allows snapshots already, all
that a connection reads is of one moment. A view into another database that does not allow them ends
that: then each statement stands for itself, as elsewhere.
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
from scrambler.sources.dialect import Relation
from scrambler.sources.dialects import MSSQL, POSTGRESQL
from scrambler.sources.failures import codes_of
from scrambler.sources.odbc_driver import OdbcDriver

PREFIX = "odbc:"

_CHUNK_BYTES = 16 << 20
_NO_SNAPSHOT = "3952"
_MOST_BYTES_A_CHARACTER = 4
_DIALECTS = {dialect.server: dialect for dialect in (MSSQL, POSTGRESQL)}


def is_odbc(location: str) -> bool:
    """Return whether ``location`` is a connection string after ``odbc:``."""
    return location.lower().startswith(PREFIX)


class Odbc:
    """SQL Server or PostgreSQL over ODBC; see ``Connection``."""

    side_by_side = 2  # each is a login

    def __init__(self, location: str) -> None:
        """Log in once, and find out which server answers."""
        self._driver = OdbcDriver(location[len(PREFIX) :], SourceError, autocommit=True)
        self.plain = self._driver.plain
        server, connection = self._driver.answering()
        self.dialect = _DIALECTS[server]
        self._snapshot = self._allows_snapshots(connection)
        self._free = [self._begun(connection)]

    def query(self, statement: str, doing: str) -> pl.DataFrame:
        """Return the rows of a query; see ``Connection``."""
        try:
            with self._connection() as connection:
                return self._driver.read(connection, statement)
        except self._driver.errors as failure:
            if self._without_snapshot(failure):
                return self.query(statement, doing)
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
        widest, begun = self._widest(relation, columns, doing), False
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
                        begun = True
                        yield frame
                finally:
                    del reader  # with it its statement ends, and another can begin
        except self._driver.errors as failure:
            if begun or not self._without_snapshot(failure):
                raise refusal(doing, server, failure) from None
            yield from self.frames(relation, columns, batch_rows, extent)

    def _widest(self, relation: Relation, columns: Sequence[Declared], doing: str) -> int:
        """Return the most bytes that a text of these columns has, for the driver's buffers."""
        declared = max(column.width or 0 for column in columns)
        query = self.dialect.widest_query(relation, columns)
        held = self.query(query, doing).row(0) if query else ()
        found = (int(size or 0) for size in held)
        return max(_MOST_BYTES_A_CHARACTER * declared, *found, 64)

    def _without_snapshot(self, failure: BaseException) -> bool:
        """Return whether a snapshot was what failed; from now on there is none."""
        if not self._snapshot or _NO_SNAPSHOT not in codes_of(failure):
            return False
        self._snapshot = False
        self._free.clear()
        return True

    def _allows_snapshots(self, connection: Any) -> bool:
        if not self.dialect.snapshots:
            return False
        try:
            found = self._driver.read(connection, self.dialect.snapshots)
        except self._driver.errors:  # a server that is like SQL Server, as far as it goes
            return False
        return bool(found.height) and int(found.item() or 0) == 1

    def _begun(self, connection: Any) -> Any:
        """Return a connection that reads one state of the database, where there is such."""
        try:
            for statement in self.dialect.snapshot if self._snapshot else ():
                connection.execute(statement)
        except self._driver.errors as failure:
            raise refusal("begin to read", self.dialect.server, failure) from None
        return connection

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """Lend a connection that nobody reads from, a new one where there is none.

        It comes back unless something failed, also from a reader who was left half-way.
        """
        try:
            connection = self._free.pop()
        except IndexError:
            connection = self._begun(self._driver.open())
        try:
            yield connection
        except GeneratorExit:
            self._free.append(connection)
            raise
        self._free.append(connection)


def _doubles(schema: pa.Schema) -> pa.Schema:
    """Return the schema with double floats: every query asks for these, some drivers say less."""
    fields = [
        field.with_type(pa.float64()) if pa.types.is_floating(field.type) else field
        for field in schema
    ]
    return pa.schema(fields)
