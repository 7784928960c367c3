"""Tables in a database through ADBC: Arrow in, in one transaction, with the manifest beside them.

The manifest stands in a table of its own, by which an output is known to be ours::

    scrambler_manifest
    made_by        manifest
    ssd-scrambler  {"format": ..., "tables": {"ssd_person": ...}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

import polars as pl
import pyarrow as pa

from scrambler.errors import OutputError
from scrambler.sinks.ddl import create_table, quoted
from scrambler.sinks.ownership import manifest_of
from scrambler.sinks.sink import PartFile, typed
from scrambler.sources.adbc import adbc_driver
from scrambler.sources.failures import reason
from scrambler.sources.location import secured_url
from scrambler.ssd import ssd

MANIFEST_TABLE = "scrambler_manifest"
MADE_BY = "ssd-scrambler"

_RELATIONS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')",
    "postgresql": (
        "SELECT relname::text AS name FROM pg_class WHERE relnamespace = "
        "(SELECT oid FROM pg_namespace WHERE nspname = {within}) "
        "AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
    ),
}


class Connection:
    """One connection with one transaction, on which threads take turns.

    Every method raises OutputError, free of values and credentials, when the server refuses.
    """

    def __init__(self, server: str, database: str) -> None:
        """Connect to a PostgreSQL URL or a SQLite file."""
        self.server = server
        self._driver = adbc_driver(server)
        self._turn = Lock()
        with self.refusals("connect to"):
            self._connection = self._driver.connect(
                secured_url(database).location if server == "postgresql" else database
            )

    @contextmanager
    def refusals(self, doing: str) -> Iterator[None]:
        """Turn what the server says into OutputError, without repeating it."""
        try:
            yield
        except self._driver.Error as failure:
            why = (
                "a value does not fit its column"
                if isinstance(failure, self._driver.DataError)
                else reason(failure)
            )
            raise OutputError(
                f"cannot {doing} the {self.server} database: {why}. Nothing was committed"
            ) from None

    def execute(self, statement: str, doing: str = "write to") -> None:
        """Run a statement without a result."""
        with self._turn, self.refusals(doing), self._connection.cursor() as cursor:
            cursor.execute(statement)

    def query(self, statement: str) -> pl.DataFrame:
        """Return the rows of a query, which are few."""
        with self._turn, self.refusals("read from"), self._connection.cursor() as cursor:
            cursor.execute(statement)
            found = pl.from_arrow(cursor.fetch_arrow_table())
        assert isinstance(found, pl.DataFrame)  # noqa: S101 - a table gives a frame
        return found

    def append(self, table: str, rows: pa.Table, within: str = "", mode: Any = "append") -> None:
        """Add rows to a table in bulk; columns by name."""
        options: dict[str, Any] = {"db_schema_name": within} if within else {}
        doing = f"write table {table} to"
        with self._turn, self.refusals(doing), self._connection.cursor() as cursor:
            cursor.adbc_ingest(table, rows, mode=mode, **options)

    def relations(self, within: str = "") -> set[str]:
        """Return the names of all tables, views and sequences, of one schema where there are."""
        return {*self.query(_RELATIONS[self.server].format(within=literal(within)))["name"]}

    def read_manifest(self, within: str = "") -> dict[str, Any] | None:
        """Return the manifest of an output; None where there is none of ours."""
        if MANIFEST_TABLE not in self.relations(within):
            return None
        place = f"{quoted(within)}." if within else ""
        found = self.query(f"SELECT * FROM {place}{MANIFEST_TABLE}")  # noqa: S608 - quoted
        if found.columns != ["made_by", "manifest"] or found.height != 1:
            return None
        made_by, text = found.row(0)
        return manifest_of(str(text)) if made_by == MADE_BY else None

    def write_manifest(self, manifest: object, within: str = "") -> None:
        """Make the manifest's table."""
        row = pa.table({"made_by": [MADE_BY], "manifest": [json.dumps(manifest)]})
        self.append(MANIFEST_TABLE, row, within, "create")

    def commit(self) -> None:
        """Make everything since the connection visible at once."""
        with self._turn, self.refusals("commit to"):
            self._connection.commit()

    def close(self) -> None:
        """Roll back what was not committed, and disconnect."""
        self._connection.close()


def literal(text: str) -> str:
    """Return ``text`` as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def refuse_unknown(manifest: Mapping[str, Any], relations: set[str], place: str) -> None:
    """OutputError where tables stand in an output that its manifest does not name."""
    if unknown := len(relations - {MANIFEST_TABLE, *manifest["tables"]}):
        raise OutputError(
            f"{place} holds {unknown} tables or views that no run wrote, and replacing it would "
            "remove them. Move them elsewhere, then run again."
        )


class DatabaseWriter:
    """Appends the batches of one table; see ``Writer``."""

    def __init__(
        self,
        connection: Connection,
        name: str,
        schema: pa.Schema,
        within: str = "",
        aside: str | None = None,
    ) -> None:
        """Create the table, empty; ``aside`` is its name until the commit."""
        self._connection = connection
        self._name = name
        self._schema = schema
        self._within = within
        self._aside = aside or name
        self.parts = [PartFile(name, 0, "")]
        spec = ssd().tables.get(name)
        statement = create_table(
            self._aside, schema, spec.columns if spec else {}, connection.server, within
        )
        connection.execute(statement, f"create table {name} in")

    def write(self, frame: pl.DataFrame) -> None:
        """Append a batch; see ``Writer``."""
        rows = typed(self._name, frame, self._schema)
        if self._connection.server == "sqlite":
            # It has no type for days and times: they are text, in the form of its own functions.
            held = pl.DataFrame(rows)
            rows = held.with_columns(
                pl.selectors.datetime().dt.strftime("%Y-%m-%d %H:%M:%S"),
                pl.selectors.date().dt.strftime("%Y-%m-%d"),
            ).to_arrow()
        self._connection.append(self._aside, rows, self._within)
        self.parts = [PartFile(self._name, self.parts[0].rows + len(rows), "")]
