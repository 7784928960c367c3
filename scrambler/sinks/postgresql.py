"""Writes tables into a schema of PostgreSQL, in one transaction.

Nobody sees anything of it before the commit, and a death on the way leaves nothing at all. An
output that is replaced stays until the end, so the new tables have other names meanwhile::

    BEGIN; CREATE TABLE scrambled.ssd_person_incomplete ...; ...
    DROP TABLE scrambled.ssd_person;
    ALTER TABLE scrambled.ssd_person_incomplete RENAME TO ssd_person; COMMIT
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from scrambler.errors import OutputError
from scrambler.files.scratch import scratch_folder
from scrambler.sinks.database import (
    Connection,
    DatabaseWriter,
    literal,
    refuse_unknown,
)
from scrambler.sinks.ddl import quoted

SCHEMA = "scrambled"
"""Where a run writes, unless it is told another schema."""


class PostgresqlSink:
    """A schema of a PostgreSQL database; see ``Sink``."""

    def __init__(
        self,
        location: str,
        *,
        schema: str | None = None,
        replace: bool = False,
        constructed: bool = False,
    ) -> None:
        """Touch nothing yet.

        A run writes into ``schema``, `SCHEMA` without it; ``constructed`` data go beside what is in
        the connection's own, and replace nothing.
        """
        self._location = location
        self._schema = schema or ("" if constructed else SCHEMA)
        self._replace = replace
        self._constructed = constructed
        self._held = ExitStack()
        self._connection: Connection | None = None
        self._tables: set[str] = set()
        self._suffix = ""
        self.scratch = self.out = Path()

    def __enter__(self) -> Self:
        """Connect, and look at what is there; see ``Sink``."""
        with ExitStack() as stack:
            self._connection = connection = Connection("postgresql", self._location)
            stack.callback(connection.close)
            if not self._schema:
                self._schema = str(connection.query("SELECT current_schema()::text").item())
            self._lock()
            self._suffix = "_incomplete" if self._replaced() else ""
            if not self._exists():
                connection.execute(f"CREATE SCHEMA {quoted(self._schema)}", "make a schema in")
            self.scratch = self.out = stack.enter_context(scratch_folder())
            self._held = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed; see ``Sink``."""
        self._held.close()

    @contextmanager
    def table(
        self,
        name: str,
        schema: pa.Schema,
        folder: str = "tables",
        *,
        no_dictionary: Collection[str] = (),
    ) -> Iterator[DatabaseWriter]:
        """Stage one table; see ``Sink``. OutputError where constructed data would meet another."""
        if self._constructed and name in self._open.relations(self._schema):
            raise OutputError(
                f"the postgresql database has a table {name} already, and nothing is ever "
                "overwritten; choose an empty database"
            )
        self._tables.add(name)
        yield DatabaseWriter(self._open, name, schema, self._schema, name + self._suffix)

    def commit(self, manifest: Mapping[str, Any] | None) -> None:
        """Write the manifest last, take the old output's place, and commit; see ``Sink``."""
        connection, within = self._open, quoted(self._schema)
        if manifest is not None:
            old = self._replaced()  # whatever was put there since
            for table in sorted(old | (self._tables - {*manifest["tables"]})):
                connection.execute(
                    f"DROP TABLE {within}.{quoted(table)}",
                    "replace a table, which something else may need, in",
                )
            for table in self._tables if self._suffix else ():
                aside = f"{within}.{quoted(table + self._suffix)}"
                connection.execute(f"ALTER TABLE {aside} RENAME TO {quoted(table)}")
            connection.write_manifest(manifest, self._schema)
        connection.commit()

    @property
    def _open(self) -> Connection:
        assert self._connection is not None  # noqa: S101 - made when the sink was entered
        return self._connection

    def _lock(self) -> None:
        """Hold the schema until the transaction ends, however that is."""
        held = self._open.query(f"SELECT pg_try_advisory_xact_lock({key_of(self._schema)})")
        if not held.item():
            raise OutputError(f"Another run is writing the schema {self._schema}. Wait for it.")

    def _exists(self) -> bool:
        name = literal(self._schema)
        found = self._open.query(f"SELECT count(*) FROM pg_namespace WHERE nspname = {name}")  # noqa: S608
        return bool(found.item())

    def _replaced(self) -> set[str]:
        """Return the tables of the output that is replaced; OutputError where it may not be."""
        mine = {table + self._suffix for table in self._tables}
        relations = self._open.relations(self._schema) - mine
        if not relations or self._constructed:
            return set()
        manifest = self._open.read_manifest(self._schema)
        if manifest is None:
            raise OutputError(
                f"The schema {self._schema} holds {len(relations)} tables or views that no run "
                "wrote. They are never touched: choose another schema with --out-schema."
            )
        if not self._replace:
            raise OutputError(
                f"The schema {self._schema} holds an output already. Choose another with "
                "--out-schema, or replace it with --replace."
            )
        refuse_unknown(manifest, relations, f"The schema {self._schema}")
        return relations


def key_of(schema: str) -> str:
    """Return the number of the lock that a run holds on a schema, as SQL."""
    return f"hashtextextended({literal(f'scrambler {schema}')}, 0)"
