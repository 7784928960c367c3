"""Where an output is, as a user names it: a folder, a SQLite file, or a schema of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scrambler.errors import OutputError, UsageError
from scrambler.files.paths import output_of
from scrambler.sinks.database import Connection
from scrambler.sinks.open_sink import open_sink
from scrambler.sinks.postgresql import SCHEMA
from scrambler.sinks.sink import Sink
from scrambler.sources import Source
from scrambler.sources.database import DatabaseSource
from scrambler.sources.environment import resolved
from scrambler.sources.location import server_of, sqlite_path
from scrambler.sources.odbc import is_odbc

_Identity = tuple[str, str | None, str]


@dataclass(frozen=True)
class Destination:
    """The place of one output. As text it holds no password, whatever the location does.

    ``location`` is as `open_source` takes it, and can hold a password. ``path`` is its folder or
    file, None in a server; ``schema`` is the server's.
    """

    location: str
    path: Path | None
    schema: str | None = None

    def __str__(self) -> str:
        """Return what messages may say of the place."""
        if self.path is None:
            return f"the schema {self.schema} of the PostgreSQL database"
        return str(self.path)

    def __repr__(self) -> str:
        """Return what a traceback may say of the place."""
        return f"Destination({self})"

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of Parquet files, which alone keeps the state of rows."""
        return self.path is not None and server_of(self.location) is None

    def sink(self, *, replace: bool = False, shared: bool = False) -> Sink:
        """Return the sink that writes there; touches nothing."""
        return open_sink(self.location, schema=self.schema, replace=replace, shared=shared)

    def refuse_source(self, location: Path | str, source: Source) -> None:
        """OutputError where ``source``, opened at ``location``, is the same place by another name.

        Servers are asked, files are compared by what they are on the disk.
        """
        if self._holds(source) if self.path is None else self._is_file(location):
            raise OutputError(
                "The output would be written into its own source, to which nothing is ever "
                "written. Choose another place for it."
            )

    def _holds(self, source: Source) -> bool:
        if not isinstance(source, DatabaseSource) or source.server != "postgresql":
            return False
        if source.schema != self.schema:
            return False
        own = Connection("postgresql", self.location)
        try:
            return _same_database(_identity(source.ask), _identity(own.query))
        finally:
            own.close()

    def _is_file(self, location: Path | str) -> bool:
        location = resolved(location)
        if is_odbc(location):
            return False
        server = server_of(location)
        held = sqlite_path(location) if server else Path(location)
        if self.path is None or server not in (None, "sqlite") or not held.exists():
            return False
        if not self.path.exists():
            return False
        # A folder of tables can be read by the name of the output, or by that of its tables.
        inside = [] if server else [held.resolve(), *held.resolve().parents]
        return any(one.samefile(self.path) for one in [held, *inside])


def destination_of(out: Path | str, schema: str | None = None) -> Destination:
    """Return the place that ``out`` names: a folder, ``sqlite:///FILE`` or ``postgresql://...``.

    ``schema`` is for PostgreSQL, `SCHEMA` where it is not given; ``env:NAME`` stands for what a
    variable holds. UsageError for anything else, without repeating it.
    """
    location = resolved(str(out))
    server = server_of(location)
    if server == "postgresql":
        return Destination(location, None, schema or SCHEMA)
    if schema is not None:
        raise UsageError(
            "Only an output in PostgreSQL has a schema, and this is none: leave the schema out."
        )
    if server == "sqlite":
        return Destination(location, sqlite_path(location).absolute())
    folder = output_of(location)
    return Destination(str(folder), folder)


def _same_database(one: _Identity, other: _Identity) -> bool:
    (started, cluster, number), (started2, cluster2, number2) = one, other
    same_server = started == started2 or (cluster is not None and cluster == cluster2)
    return same_server and number == number2


def _identity(ask: Callable[[str], pl.DataFrame]) -> _Identity:
    """Return when a server started, what its data are called, and the number of the database.

    A replica has another start and the same data; not every user may ask for those.
    """
    started, number, may_ask = ask(
        "SELECT CAST(pg_postmaster_start_time() AS text) AS started, CAST(oid AS text) AS number, "
        "CAST(has_function_privilege('pg_control_system()', 'EXECUTE') AS int) AS may_ask "
        "FROM pg_database WHERE datname = current_database()"
    ).row(0)
    cluster = None
    if int(may_ask):
        cluster = str(
            ask("SELECT CAST(system_identifier AS text) AS held FROM pg_control_system()").item()
        )
    return str(started), cluster, str(number)
