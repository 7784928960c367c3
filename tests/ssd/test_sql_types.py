"""SQL types: one table says how each is read, written and declared."""

import adbc_driver_sqlite.dbapi
import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.ssd.sql_types import server_types, sql_type

# Microsoft's documentation of Transact-SQL types; PostgreSQL's of its own.
KNOWN = {
    "NVARCHAR(48)": (pl.String(), 48, "varchar(48)"),
    "NVARCHAR(MAX)": (pl.String(), None, "text"),
    "VARCHAR(7)": (pl.String(), 7, "varchar(7)"),
    "NCHAR(5)": (pl.String(), 5, "char(5)"),
    "CHAR(1)": (pl.String(), 1, "char(1)"),
    "DATETIME": (pl.Datetime("us"), None, "timestamp"),
    "DATE": (pl.Date(), None, "date"),
    "INT": (pl.Int32(), None, "integer"),
    "TINYINT": (pl.Int16(), None, "smallint"),
    "BIT": (pl.Boolean(), None, "boolean"),
    "FLOAT": (pl.Float64(), None, "double precision"),
    "BINARY(32)": (pl.Binary(), None, "bytea"),
}


@pytest.mark.parametrize("written", KNOWN)
def test_a_type_of_the_ddl(written: str) -> None:
    found = sql_type(written)
    assert (found.dtype, found.width, found.on("postgresql")) == KNOWN[written]
    assert found.on("mssql") == written


def test_every_type_of_the_columns_is_one_and_sqlite_takes_it() -> None:
    columns = [column for table in ssd().tables.values() for column in table.columns.values()]
    assert {column.sql_type.partition("(")[0] for column in columns} <= {
        written.partition("(")[0] for written in KNOWN
    }
    with adbc_driver_sqlite.dbapi.connect() as connection, connection.cursor() as cursor:
        for number, written in enumerate({column.declared.on("sqlite") for column in columns}):
            cursor.execute(f"CREATE TABLE t{number} (c {written})")


@pytest.mark.parametrize(
    "written", ["", "NVARCHAR", "NVARCHAR()", "NVARCHAR(x)", "INT(4)", "int", "TEXT", "INT; --"]
)
def test_what_is_no_type_of_the_ddl(written: str) -> None:
    with pytest.raises(ValueError, match="no type of the DDL"):
        sql_type(written)


def test_types_of_the_ddl_read_back_as_what_they_are_written_from() -> None:
    kinds = {"String": "text", "Datetime": "datetime", "Date": "date", "Boolean": "boolean"}
    kinds |= {"Int16": "integer", "Int32": "integer", "Float64": "float", "Binary": "binary"}
    for written in KNOWN:
        for server in ("mssql", "postgresql"):
            name = sql_type(written).on(server).partition("(")[0].lower()
            wanted = kinds[sql_type(written).dtype.base_type().__name__]
            assert server_types()[name][0] == wanted, (written, server)


def test_bits_are_those_of_integers() -> None:
    assert {name for name, (kind, bits) in server_types().items() if bits} == {
        name for name, (kind, _) in server_types().items() if kind == "integer"
    }
    assert server_types()["bigint"] == ("integer", 64)
    assert server_types()["int2"] == ("integer", 16)
