"""CREATE TABLE in the types of the spec, which are those of SQL Server (System C)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from scrambler.ssd import ColumnSpec
from scrambler.ssd.sql_types import sql_type


def create_table(
    name: str, schema: pa.Schema, spec: Mapping[str, ColumnSpec], server: str, within: str = ""
) -> str:
    """Return the statement that creates a table on ``server`` (``sqlite`` or ``postgresql``).

    ``within`` is the schema of the server, where it is not the connection's own. There are no keys
    and no NOT NULL: the data may hold the faults that real data holds. SQLite gets the spec's own
    names of types, as copies of real datasets have them.
    """
    columns = ", ".join(
        f"{quoted(field.name)} {_type(field, spec.get(field.name), server)}" for field in schema
    )
    place = f"{quoted(within)}." if within else ""
    return f"CREATE TABLE {place}{quoted(name)} ({columns})"


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def _type(field: pa.Field, column: ColumnSpec | None, server: str) -> str:
    """Return the type of a column: the spec's, but for ids that a source holds as integers."""
    if pa.types.is_integer(field.type) and (column is None or column.dtype == pl.String):
        return "integer" if field.type.bit_width <= 32 else "bigint"
    return (column.declared if column else sql_type(_own_type(field.type))).on(server)


def _own_type(held: pa.DataType) -> str:
    """Return the type of a column that the spec lacks."""
    if pa.types.is_timestamp(held):
        return "DATETIME"
    if pa.types.is_date(held):
        return "DATE"
    if pa.types.is_boolean(held):
        return "BIT"
    return "FLOAT" if pa.types.is_floating(held) else "NVARCHAR(MAX)"
