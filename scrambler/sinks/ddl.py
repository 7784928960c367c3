"""CREATE TABLE for a table of the spec, whose types are those of SQL Server (System C)."""

from __future__ import annotations

from scrambler.ssd import ColumnSpec, TableSpec

_POSTGRESQL = {
    "NVARCHAR": "varchar",
    "VARCHAR": "varchar",
    "NCHAR": "char",
    "DATETIME": "timestamp",
    "DATE": "date",
    "INT": "integer",
    "TINYINT": "smallint",
    "BIT": "boolean",
    "FLOAT": "double precision",
    "BINARY": "bytea",
}


def create_table(table: TableSpec, server: str) -> str:
    """Return the statement that creates ``table`` on ``server`` (``sqlite`` or ``postgresql``).

    There are no keys and no NOT NULL: constructed data may hold the faults that real data holds.
    SQLite takes any type's name but no ``(MAX)``; it gets the spec's own, as copies of real
    datasets have them.
    """
    columns = ", ".join(
        f'"{name}" {_type(column, server)}' for name, column in table.columns.items()
    )
    return f'CREATE TABLE "{table.name}" ({columns})'


def _type(column: ColumnSpec, server: str) -> str:
    if server == "sqlite":
        return column.sql_type.replace("(MAX)", "")
    base = _POSTGRESQL[column.sql_type.split("(")[0]]
    if not base.endswith("char"):
        return base
    return f"{base}({column.width})" if column.width else "text"
