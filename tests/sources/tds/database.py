"""Answers the few forms of SELECT that the program sends to SQL Server, from frames in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from scrambler.ssd import ssd
from tests.sources.tds.wire import Column, Value

_RELATION = re.compile(r"FROM \[([^]]+)\]\.\[([^]]+)\]")
_READ = re.compile(r"\[(\w+)\](?=,| FROM| AS \[)|AS \[(\w+)\]")
_BETWEEN = re.compile(r"BETWEEN (\d+) AND (\d+)")
_LITERAL = re.compile(r"= '([^']*)'")
_CATALOGUE = (
    *(Column(name, "NVARCHAR(128)") for name in ("table_name", "column_name", "data_type")),
    Column("in_key", "INT"),
    Column("addressed", "INT"),
)


@dataclass
class Database:
    """Tables of one schema with D2I's declared types; ``sent`` counts the rows that left."""

    frames: Mapping[str, pl.DataFrame] = field(repr=False)
    schema: str = "dbo"
    snapshots: int = 0
    sent: dict[str, int] = field(default_factory=dict)

    def answer(self, statement: str) -> tuple[Sequence[Column], Sequence[Sequence[Value]]]:
        """The columns and rows of a query; AssertionError for one that the program never sends."""
        statement = " ".join(statement.split())
        if statement in ("SELECT 1", "SELECT @@VERSION"):
            return [Column("", "INT")], [(1,)]
        if "snapshot_isolation_state" in statement:
            return [Column("allowed", "INT")], [(self.snapshots,)]
        if "SERVERPROPERTY" in statement:
            return [Column("known", "INT")], [(2,)]
        if "DATABASEPROPERTYEX" in statement:
            return [Column("folds", "INT")], [(1,)]
        if "INFORMATION_SCHEMA.COLUMNS" in statement:
            asked = _LITERAL.findall(statement)[-1]
            return _CATALOGUE, self._catalogue() if asked == self.schema else []
        if "INFORMATION_SCHEMA.TABLES" in statement:
            held = _LITERAL.findall(statement)[-1] in self.frames
            return [Column("table_schema", "NVARCHAR(128)")], [(self.schema,)] if held else []
        return self._of_table(statement)

    def _catalogue(self) -> list[Sequence[Value]]:
        return [
            (table, name, spec.sql_type.lower().replace("(max)", ""), int(spec.primary_key), 0)
            for table, frame in self.frames.items()
            for name, spec in ssd().tables[table].columns.items()
            if name in frame.columns
        ]

    def _of_table(self, statement: str) -> tuple[Sequence[Column], Sequence[Sequence[Value]]]:
        found = _RELATION.search(statement)
        assert found, statement
        assert found[1] == self.schema, statement
        frame, spec = self.frames[found[2]], ssd().tables[found[2]]
        if statement.startswith("SELECT COUNT_BIG(*)"):
            return [Column("n", "BIGINT"), Column("span", "BIGINT")], [(frame.height, 0)]
        if statement.startswith("SELECT MAX(DATALENGTH"):
            names = re.findall(r"DATALENGTH\((?:CAST\()?\[(\w+)\]", statement)
            widest = [frame[name].cast(pl.String).str.len_chars().max() for name in names]
            columns = [Column(f"w{at}", "BIGINT") for at in range(len(names))]
            sizes = [None if chars is None else 4 * int(str(chars)) for chars in widest]
            return columns, [sizes]
        if between := _BETWEEN.search(statement):
            names = re.findall(r"\[(\w+)\]", statement.partition(" FROM (")[0])
            first, last = map(int, between.groups())
            key = [name for name in spec.primary_key if name in frame.columns]
            frame = frame.sort(key or frame.columns).slice(first - 1, last - first + 1)
        else:
            assert statement.startswith("SELECT "), statement
            head = statement.partition(" FROM [")[0]
            names = [one or other for one, other in _READ.findall(head + " FROM")]
            names = list(dict.fromkeys(names))
        assert set(names) <= set(frame.columns), statement
        self.sent[found[2]] = self.sent.get(found[2], 0) + frame.height
        # As the program casts them: whole numbers to BIGINT.
        columns = [Column(name, _cast(spec.columns[name].sql_type)) for name in names]
        return columns, frame.select(names).rows()


def _cast(sql_type: str) -> str:
    return "BIGINT" if sql_type.endswith("INT") else sql_type
