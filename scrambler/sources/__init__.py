"""Where records come from: a database through ConnectorX, or a folder of Parquet."""

from __future__ import annotations

from pathlib import Path

from scrambler.errors import SourceError
from scrambler.sources.connectorx import ConnectorXSource
from scrambler.sources.location import server_of
from scrambler.sources.parquet import ParquetSource
from scrambler.sources.source import Source, SourceColumn

__all__ = ["Source", "SourceColumn", "open_source"]

_SQLITE_SUFFIXES = {".db", ".db3", ".sqlite", ".sqlite3"}


def open_source(location: str, schema: str | None = None) -> Source:
    """Open ``location``: a folder of Parquet, or the URL of a database.

    ``schema`` is for databases that have several; by default public (PostgreSQL), dbo
    (SQL Server) or the user's own. SourceError when it cannot be opened.
    """
    if server_of(location):
        return ConnectorXSource(location, schema)
    path = Path(location)
    if "://" not in location and path.is_dir():
        if schema:
            raise SourceError("a folder has no schemas; leave the schema out")
        return ParquetSource(path)
    if "://" not in location and path.suffix.lower() in _SQLITE_SUFFIXES:
        raise SourceError("to read a SQLite file, write sqlite:/// before its path")
    # The location is not repeated: a mistyped URL can hold a password.
    raise SourceError(
        "that source is not known; a source is a folder of Parquet files, or sqlite:///FILE, or "
        "postgresql://, mssql://, mysql:// or oracle:// with user:password@host:port/database"
    )
