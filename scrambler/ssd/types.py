"""The types that everything hangs on: what a table, a column, a domain and a code list are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from scrambler.ssd.missing import MissingCodes
from scrambler.ssd.sql_types import SqlType, sql_type


@dataclass(frozen=True)
class ColumnSpec:
    """One column as columns.csv describes it.

    ``sql_type`` is the System C type; ``references`` is (table, column) or None; ``domain`` is the
    id domain of an identifier; ``code_list`` names the list of a code or flag; ``kind`` is one of
    the kinds of columns.csv; ``in_ddl`` is false for a name that only the yml has.
    """

    table: str
    name: str
    sql_type: str
    nullable: bool
    primary_key: bool
    references: tuple[str, str] | None
    kind: str
    code_list: str | None
    domain: str | None
    in_ddl: bool
    notes: str

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of this column in every output, whatever the source held."""
        return self.declared.dtype

    @property
    def width(self) -> int | None:
        """Characters the column holds; None for MAX and for types that are not text."""
        return self.declared.width

    @property
    def declared(self) -> SqlType:
        """The type that the DDL declares."""
        return sql_type(self.sql_type)

    def __str__(self) -> str:
        """``table.column``, the form messages use."""
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Hop:
    """One step of a route to the child: ``column`` holds a value of ``table.key``."""

    column: str
    table: str
    key: str


@dataclass(frozen=True)
class Route:
    """A way from a row to its child: ``hops``, then the column ``subject`` with the person id.

    Without hops the row itself holds ``subject``; else the table of the last hop does.
    """

    hops: tuple[Hop, ...]
    subject: str

    @property
    def start(self) -> str:
        """The column of the row that the route sets out from."""
        return self.hops[0].column if self.hops else self.subject


@dataclass(frozen=True)
class TableSpec:
    """One table: its columns in DDL order, its key, and how a row finds its child.

    ``routes`` are tried in order until one finds a child; a table without routes is about
    nobody's child. ``leftover`` tables hold, or confirm, real records as somebody else put them
    together.
    """

    name: str
    columns: Mapping[str, ColumnSpec]
    primary_key: tuple[str, ...]
    routes: tuple[Route, ...]
    grain: str
    notes: str
    leftover: bool = False


@dataclass(frozen=True)
class CodeList:
    """A code list: ``codes`` to draw from, ``labels`` beside them, ``alternates`` only recognised.

    ``alternates`` (code -> label) are the forms that code_lists.csv marks so: a source may hold
    them, the scrambler never draws them. ``lists`` names for each code who has it on a list: SSD,
    payload, CIN, SSDA903. ``since`` and ``until`` are the first and the last day on which all of
    these do, of the codes for which there is such a day.
    """

    name: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    alternates: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: Mapping[str, date] = field(default_factory=dict)
    until: Mapping[str, date] = field(default_factory=dict)

    @property
    def turns(self) -> tuple[date, ...]:
        """The days on which another choice of the codes comes into use."""
        after = {day + timedelta(days=1) for day in self.until.values()}
        return tuple(sorted({*self.since.values(), *after}))

    def in_use(self, code: str, turn: int) -> bool:
        """Return whether all lists have a code once ``turn`` of the ``turns`` were reached."""
        reached = self.turns[:turn]
        begun = code not in self.since or self.since[code] in reached
        return begun and not any(day > self.until.get(code, date.max) for day in reached)


@dataclass(frozen=True)
class Domain:
    """An id domain: columns of one domain share one map from identifier to pseudonym.

    ``map`` is the domain whose subkey is used (its own name but for domains that share one);
    ``length`` is the most characters a pseudonym may have, ``least`` what a column of text must
    have room for; ``shape`` is ``hex``, ``text`` (not an
    identifier, but mapped like one) or a format that keeps its check digit (``upn``, ``nhs``,
    ``uln``, ``swe``, ``urn``, ``ni``).
    """

    name: str
    map: str
    length: int
    least: int
    shape: str
    why: str


@dataclass(frozen=True)
class OutcomeKeys:
    """The keys of a JSON column of flags: ``flags``, the ``count`` of them, and free ``comments``.

    ``count`` and ``comments`` are None where the column has no such key.
    """

    flags: tuple[str, ...]
    count: str | None
    comments: str | None

    @property
    def every(self) -> tuple[str, ...]:
        """All keys, in the order in which System C writes them."""
        return (*self.flags, *filter(None, (self.count, self.comments)))


@dataclass(frozen=True)
class Spec:
    """The whole dataset: tables, code lists and id domains by name.

    ``linked_types`` gives the id domain of a linked identifier by its type; ``outcomes`` the keys
    of each JSON column of flags by column name; ``missing`` the codes for nothing recorded.
    """

    tables: Mapping[str, TableSpec]
    code_lists: Mapping[str, CodeList]
    domains: Mapping[str, Domain]
    linked_types: Mapping[str, str]
    outcomes: Mapping[str, OutcomeKeys]
    missing: MissingCodes

    def column(self, table: str, name: str) -> ColumnSpec:
        """Return one column; KeyError when the spec has none of that name."""
        return self.tables[table].columns[name]
