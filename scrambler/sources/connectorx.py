"""Reads a database through ConnectorX, one page a query.

ConnectorX reads as fast as it can whether or not anyone takes the rows, so memory is bounded by
asking for a page at a time. Each page is a query of its own: nothing may write to the tables
meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from socket import create_connection
from typing import Any

import adbc_driver_postgresql.dbapi
import polars as pl

from scrambler.errors import SourceError
from scrambler.sources.conform import asked, conformed
from scrambler.sources.dialect import Dialect, Relation
from scrambler.sources.dialects import DIALECTS
from scrambler.sources.failures import reason
from scrambler.sources.location import address, server_of, server_url, sqlite_path, sqlite_url
from scrambler.sources.prefetch import prefetched
from scrambler.sources.source import SourceColumn

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


class ConnectorXSource:
    """The tables of one schema of a database."""

    def __init__(self, location: str, schema: str | None = None) -> None:
        """Connect and read the catalogue. SourceError, free of credentials, when that fails."""
        server = server_of(location) or ""
        self._dialect: Dialect = DIALECTS[server]
        if server == "sqlite":
            if schema:
                raise SourceError("a SQLite file has no schemas; leave the schema out")
            path = sqlite_path(location)
            _check_sqlite(path)
            self._url = sqlite_url(path)
        else:
            self._url = server_url(location)
            _check_server(location)
        self._relations = self._catalogue(schema or self._dialect.default_schema)
        self._extents: dict[str, tuple[int, int]] = {}

    def tables(self) -> Mapping[str, Mapping[str, SourceColumn]]:
        """Return every table and view of the schema; see ``Source``."""
        return {key: relation.columns for key, relation in self._relations.items()}

    def count(self, table: str) -> int:
        """Return the rows of ``table``; see ``Source``."""
        rows, _ = self._extent(self._relation(table))
        return rows

    def read(self, table: str, columns: Sequence[str], batch_rows: int) -> Iterator[pl.DataFrame]:
        """Yield the rows of ``table`` while one more page is fetched; see ``Source``."""
        relation = self._relation(table)
        asked(table, relation.columns, columns)
        return prefetched(self._pages(relation, columns, batch_rows))

    def _pages(
        self, relation: Relation, columns: Sequence[str], batch_rows: int
    ) -> Generator[pl.DataFrame, None, None]:
        read = [relation.columns[name.lower()] for name in columns]
        typed = [
            SourceColumn(column.name, "text", None) if self._dialect.blank_row else column
            for column in read
        ]
        rows, span = self._extent(relation)
        for query in self._dialect.page_queries(relation, read, rows, span, batch_rows):
            # Rows lie unevenly over addresses, so a page can be a little long.
            yield from self._page(relation, query, typed).iter_slices(batch_rows)

    def _page(
        self, relation: Relation, query: str, columns: Sequence[SourceColumn]
    ) -> pl.DataFrame:
        page = self._query(query, f"read table {relation.name} of")
        return conformed(relation.name, page, columns)

    def _extent(self, relation: Relation) -> tuple[int, int]:
        """Return the rows and addresses of a table, counted once where ranges are read.

        The last range has no end, so that rows which came meanwhile are read too. Where pages are
        numbered they would be left out: there every count is a new one.
        """
        if relation.name not in self._extents:
            query = self._dialect.extent_query(relation)
            found = self._query(query, f"count table {relation.name} of", blank_row=False).row(0)
            rows, span = int(found[0]), int(found[1])
            if not self._dialect.ranged(rows, span):
                return rows, span
            self._extents[relation.name] = (rows, span)
        return self._extents[relation.name]

    def _relation(self, table: str) -> Relation:
        try:
            return self._relations[table.lower()]
        except KeyError:
            raise SourceError(
                f"the {self._dialect.server} database has no table {table} that this user may see"
            ) from None

    def _catalogue(self, schema: str | None) -> dict[str, Relation]:
        try:
            listed = self._query(self._dialect.columns_query(schema), "list the tables of")
        except SourceError:
            if not self._dialect.names:
                raise
            return self._one_by_one()
        return self._described(schema, listed)

    def _one_by_one(self) -> dict[str, Relation]:
        """Ask only tables of the SSD for their columns; others are known by name."""
        found: dict[str, Relation] = {}
        for name in self._query(self._dialect.names, "list the tables of")["table_name"]:
            if not name.lower().startswith("ssd_"):
                found[name.lower()] = Relation(None, name, {}, addressed=False)
                continue
            query = self._dialect.columns_of_query(name)
            try:
                found |= self._described(None, self._query(query, f"list the columns of {name} in"))
            except SourceError:
                raise SourceError(
                    f"cannot list the columns of {name} in the {self._dialect.server} database: it "
                    "is a view of something that is missing, or needs a module that is not here; "
                    "mend it or drop it"
                ) from None
        return found

    def _described(self, schema: str | None, listed: pl.DataFrame) -> dict[str, Relation]:
        listed = listed.rename(str.lower).cast({"in_key": pl.Boolean, "addressed": pl.Boolean})
        relations: dict[str, Relation] = {}
        for (name,), rows in listed.group_by("table_name", maintain_order=True):
            columns = {
                column.lower(): self._dialect.declared(column, data_type, in_key)
                for column, data_type, in_key in zip(
                    rows["column_name"], rows["data_type"], rows["in_key"], strict=True
                )
            }
            relation = Relation(schema, str(name), columns, bool(rows["addressed"][0]))
            if len(columns) < rows.height or relation.name.lower() in relations:
                raise SourceError(
                    f"the {self._dialect.server} database has names that differ only in upper and "
                    f"lower case: see table {name} and its columns"
                )
            relations[relation.name.lower()] = relation
        return relations

    def _query(self, query: str, doing: str, blank_row: bool | None = None) -> pl.DataFrame:
        try:
            # Not "arrow_stream": it meets an error half-way with a panic that writes to stderr.
            found: Any = pl.from_arrow(connectorx.read_sql(self._url, query, return_type="arrow"))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as failure:  # Rust panics are no Exception
            raise _refusal(doing, self._dialect.server, failure) from None
        first = self._dialect.blank_row if blank_row is None else blank_row
        frame: pl.DataFrame = found.slice(1) if first else found
        return frame


def _refusal(doing: str, server: str, failure: BaseException) -> SourceError:
    return SourceError(f"cannot {doing} the {server} database: {reason(failure)}")


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
        raise _refusal("read", "sqlite", failure) from None


def _check_server(location: str) -> None:
    """Fail at once and say why, where ConnectorX would retry for half a minute."""
    server = server_of(location) or ""
    host_and_port = address(location)
    if host_and_port:
        try:
            create_connection(host_and_port, timeout=_PATIENCE_SECONDS).close()
        except OSError:
            raise _refusal("reach", server, TimeoutError("timed out")) from None
    if server == "postgresql":
        try:
            adbc_driver_postgresql.dbapi.connect(location).close()
        except adbc_driver_postgresql.dbapi.Error as failure:
            raise _refusal("connect to", server, failure) from None
