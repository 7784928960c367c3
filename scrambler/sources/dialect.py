"""How one database server is asked for its columns, its row counts and its pages.

A page is a range of row addresses or row numbers, so that no query ever holds a value of a record,
and the pages together hold every row once while nothing else writes to the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scrambler.errors import SourceError
from scrambler.errors.redact import shown
from scrambler.sources.declared import Declared, declared_column
from scrambler.sources.source import Kind

_SPARSE = 4


@dataclass(frozen=True)
class Relation:
    """A table or view as the server spells it; ``columns`` by lower-case name.

    ``addressed``: its rows have an address in storage that a query can range over.
    """

    schema: str | None
    name: str
    columns: Mapping[str, Declared]
    addressed: bool


@dataclass(frozen=True)
class Dialect:
    """The SQL of one server, as templates.

    ``catalogue`` lists table_name, column_name, data_type, in_key and addressed; ``{schema}`` is
    the schema as a SQL expression: ``default_schema`` or, without one, ``own_schema``, the
    expression for the schema that the server puts the user in. ``casts`` hold the expression that
    reads a column, ``exact`` for an exact decimal, else by declared type, else by kind, else the
    column itself. ``extent`` counts rows
    (``n``) and addresses (``span``). ``addresses`` selects by address from ``{first}`` on, and
    ``until`` adds the exclusive end; ``numbers`` selects rows ``{first}`` to ``{last}``,
    inclusive, from 1. ``names`` lists table_name alone and ``one`` narrows the catalogue to
    ``{name}``, for a server whose catalogue fails as a whole. ``blank_row``: a page starts with a
    row of empty text, to be dropped. ``schemas`` lists the schemas that hold the table ``{name}``.
    ``snapshots`` asks for 1 where the database lets transactions read one state of it, and
    ``snapshot`` begins one that does.
    ``folds`` asks for 1 where text compares without regard to case; without it, it never does.
    ``single`` are the types that are floats of 32 bits. ``bytes`` is what is never less than the
    UTF-8 bytes of the text ``{text}``.
    """

    server: str
    quotes: tuple[str, str]
    catalogue: str
    casts: Mapping[str, str]
    numbers: str
    kinds: Mapping[str, Kind]
    count: str = "SELECT COUNT(*) AS n, 0 AS span FROM {table}"
    default_schema: str | None = None
    own_schema: str = ""
    extent: str = ""
    addresses: str = ""
    until: str = ""
    unsortable: frozenset[str] = frozenset()
    names: str = ""
    one: str = ""
    blank_row: bool = False
    schemas: str = ""
    bytes: str = ""
    folds: str = ""
    snapshots: str = ""
    snapshot: tuple[str, ...] = ()
    single: frozenset[str] = frozenset()

    def quoted(self, name: str) -> str:
        """Return ``name`` as a quoted identifier."""
        opening, closing = self.quotes
        return opening + name.replace(closing, closing * 2) + closing

    def columns_query(self, schema: str | None) -> str:
        """Return the query that lists every column of every table and view of ``schema``."""
        return self.catalogue.format(schema=_literal(schema) if schema else self.own_schema)

    def schemas_query(self, table: str) -> str:
        """Return the query for the schemas with a table of that lower-case name, or nothing."""
        return self.schemas.format(name=_literal(table))

    def table_query(self, relation: Relation, columns: Sequence[Declared]) -> str:
        """Return the query for ``columns`` of all rows, in whatever order they come."""
        return self._fill("SELECT {columns} FROM {table}", relation, columns)

    def widest_query(self, relation: Relation, columns: Sequence[Declared]) -> str:
        """Return the query for the most bytes of each text without a width, or nothing."""
        read = [
            f"MAX({self.bytes.format(text=self._expression(column))}) AS w{place}"
            for place, column in enumerate(columns)
            if (column.type in ("text", "other") and column.width is None) or column.exact
        ]
        return f"SELECT {', '.join(read)} FROM {self._table(relation)}" if read else ""  # noqa: S608

    def columns_of_query(self, name: str) -> str:
        """Return the query that lists the columns of one table or view."""
        return self.catalogue + self.one.format(name=_literal(name))

    def declared(self, name: str, data_type: str, in_key: bool) -> Declared:
        """Return a column from what the catalogue says of it."""
        column = declared_column(name, data_type, in_key, self.kinds)
        return replace(column, width=32) if column.base in self.single else column

    def extent_query(self, relation: Relation) -> str:
        """Return the query for the rows (``n``) and the addresses (``span``, 0 without any)."""
        table = self._table(relation)
        template = self.extent if relation.addressed else self.count
        return template.format(table=table, literal=_literal(table))

    def ranged(self, rows: int, span: int) -> bool:
        """Return whether pages are ranges of addresses, the last of them without an end."""
        return bool(rows) and 0 < span <= _SPARSE * rows

    def page_queries(
        self,
        relation: Relation,
        columns: Sequence[Declared],
        rows: int,
        span: int,
        batch_rows: int,
    ) -> Iterator[str]:
        """Yield the queries that together read ``columns`` of all ``rows``.

        A page holds about ``batch_rows`` rows where addresses are ranged over (exactly so where
        an address is a row), else exactly. A table whose addresses are mostly empty is numbered.
        """
        if self.ranged(rows, span):
            step = max(1, batch_rows * span // max(rows, span))
            for first in range(0, span, step):
                # The last range has no end: it also finds what the extent did not know of.
                template = self.addresses + (self.until if first + step < span else "")
                yield self._fill(template, relation, columns, first=first, last=first + step)
        else:
            for before in range(0, rows, batch_rows):
                bounds = {"first": before + 1, "last": before + batch_rows}
                yield self._fill(
                    self.numbers, relation, columns, before=before, size=batch_rows, **bounds
                )

    def _fill(
        self, template: str, relation: Relation, columns: Sequence[Declared], **bounds: int
    ) -> str:
        names = [self.quoted(column.name) for column in columns]
        read = [
            name if expression == name else f"{expression} AS {name}"
            for name, expression in zip(names, map(self._expression, columns), strict=True)
        ]
        return template.format(
            table=self._table(relation),
            names=", ".join(names),
            columns=", ".join(read),
            blanks=", ".join(f"'' AS {name}" for name in names),
            order=self._order(relation) if "{order}" in template else "",
            **bounds,
        )

    def _expression(self, column: Declared) -> str:
        names = (*(("exact",) if column.exact else ()), column.base, column.type)
        template = next((self.casts[name] for name in names if name in self.casts), "{column}")
        return template.format(column=self.quoted(column.name))

    def _order(self, relation: Relation) -> str:
        columns = list(relation.columns.values())
        key = [self.quoted(column.name) for column in columns if column.in_key]
        # Without a key all columns are sorted by: rows that then tie are copies of each other.
        order = key or [
            self._expression(column) for column in columns if column.base not in self.unsortable
        ]
        if not order:
            raise SourceError(
                f"table {shown(relation.name)} has neither a primary key nor a column to sort by, "
                "so it cannot be read in pages; give it a primary key"
            )
        return ", ".join(order)

    def _table(self, relation: Relation) -> str:
        name = self.quoted(relation.name)
        return f"{self.quoted(relation.schema)}.{name}" if relation.schema else name


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
