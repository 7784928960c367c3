from __future__ import annotations

import pytest

from scrambler.errors import SourceError
from scrambler.sources.declared import declared_column
from scrambler.sources.dialect import Dialect, Relation
from scrambler.sources.dialects import DIALECTS, MSSQL, MYSQL, ORACLE, POSTGRESQL, SQLITE

Column = tuple[str, str, bool]
KEYED: tuple[Column, ...] = (("Id", "int", True), ("Name", "varchar(48)", False))


def relation(
    dialect: Dialect,
    columns: tuple[Column, ...] = KEYED,
    schema: str | None = None,
    addressed: bool = False,
) -> Relation:
    declared = {name.lower(): dialect.declared(name, kind, key) for name, kind, key in columns}
    return Relation(schema, "Person", declared, addressed)


def pages(dialect: Dialect, table: Relation, rows: int, span: int = 0, size: int = 10) -> list[str]:
    return list(dialect.page_queries(table, list(table.columns.values()), rows, span, size))


def test_registry() -> None:
    assert list(DIALECTS) == ["sqlite", "postgresql", "mssql", "mysql", "oracle"]


def test_quotes_are_doubled() -> None:
    quoted = [dialect.quoted("a\"b]c`d'e") for dialect in DIALECTS.values()]
    assert quoted == [
        '"a""b]c`d\'e"',
        '"a""b]c`d\'e"',
        "[a\"b]]c`d'e]",
        "`a\"b]c``d'e`",
        '"a""b]c`d\'e"',
    ]


@pytest.mark.parametrize(
    ("dialect", "own", "named"),
    [
        (MSSQL, "c.TABLE_SCHEMA = 'dbo' ORDER", "c.TABLE_SCHEMA = 'o''ssd' ORDER"),
        (POSTGRESQL, "s.nspname = 'public' AND", "s.nspname = 'o''ssd' AND"),
        (MYSQL, "c.TABLE_SCHEMA = DATABASE() ORDER", "c.TABLE_SCHEMA = 'o''ssd' ORDER"),
        (
            ORACLE,
            "c.owner = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') ORDER",
            "c.owner = 'o''ssd' ORDER",
        ),
    ],
)
def test_columns_query(dialect: Dialect, own: str, named: str) -> None:
    assert own in dialect.columns_query(dialect.default_schema)
    assert named in dialect.columns_query("o'ssd")


def test_columns_query_of_sqlite() -> None:
    assert SQLITE.columns_query(None) == (
        "SELECT '' AS table_name, '' AS column_name, '' AS data_type, 0 AS in_key, 0 AS addressed"
        " UNION ALL SELECT t.name, c.name, c.type, c.pk > 0, t.type = 'table' AND t.wr = 0"
        " AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) WHERE lower(name) = 'rowid')"
        " FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c"
        r" WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'"
    )


@pytest.mark.parametrize(
    ("dialect", "schema", "addressed", "expected"),
    [
        (SQLITE, None, False, 'SELECT COUNT(*) AS n, 0 AS span FROM "Person"'),
        (
            *(SQLITE, None, True),
            'SELECT COUNT(*) AS n, COALESCE(MAX(rowid) - MIN(rowid) + 1, 0) AS span FROM "Person"',
        ),
        (POSTGRESQL, "s", False, 'SELECT COUNT(*) AS n, 0 AS span FROM "s"."Person"'),
        (
            *(POSTGRESQL, "s", True),
            'SELECT COUNT(*) AS n, pg_relation_size(CAST(\'"s"."Person"\' AS regclass))'
            ' / CAST(current_setting(\'block_size\') AS bigint) AS span FROM "s"."Person"',
        ),
        (
            *(MSSQL, "dbo", False),
            "SELECT COUNT_BIG(*) AS n, CAST(0 AS bigint) AS span FROM [dbo].[Person]",
        ),
        (MYSQL, None, False, "SELECT COUNT(*) AS n, 0 AS span FROM `Person`"),
        (ORACLE, "SSD", False, 'SELECT COUNT(*) AS n, 0 AS span FROM "SSD"."Person"'),
    ],
)
def test_extent_query(dialect: Dialect, schema: str, addressed: bool, expected: str) -> None:
    assert dialect.extent_query(relation(dialect, KEYED, schema, addressed)) == expected


def test_sqlite_pages() -> None:
    table = relation(SQLITE, (("Id", "char(9)", True), ("Name", "varchar(48)", False)), None, True)
    read = (
        "SELECT '' AS \"Id\", '' AS \"Name\" UNION ALL"
        ' SELECT CAST("Id" AS TEXT) AS "Id", CAST("Name" AS TEXT) AS "Name" FROM "Person"'
        ' WHERE rowid >= (SELECT MIN(rowid) FROM "Person") + '
    )
    assert pages(SQLITE, table, rows=12, span=15) == [
        read + '0 AND rowid < (SELECT MIN(rowid) FROM "Person") + 10',
        read + "10",
    ]
    numbered = (
        "SELECT '' AS \"Id\", '' AS \"Name\" UNION ALL SELECT * FROM"
        ' (SELECT CAST("Id" AS TEXT) AS "Id", CAST("Name" AS TEXT) AS "Name" FROM "Person"'
        " LIMIT 10 OFFSET "
    )
    assert pages(SQLITE, table, rows=12, span=99) == [numbered + "0)", numbered + "10)"]
    assert pages(SQLITE, table, rows=0) == []


def test_sqlite_floats_keep_17_digits() -> None:
    (page,) = pages(SQLITE, relation(SQLITE, (("Cost", "FLOAT", False),)), rows=1)
    assert (
        'SELECT CASE WHEN typeof("Cost") <> \'real\' THEN CAST("Cost" AS TEXT)'
        ' WHEN "Cost" = CAST("Cost" AS INTEGER) THEN CAST(CAST("Cost" AS INTEGER) AS TEXT)'
        ' ELSE printf(\'%!.17g\', "Cost") END AS "Cost" FROM "Person"' in page
    )


def test_postgresql_pages() -> None:
    columns: tuple[Column, ...] = (
        ("Id", "integer", True),
        ("At", "timestamp(3) with time zone", False),
        ("Doc", "jsonb", False),
        ("Name", "character varying(48)", False),
    )
    read = (
        'CAST("Id" AS bigint) AS "Id", ("At" AT TIME ZONE \'UTC\') AS "At",'
        ' CAST("Doc" AS text) AS "Doc", "Name"'
    )
    table = relation(POSTGRESQL, columns, "public", addressed=True)
    # 100 rows in 5 blocks are 20 a block, so 40 rows are 2 blocks.
    assert pages(POSTGRESQL, table, rows=100, span=5, size=40) == [
        f'SELECT {read} FROM "public"."Person" WHERE ctid >= CAST(\'(0,0)\' AS tid)'
        " AND ctid < CAST('(2,0)' AS tid)",
        f'SELECT {read} FROM "public"."Person" WHERE ctid >= CAST(\'(2,0)\' AS tid)'
        " AND ctid < CAST('(4,0)' AS tid)",
        f'SELECT {read} FROM "public"."Person" WHERE ctid >= CAST(\'(4,0)\' AS tid)',
    ]
    assert pages(POSTGRESQL, table, rows=15) == [
        f'SELECT "Id", "At", "Doc", "Name" FROM (SELECT {read}, ROW_NUMBER() OVER (ORDER BY "Id")'
        ' AS scrambler_row FROM "public"."Person") numbered'
        f" WHERE scrambler_row BETWEEN {first} AND {first + 9}"
        for first in (1, 11)
    ]


def test_mssql_pages() -> None:
    assert pages(MSSQL, relation(MSSQL, schema="dbo"), rows=11) == [
        "SELECT [Id], [Name] FROM (SELECT CAST([Id] AS bigint) AS [Id], [Name],"
        " ROW_NUMBER() OVER (ORDER BY [Id]) AS scrambler_row FROM [dbo].[Person]) numbered"
        f" WHERE scrambler_row BETWEEN {first} AND {first + 9}"
        for first in (1, 11)
    ]


def test_mysql_pages() -> None:
    columns: tuple[Column, ...] = (
        ("Id", "int unsigned", False),
        ("Flag", "tinyint(1)", False),
        ("Cost", "decimal(10,2)", False),
    )
    assert pages(MYSQL, relation(MYSQL, columns), rows=1) == [
        "SELECT `Id`, `Flag`, `Cost` FROM (SELECT CAST(`Id` AS SIGNED) AS `Id`,"
        " CAST(`Flag` AS SIGNED) AS `Flag`, (`Cost` + 0e0) AS `Cost`, ROW_NUMBER() OVER"
        " (ORDER BY CAST(`Id` AS SIGNED), CAST(`Flag` AS SIGNED), (`Cost` + 0e0))"
        " AS scrambler_row FROM `Person`) numbered WHERE scrambler_row BETWEEN 1 AND 10"
    ]


def test_oracle_pages() -> None:
    columns: tuple[Column, ...] = (
        ("ID", "NUMBER(10,0)", False),
        ("COST", "NUMBER(10,2)", False),
        ("NOTE", "CLOB", False),
        ("AT", "TIMESTAMP(6) WITH TIME ZONE", False),
    )
    at = 'CAST(SYS_EXTRACT_UTC("AT") AS TIMESTAMP)'
    cost = 'CAST("COST" AS BINARY_DOUBLE)'
    number = 'CAST("ID" AS NUMBER(18,0))'
    assert pages(ORACLE, relation(ORACLE, columns, "SSD"), rows=1) == [
        f'SELECT "ID", "COST", "NOTE", "AT" FROM (SELECT {number} AS "ID", {cost} AS "COST",'
        f' "NOTE", {at} AS "AT", ROW_NUMBER() OVER (ORDER BY {number}, {cost}, {at})'
        ' AS scrambler_row FROM "SSD"."Person") numbered WHERE scrambler_row BETWEEN 1 AND 10'
    ]


def test_a_table_that_nothing_can_sort() -> None:
    with pytest.raises(SourceError, match="primary key"):
        pages(ORACLE, relation(ORACLE, (("NOTE", "CLOB", False),)), rows=1)


@pytest.mark.parametrize(
    ("dialect", "data_type", "kind", "width"),
    [
        (MSSQL, "nvarchar(48)", "text", 48),
        (MSSQL, "nvarchar", "text", None),
        (MSSQL, "bit", "boolean", None),
        (MSSQL, "timestamp", "binary", None),
        (MSSQL, "decimal(18,0)", "integer", None),
        (MSSQL, "decimal(19,0)", "float", None),
        (MSSQL, "datetime2", "datetime", None),
        (MSSQL, "tinyint", "integer", 8),
        (MSSQL, "sql_variant", "other", None),
        (MYSQL, "tinyint(1)", "boolean", None),
        (MYSQL, "tinyint(4) unsigned", "integer", 8),
        (MYSQL, "bit(1)", "boolean", None),
        (MYSQL, "bit(8)", "other", None),
        (MYSQL, "enum('a','(b)')", "text", None),
        (ORACLE, "DATE", "datetime", None),
        (ORACLE, "VARCHAR2(20)", "text", 20),
        (ORACLE, "NUMBER", "float", None),
        (ORACLE, "NUMBER(38,0)", "float", None),
        (ORACLE, "TIMESTAMP(6)", "datetime", None),
        (POSTGRESQL, "timestamp(3) without time zone", "datetime", None),
        (POSTGRESQL, "bit(1)", "other", None),
        (POSTGRESQL, "integer[]", "other", None),
        (POSTGRESQL, "numeric(5,-2)", "integer", None),
        (SQLITE, "NVARCHAR (48)", "text", 48),
        (SQLITE, "", "other", None),
        (SQLITE, "BINARY(32)", "binary", None),
    ],
)
def test_declared_types(dialect: Dialect, data_type: str, kind: str, width: int | None) -> None:
    column = declared_column("a", data_type, False, dialect.kinds)
    assert (column.type, column.width) == (kind, width)


TM9 = """TO_CHAR("Id", 'TM9', 'NLS_NUMERIC_CHARACTERS = ''.,''') AS"""


@pytest.mark.parametrize(
    ("dialect", "data_type", "read"),
    [
        (POSTGRESQL, "numeric", 'CAST("Id" AS text) AS'),
        (POSTGRESQL, "numeric(19,0)", 'CAST("Id" AS text) AS'),
        (POSTGRESQL, "numeric(16,1)", 'CAST("Id" AS text) AS'),
        (POSTGRESQL, "numeric(15,1)", 'CAST("Id" AS double precision) AS'),
        (POSTGRESQL, "numeric(18,0)", 'CAST("Id" AS bigint) AS'),
        (MSSQL, "decimal(20,0)", "CAST([Id] AS nvarchar(60)) AS"),
        (MYSQL, "decimal(20,0) unsigned", "CAST(`Id` AS CHAR) AS"),
        (ORACLE, "NUMBER", TM9),
        (ORACLE, "NUMBER(38,0)", TM9),
        (ORACLE, "NUMBER(10,0)", 'CAST("Id" AS NUMBER(18,0)) AS'),
    ],
)
def test_a_decimal_is_read_so_that_no_two_values_meet(
    dialect: Dialect, data_type: str, read: str
) -> None:
    (page,) = pages(dialect, relation(dialect, (("Id", data_type, True),)), rows=1)
    assert read in page
