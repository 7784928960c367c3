"""Where records come from: a database by URL or over ODBC, or a folder of Parquet."""

from __future__ import annotations

from pathlib import Path

from scrambler.errors import SourceError
from scrambler.files.paths import reachable
from scrambler.sources.connectorx import ConnectorX
from scrambler.sources.database import DatabaseSource
from scrambler.sources.environment import resolved
from scrambler.sources.location import server_of
from scrambler.sources.odbc import Odbc, is_odbc
from scrambler.sources.parquet import ParquetSource
from scrambler.sources.source import Source, SourceColumn

__all__ = ["Source", "SourceColumn", "open_source"]

_SQLITE_SUFFIXES = {".db", ".db3", ".sqlite", ".sqlite3"}


def open_source(
    location: str | Path, schema: str | None = None, *, wanted: str = "ssd_person"
) -> Source:
    """Open ``location``: a folder of Parquet, the URL of a database, or odbc: and its string.

    `env:NAME` stands for what a variable holds.
    ``schema`` is for databases that have several; by default public (PostgreSQL), dbo
    (SQL Server) or the user's own, or the only one that holds the table ``wanted``. SourceError
    when it cannot be opened.
    """
    location = resolved(location)
    if is_odbc(location):
        return DatabaseSource(Odbc(location), schema, wanted)
    if server := server_of(location):
        if server == "sqlite" and schema:
            raise SourceError("a SQLite file has no schemas; leave the schema out")
        return DatabaseSource(ConnectorX(location), schema, wanted)
    path = reachable(Path(location), "The source")
    if "://" not in location and path.is_dir():
        if schema:
            raise SourceError("a folder has no schemas; leave the schema out")
        return ParquetSource(path)
    if "://" not in location and path.suffix.lower() in _SQLITE_SUFFIXES:
        raise SourceError("to read a SQLite file, write sqlite:/// before its path")
    # The location is not repeated: a mistyped URL can hold a password.
    raise SourceError(
        "that source is not known; a source is a folder of Parquet files, or sqlite:///FILE, or "
        "postgresql://, mssql://, mysql:// or oracle:// with user:password@host:port/database, or "
        "odbc: and a connection string"
    )
