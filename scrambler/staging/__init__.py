"""Payloads in ``ssd_api_data_staging_anon``: merged, looked at, and read from the live table.

Nothing here sends anything. The one table written is a constant; the live one is only ever read,
and of that only the ids and the current payload.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from scrambler.errors import OutputError
from scrambler.files.paths import in_output, output_of, path_of
from scrambler.resources.progress import Progress
from scrambler.sources.environment import resolved
from scrambler.sources.location import secured_url, server_of, sqlite_path
from scrambler.staging.database import DatabaseStaging
from scrambler.staging.dialect import POSTGRESQL, SQLITE
from scrambler.staging.folder import FolderStaging
from scrambler.staging.odbc import OdbcSession
from scrambler.staging.review import Review, StateCount, look_at
from scrambler.staging.session import AdbcSession
from scrambler.staging.settings import DEFAULT, MergeSettings
from scrambler.staging.staging import Staging
from scrambler.staging.table import TABLE, Staged, refuse_live

__all__ = [
    "MergeSettings",
    "Review",
    "Staged",
    "Staging",
    "StateCount",
    "folder_of",
    "open_staging",
    "review",
    "review_pages",
    "sample_of",
    "stage",
]


def open_staging(location: Path | str) -> Staging:
    """Return the staging at a folder, ``sqlite:///FILE``, ``postgresql://...`` or ``odbc:...``.

    What follows ``odbc:`` is a connection string; ``env:NAME`` stands for what a variable holds.
    OutputError for other locations and for any that names the live table. Nothing is opened before
    it is used.
    """
    location = resolved(location)
    refuse_live(location)
    if location.lower().startswith("odbc:"):
        return DatabaseStaging(lambda _: OdbcSession(location[len("odbc:") :]))
    server = server_of(location)
    if server == SQLITE.server:
        file = sqlite_path(location)
        return DatabaseStaging(lambda shared: AdbcSession(SQLITE, file, shared=shared))
    if server == POSTGRESQL.server:
        url = secured_url(location).location
        return DatabaseStaging(lambda _: AdbcSession(POSTGRESQL, url))
    if server or "://" in location:
        raise OutputError(
            "payloads are staged in a folder, sqlite:///FILE, postgresql://... or odbc:<connection "
            "string>; for SQL Server, use odbc:"
        )
    return FolderStaging(path_of(location, "The staging"))


def folder_of(location: Path | str) -> Path | None:
    """Return the folder or SQLite file of the staging at ``location``; None in a server."""
    location = resolved(location)
    if server_of(location) == SQLITE.server:
        return sqlite_path(location)
    away = "://" in location or location.lower().startswith("odbc:")
    return None if away else path_of(location, "The staging")


def stage(
    location: Path | str,
    slices: Iterable[pl.DataFrame],
    now: datetime,
    settings: MergeSettings = DEFAULT,
) -> Staged:
    """Merge payloads into the staging table at ``location`` and return what became of them.

    ``slices`` together hold every child of the cohort, with the columns of
    `scrambler.payload.build`: children that are staged but not among them are Deleted. ``now`` has
    no zone. All or nothing, as ``Staging.merge`` says; VerificationError names invalid payloads by
    pseudonym and JSON path, or says what would be lost (see ``MergeSettings``).
    """
    return open_staging(location).merge(slices, now, settings)


def review_pages(
    location: Path | str,
    folder: Path | str,
    *,
    children: Sequence[str] = (),
    count: int = 20,
    every: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Path:
    """Write what is staged at ``location`` as pages to a new ``folder``; return the index.

    A page for each of ``children``, else for ``count`` drawn by ``seed``, else for ``every`` one.
    OutputError where the folder exists, and for a child that is not staged.
    """
    from scrambler.staging.pages import write_pages

    if in_output(output_of(folder), folder_of(location)):
        raise OutputError("The pages would lie in the staging itself. Choose another folder.")
    return write_pages(
        open_staging(location),
        folder,
        children=children,
        count=count,
        every=every,
        seed=seed,
        progress=progress,
    )


def sample_of(location: Path | str, count: int, seed: int = 0) -> list[str]:
    """Return the ids of ``count`` children at ``location``, drawn at random by ``seed``."""
    from scrambler.staging.children import sample

    found = open_staging(location).query(f"SELECT person_id FROM {TABLE} ORDER BY person_id")  # noqa: S608 - a constant
    return sample(found["person_id"], count, seed)


def review(location: Path | str, child: str | None = None, state: str | None = None) -> Review:
    """Count what is staged at ``location``, all or one ``state``, and show one ``child``'s row.

    OutputError where nothing is staged, and for a state or child that is not there.
    """
    return look_at(open_staging(location), child, state)
