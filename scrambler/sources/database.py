"""The tables of one schema of a database, whatever driver asks for them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

import polars as pl

from scrambler.errors import SourceError
from scrambler.errors.redact import shown
from scrambler.keys.epoch import Ids
from scrambler.resources.prefetch import prefetched
from scrambler.sources.conform import asked, conformed
from scrambler.sources.declared import Declared
from scrambler.sources.dialect import Dialect, Relation
from scrambler.sources.failures import reason
from scrambler.sources.source import SourceColumn


class Connection(Protocol):
    """A way to ask one database. Every method raises SourceError, free of values and passwords.

    ``plain`` is whether it goes over a network unencrypted; ``side_by_side`` how many tables may be
    read at one time.
    """

    dialect: Dialect
    plain: bool
    side_by_side: int

    def query(self, statement: str, doing: str) -> pl.DataFrame:
        """Return the rows of a short query; ``doing`` says in an error what it was for."""
        ...

    def frames(
        self,
        relation: Relation,
        columns: Sequence[Declared],
        batch_rows: int,
        extent: Callable[[], tuple[int, int]],
    ) -> Generator[pl.DataFrame, None, None]:
        """Yield all rows of ``columns``; ``extent`` counts rows and addresses where asked."""
        ...


class DatabaseSource:
    """The tables of one schema; see ``Source``."""

    def __init__(self, connection: Connection, schema: str | None, wanted: str) -> None:
        """Read the catalogue of ``schema``, or of the schema that holds the table ``wanted``.

        Without ``schema`` that is the server's default, or else the only other one with ``wanted``.
        SourceError, naming the schemas, where there are several, and where another than ``schema``
        has it.
        """
        self._connection, self._dialect = connection, connection.dialect
        self.plain, self.schema_found = connection.plain, ""
        self.side_by_side = connection.side_by_side
        self._asked_for = asked_for = schema or self._dialect.default_schema or ""
        self._relations = self._catalogue(asked_for)
        if wanted not in self._relations and (others := self._schemas_with(wanted)):
            if schema or len(others) > 1:
                raise SourceError(
                    f"the schema {asked_for or 'of this user'} holds no {wanted}; "
                    f"{', '.join(map(shown, others))} does: choose with --schema"
                )
            self.schema_found = others[0]
            self._relations = self._catalogue(others[0])
        self._extents: dict[str, tuple[int, int]] = {}

    @property
    def server(self) -> str:
        """Return which server answers: ``sqlite``, ``postgresql``, ``mssql`` ..."""
        return self._dialect.server

    @property
    def schema(self) -> str:
        """Return the schema that is read; empty for the user's own."""
        return self.schema_found or self._asked_for

    @cached_property
    def ids(self) -> Ids | None:
        """Return how texts compare by the collation of the database; see ``Source``."""
        if not self._dialect.folds:
            return "exact"
        found = self._connection.query(self._dialect.folds, "ask for the collation of").row(0)
        return "fold" if int(found[0] or 0) else "exact"

    def spelled(self, table: str) -> str:
        """Return the name of ``table`` as the server spells it. SourceError without such."""
        return self._relation(table).name

    def ask(self, statement: str) -> pl.DataFrame:
        """Return the rows of a short query about the server itself."""
        return self._connection.query(statement, "ask")

    def tables(self) -> Mapping[str, Mapping[str, Declared]]:
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
        return prefetched(self._frames(relation, columns, batch_rows))

    def _frames(
        self, relation: Relation, columns: Sequence[str], batch_rows: int
    ) -> Generator[pl.DataFrame, None, None]:
        read = [relation.columns[name.lower()] for name in columns]
        typed = [
            SourceColumn(column.name, "text", None) if self._dialect.blank_row else column
            for column in read
        ]
        frames = self._connection.frames(relation, read, batch_rows, lambda: self._extent(relation))
        for frame in frames:
            # Rows lie unevenly over addresses, so a page can be a little long.
            yield from conformed(relation.name, frame, typed).iter_slices(batch_rows)

    def _extent(self, relation: Relation) -> tuple[int, int]:
        """Return the rows and addresses of a table, counted once where ranges are read.

        The last range has no end, so that rows which came meanwhile are read too. Where pages are
        numbered they would be left out: there every count is a new one.
        """
        if relation.name not in self._extents:
            query = self._dialect.extent_query(relation)
            found = self._connection.query(query, f"count table {relation.name} of").row(0)
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

    def _schemas_with(self, table: str) -> list[str]:
        query = self._dialect.schemas_query(table)
        if not query:
            return []
        found = self._connection.query(query, "list the schemas of")
        return found.to_series().cast(pl.String).sort().to_list()

    def _catalogue(self, schema: str | None) -> dict[str, Relation]:
        try:
            listed = self._listed(self._dialect.columns_query(schema), "list the tables of")
        except SourceError:
            if not self._dialect.names:
                raise
            return self._one_by_one()
        return self._described(schema, listed)

    def _listed(self, query: str, doing: str) -> pl.DataFrame:
        return self._connection.query(query, doing).slice(1 if self._dialect.blank_row else 0)

    def _one_by_one(self) -> dict[str, Relation]:
        """Ask only tables of the SSD for their columns; others are known by name."""
        found: dict[str, Relation] = {}
        for name in self._listed(self._dialect.names, "list the tables of")["table_name"]:
            if not name.lower().startswith("ssd_"):
                found[name.lower()] = Relation(None, name, {}, addressed=False)
                continue
            query = self._dialect.columns_of_query(name)
            try:
                found |= self._described(
                    None, self._listed(query, f"list the columns of {name} in")
                )
            except SourceError:
                raise SourceError(
                    f"cannot list the columns of {shown(name)} in the {self._dialect.server} "
                    "database: it is a view of something that is missing, or needs a module that "
                    "is not here; mend it or drop it"
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
                    f"lower case: see table {shown(str(name))} and its columns"
                )
            relations[relation.name.lower()] = relation
        return relations


def refusal(doing: str, server: str, failure: BaseException, answered: bool = False) -> SourceError:
    """Return the error for what a server refused, without repeating what it said."""
    return SourceError(f"cannot {doing} the {server} database: {reason(failure, answered)}")
