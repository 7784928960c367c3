"""CREATE TABLE for a table of the spec, whose types are those of SQL Server (System C)."""

from __future__ import annotations

from scrambler.ssd import TableSpec


def create_table(table: TableSpec, server: str) -> str:
    """Return the statement that creates ``table`` on ``server`` (``sqlite`` or ``postgresql``).

    There are no keys and no NOT NULL: constructed data may hold the faults that real data holds.
    SQLite takes any type's name but no ``(MAX)``; it gets the spec's own, as copies of real
    datasets have them.
    """
    columns = ", ".join(
        f'"{name}" {column.declared.on(server)}' for name, column in table.columns.items()
    )
    return f'CREATE TABLE "{table.name}" ({columns})'
