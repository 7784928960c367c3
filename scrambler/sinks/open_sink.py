"""Where tables go: a folder of Parquet, a SQLite file, or a schema of PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from scrambler.errors import OutputError
from scrambler.files.paths import path_of
from scrambler.sinks.odbc import OdbcSink
from scrambler.sinks.parquet import ParquetSink
from scrambler.sinks.postgresql import PostgresqlSink
from scrambler.sinks.sink import Sink
from scrambler.sinks.sqlite import SqliteSink
from scrambler.sources.environment import resolved
from scrambler.sources.location import server_of, sqlite_path
from scrambler.sources.odbc import is_odbc


def open_sink(
    location: str | Path,
    *,
    schema: str | None = None,
    replace: bool = False,
    constructed: bool = False,
    shared: bool = False,
) -> Sink:
    """Return the sink at a folder, ``sqlite:///FILE`` or ``postgresql://...``; touches nothing.

    ``schema`` is for PostgreSQL. ``constructed`` data are a source: they get no manifest, lie where
    a source has its tables, and replace nothing; they can go to ``odbc:...`` as well. Files are for
    their owner only, unless they are ``shared``. ``env:NAME`` stands for what a variable holds.
    """
    text = resolved(location)
    server = server_of(text)
    if schema and server != "postgresql":
        raise OutputError("Only PostgreSQL has schemas to write to; leave the schema out.")
    if server == "postgresql":
        return PostgresqlSink(text, schema=schema, replace=replace, constructed=constructed)
    if server == "sqlite":
        file = sqlite_path(text)
        return SqliteSink(file, replace=replace, constructed=constructed, shared=shared)
    if is_odbc(text):
        if not constructed:
            raise OutputError(
                "over odbc: constructed data and payloads are written, and no output of a run; "
                "write that to a folder, sqlite:///FILE or postgresql://..."
            )
        return OdbcSink(text)
    if server or "://" in text:
        # The location is not repeated: it can hold a password.
        raise OutputError("a target is sqlite:///FILE, postgresql://..., or a folder for Parquet")
    folder = path_of(text, "The target").absolute()
    return ParquetSink(folder, replace=replace, constructed=constructed, shared=shared)
