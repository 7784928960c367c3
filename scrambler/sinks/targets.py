"""Where constructed tables go: SQLite, PostgreSQL, or a folder of Parquet."""

from __future__ import annotations

from pathlib import Path

from scrambler.errors import OutputError
from scrambler.sinks.target import Target
from scrambler.sinks.target_database import DatabaseTarget
from scrambler.sinks.target_parquet import ParquetTarget
from scrambler.sources.location import server_of


def open_target(location: str) -> Target:
    """Open ``location``: ``sqlite:///FILE``, ``postgresql://...``, or a folder for Parquet.

    OutputError when it cannot be opened or written to.
    """
    server = server_of(location)
    if server in ("sqlite", "postgresql"):
        return DatabaseTarget(location)
    if server or "://" in location:
        raise OutputError("a target is sqlite:///FILE, postgresql://..., or a folder for Parquet")
    return ParquetTarget(Path(location))
