"""The five servers, each a literal. Only their SQL differs."""

from __future__ import annotations

from scrambler.sources.dialect import Dialect

_NUMBERED = (
    "SELECT {names} FROM (SELECT {columns}, ROW_NUMBER() OVER (ORDER BY {order}) AS scrambler_row"
    " FROM {table}) numbered WHERE scrambler_row BETWEEN {first} AND {last}"
)

# ConnectorX types a SQLite column by its first row and fails on a null there, while SQLite lets
# every row have a type of its own: hence text throughout, and a first row of empty text.
# 17 digits bring a float back exactly; CAST would give 15. A whole one is the text of its integer,
# as the same identifier is in a column of text.
_SQLITE_REAL = (
    "CASE WHEN typeof({column}) <> 'real' THEN CAST({column} AS TEXT)"
    " WHEN {column} = CAST({column} AS INTEGER) THEN CAST(CAST({column} AS INTEGER) AS TEXT)"
    " ELSE printf('%!.17g', {column}) END"
)
SQLITE = Dialect(
    server="sqlite",
    quotes=('"', '"'),
    catalogue=(
        "SELECT '' AS table_name, '' AS column_name, '' AS data_type, 0 AS in_key, 0 AS addressed"
        " UNION ALL SELECT t.name, c.name, c.type, c.pk > 0, t.type = 'table' AND t.wr = 0"
        " AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) WHERE lower(name) = 'rowid')"
        " FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c"
        " WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ),
    # A view of a table that is gone makes the catalogue fail for all.
    names=(
        "SELECT '' AS table_name UNION ALL SELECT name FROM pragma_table_list"
        " WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ),
    one=" AND t.name = {name}",
    casts={
        # Columns of these may hold numbers, whatever SQLite makes of their declared type.
        **dict.fromkeys(("float", "integer", "other"), _SQLITE_REAL),
        **dict.fromkeys(("uuid", "uniqueidentifier", "json", "jsonb", "xml"), _SQLITE_REAL),
        **dict.fromkeys(("text", "boolean", "datetime", "date"), "CAST({column} AS TEXT)"),
    },
    kinds={},
    extent=("SELECT COUNT(*) AS n, COALESCE(MAX(rowid) - MIN(rowid) + 1, 0) AS span FROM {table}"),
    addresses=(
        "SELECT {blanks} UNION ALL SELECT {columns} FROM {table}"
        " WHERE rowid >= (SELECT MIN(rowid) FROM {table}) + {first}"
    ),
    until=" AND rowid < (SELECT MIN(rowid) FROM {table}) + {last}",
    numbers=(
        "SELECT {blanks} UNION ALL"
        " SELECT * FROM (SELECT {columns} FROM {table} LIMIT {size} OFFSET {before})"
    ),
    blank_row=True,
)

POSTGRESQL = Dialect(
    server="postgresql",
    quotes=('"', '"'),
    default_schema="public",
    catalogue=(
        "SELECT CAST(t.relname AS text) AS table_name, CAST(c.attname AS text) AS column_name,"
        " format_type(c.atttypid, c.atttypmod) AS data_type,"
        " CAST(COALESCE(c.attnum = ANY (k.indkey), false) AS int) AS in_key,"
        " CAST(t.relkind IN ('r', 'm') AS int) AS addressed"
        " FROM pg_catalog.pg_class t"
        " JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace"
        " JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid"
        " LEFT JOIN pg_catalog.pg_index k ON k.indrelid = t.oid AND k.indisprimary"
        " WHERE s.nspname = {schema} AND t.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND c.attnum > 0 AND NOT c.attisdropped ORDER BY t.relname, c.attnum"
    ),
    casts={
        "integer": "CAST({column} AS bigint)",
        "float": "CAST({column} AS double precision)",
        "exact": "CAST({column} AS text)",
        "timestamp with time zone": "({column} AT TIME ZONE 'UTC')",
        **dict.fromkeys(
            ("uuid", "json", "jsonb", "xml", "citext", "other"), "CAST({column} AS text)"
        ),
    },
    kinds={"bit": "other", "money": "other"},
    single=frozenset({"real"}),
    extent=(
        "SELECT COUNT(*) AS n, pg_relation_size(CAST({literal} AS regclass))"
        " / CAST(current_setting('block_size') AS bigint) AS span FROM {table}"
    ),
    schemas=(
        "SELECT DISTINCT CAST(s.nspname AS text) AS table_schema FROM pg_catalog.pg_class t"
        " JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace"
        " WHERE lower(t.relname) = {name} AND t.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND s.nspname NOT LIKE 'pg\\_%'"
    ),
    bytes="octet_length({text})",
    addresses="SELECT {columns} FROM {table} WHERE ctid >= CAST('({first},0)' AS tid)",
    until=" AND ctid < CAST('({last},0)' AS tid)",
    numbers=_NUMBERED,
)

MSSQL = Dialect(
    server="mssql",
    quotes=("[", "]"),
    default_schema="dbo",
    catalogue=(
        "SELECT c.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name, c.DATA_TYPE"
        " + CASE WHEN c.CHARACTER_MAXIMUM_LENGTH > 0"
        " THEN '(' + CAST(c.CHARACTER_MAXIMUM_LENGTH AS varchar(12)) + ')'"
        " WHEN c.DATA_TYPE IN ('decimal', 'numeric')"
        " THEN '(' + CAST(c.NUMERIC_PRECISION AS varchar(12))"
        " + ',' + CAST(c.NUMERIC_SCALE AS varchar(12)) + ')'"
        " ELSE '' END AS data_type,"
        " CASE WHEN k.COLUMN_NAME IS NULL THEN 0 ELSE 1 END AS in_key, 0 AS addressed"
        " FROM INFORMATION_SCHEMA.COLUMNS c"
        " LEFT JOIN (SELECT u.TABLE_SCHEMA, u.TABLE_NAME, u.COLUMN_NAME"
        " FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE u"
        " JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS p"
        " ON p.CONSTRAINT_SCHEMA = u.CONSTRAINT_SCHEMA AND p.CONSTRAINT_NAME = u.CONSTRAINT_NAME"
        " WHERE p.CONSTRAINT_TYPE = 'PRIMARY KEY') k"
        " ON k.TABLE_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME"
        " AND k.COLUMN_NAME = c.COLUMN_NAME"
        " WHERE c.TABLE_SCHEMA = {schema} ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION"
    ),
    casts={
        "integer": "CAST({column} AS bigint)",
        "float": "CAST({column} AS float)",
        "exact": "CAST({column} AS nvarchar(60))",
        "datetimeoffset": "CAST(SWITCHOFFSET({column}, '+00:00') AS datetime2)",
        **dict.fromkeys(
            ("text", "ntext", "xml", "uniqueidentifier", "other"),
            "CAST({column} AS nvarchar(max))",
        ),
        **dict.fromkeys(("char", "nchar", "varchar", "nvarchar"), "{column}"),
    },
    kinds={"timestamp": "binary"},
    single=frozenset({"real"}),
    schemas=(
        "SELECT DISTINCT TABLE_SCHEMA AS table_schema FROM INFORMATION_SCHEMA.TABLES"
        " WHERE LOWER(TABLE_NAME) = {name}"
    ),
    # Two bytes a UTF-16 unit, of which UTF-8 makes three at most.
    bytes="DATALENGTH({text}) * 2",
    folds=(
        "SELECT CASE WHEN CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128))"
        " LIKE '%[_]CI[_]%' THEN 1 ELSE 0 END AS folds"
    ),
    # Asked for where it is allowed already. It takes no locks, and nobody has to wait.
    snapshots=(
        "SELECT CAST(snapshot_isolation_state AS int) AS allowed FROM sys.databases"
        " WHERE database_id = DB_ID()"
    ),
    snapshot=("SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRANSACTION"),
    count="SELECT COUNT_BIG(*) AS n, CAST(0 AS bigint) AS span FROM {table}",
    numbers=_NUMBERED,
    unsortable=frozenset({"image", "geography", "geometry"}),
)

MYSQL = Dialect(
    server="mysql",
    quotes=("`", "`"),
    own_schema="DATABASE()",
    catalogue=(
        "SELECT c.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name,"
        " CAST(c.COLUMN_TYPE AS CHAR) AS data_type, c.COLUMN_KEY = 'PRI' AS in_key,"
        " 0 AS addressed FROM information_schema.COLUMNS c"
        " WHERE c.TABLE_SCHEMA = {schema} ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION"
    ),
    casts={
        "integer": "CAST({column} AS SIGNED)",
        "boolean": "CAST({column} AS SIGNED)",
        "float": "({column} + 0e0)",
        "exact": "CAST({column} AS CHAR)",
        **dict.fromkeys(("json", "enum", "set", "other"), "CAST({column} AS CHAR)"),
    },
    schemas=(
        "SELECT DISTINCT TABLE_SCHEMA AS table_schema FROM information_schema.TABLES"
        " WHERE LOWER(TABLE_NAME) = {name}"
    ),
    folds="SELECT CAST(RIGHT(@@collation_database, 3) = '_ci' AS SIGNED) AS folds",
    single=frozenset({"float"}),
    kinds={"tinyint(1)": "boolean", "bit": "other", "bit(1)": "boolean"},
    numbers=_NUMBERED,
)

ORACLE = Dialect(
    server="oracle",
    quotes=('"', '"'),
    own_schema="SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')",
    catalogue=(
        "SELECT c.table_name AS table_name, c.column_name AS column_name, c.data_type"
        " || CASE WHEN c.char_length > 0 THEN '(' || c.char_length || ')'"
        " WHEN c.data_type = 'NUMBER' AND c.data_scale IS NOT NULL"
        " THEN '(' || COALESCE(c.data_precision, 38) || ',' || c.data_scale || ')'"
        " END AS data_type,"
        " CASE WHEN k.column_name IS NULL THEN 0 ELSE 1 END AS in_key, 0 AS addressed"
        " FROM all_tab_columns c"
        " LEFT JOIN (SELECT u.owner, u.table_name, u.column_name FROM all_cons_columns u"
        " JOIN all_constraints p ON p.owner = u.owner AND p.constraint_name = u.constraint_name"
        " WHERE p.constraint_type = 'P') k"
        " ON k.owner = c.owner AND k.table_name = c.table_name AND k.column_name = c.column_name"
        " WHERE c.owner = {schema} ORDER BY c.table_name, c.column_id"
    ),
    casts={
        "integer": "CAST({column} AS NUMBER(18,0))",
        "float": "CAST({column} AS BINARY_DOUBLE)",
        "exact": "TO_CHAR({column}, 'TM9', 'NLS_NUMERIC_CHARACTERS = ''.,''')",
        **dict.fromkeys(
            ("timestamp with time zone", "timestamp with local time zone"),
            "CAST(SYS_EXTRACT_UTC({column}) AS TIMESTAMP)",
        ),
        "other": "CAST({column} AS VARCHAR2(4000))",
    },
    schemas=(
        "SELECT DISTINCT owner AS table_schema FROM all_tab_columns"
        " WHERE LOWER(table_name) = {name}"
    ),
    single=frozenset({"binary_float"}),
    kinds={"date": "datetime"},
    numbers=_NUMBERED,
    unsortable=frozenset({"clob", "nclob", "blob", "bfile", "long", "long raw", "xmltype"}),
)

DIALECTS = {dialect.server: dialect for dialect in (SQLITE, POSTGRESQL, MSSQL, MYSQL, ORACLE)}
