"""Fills a database over ODBC with constructed data: D2I's own tables where they stand.

A table that is there must be empty. It gets the columns that it has, and of rows with one key only
the first where it declares a primary key: constructed dirt repeats some, as authorities without
those keys have them::

    PRIMARY KEY (csdq_table_id)        the rows   4711 a, 4711 b, 4712 c
                                       written    4711 a, 4712 c

What is missing is made in the spec's types, in the schema that holds the others. All of it is one
transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow as pa

from scrambler.errors import OutputError
from scrambler.files.scratch import scratch_folder
from scrambler.sinks.ddl import create_table, quoted
from scrambler.sinks.sink import PartFile, typed
from scrambler.sources.database import DatabaseSource
from scrambler.sources.failures import reason
from scrambler.sources.odbc import PREFIX, Odbc
from scrambler.sources.odbc_driver import OdbcDriver
from scrambler.ssd import ssd


class OdbcSink:
    """Tables of SQL Server or PostgreSQL, for constructed data alone; see ``Sink``."""

    def __init__(self, location: str) -> None:
        """Touch nothing yet."""
        self._location = location
        self._held = ExitStack()
        self.scratch = self.out = Path()

    def __enter__(self) -> Self:
        """Connect, and look at what is there; see ``Sink``."""
        self._there = DatabaseSource(Odbc(self._location), None, "ssd_person")
        self._driver = OdbcDriver(self._location[len(PREFIX) :], OutputError)
        self._server, self._connection = self._driver.answering()
        self.scratch = self.out = self._held.enter_context(scratch_folder())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed; see ``Sink``."""
        with suppress(*self._driver.errors):
            self._connection.rollback()
        del self._connection
        self._held.close()

    @contextmanager
    def table(
        self,
        name: str,
        schema: pa.Schema,
        folder: str = "tables",
        *,
        no_dictionary: Collection[str] = (),
    ) -> Iterator[OdbcWriter]:
        """Stage one table; see ``Sink``. OutputError where it holds rows."""
        columns = self._there.tables().get(name.lower())
        if columns is None:
            statement = create_table(
                name, schema, ssd().tables[name].columns, self._server, self._there.schema
            )
            with self.refusals(f"create table {name} in"):
                self._connection.execute(statement)
            place, names, key = self._place(name), {one: one for one in schema.names}, []
        else:
            if self._there.count(name):
                raise OutputError(
                    f"table {name} of the {self._server} database holds rows, and nothing is ever "
                    "added to them; empty it, or choose another database"
                )
            place = self._place(self._there.spelled(name))
            held = {one: columns[one.lower()] for one in schema.names if one.lower() in columns}
            names = {one: column.name for one, column in held.items()}
            key = [one for one, column in held.items() if column.in_key]
        yield OdbcWriter(self, name, place, schema, names, key)

    def commit(self, manifest: Mapping[str, Any] | None) -> None:
        """Make all of it visible at once; see ``Sink``."""
        with self.refusals("commit to"):
            self._connection.commit()

    def append(self, place: str, rows: pa.Table, doing: str) -> None:
        """Add rows to a table; columns by name."""
        with self.refusals(doing):
            self._driver.append(self._connection, place, rows)

    @contextmanager
    def refusals(self, doing: str) -> Iterator[None]:
        """Turn what the server says into OutputError, without repeating it."""
        try:
            yield
        except self._driver.errors as failure:
            raise OutputError(
                f"cannot {doing} the {self._server} database: {reason(failure)}. Nothing was "
                "committed"
            ) from None

    def _place(self, table: str) -> str:
        within = self._there.schema
        return f"{quoted(within)}.{quoted(table)}" if within else quoted(table)


class OdbcWriter:
    """Appends the batches of one table; see ``Writer``."""

    def __init__(
        self,
        sink: OdbcSink,
        table: str,
        place: str,
        schema: pa.Schema,
        names: Mapping[str, str],
        key: list[str],
    ) -> None:
        """Write to ``place`` the columns of ``names``, which says how the table spells them.

        Of rows with one ``key`` the first is written; all of them where it is empty.
        """
        self._sink, self._table, self._place = sink, table, place
        self._schema, self._names, self._key = schema, names, key
        self.parts = [PartFile(table, 0, "")]

    def write(self, frame: pl.DataFrame) -> None:
        """Append a batch; see ``Writer``. Rows of one key are expected in one batch."""
        if self._key:
            frame = frame.unique(self._key, keep="first", maintain_order=True)
        rows = typed(self._table, frame, self._schema).select([*self._names])
        rows = rows.rename_columns([*self._names.values()])
        self._sink.append(self._place, rows, f"write table {self._table} to")
        self.parts = [PartFile(self._table, self.parts[0].rows + len(rows), "")]
