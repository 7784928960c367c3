"""The one table that is written, the states of its rows, and what a merge did to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scrambler.errors import OutputError
from scrambler.ssd import TableSpec, ssd

TABLE = "ssd_api_data_staging_anon"
"""Written to; a constant, so that nothing a user says can name another."""

LIVE_TABLE = "ssd_api_data_staging"
"""Never written to."""

# In the case that the senders ask for: PostgreSQL and SQLite do mind it.
PENDING, SENT, ERROR = "pending", "sent", "error"

_LIVE_NAME = re.compile(rf"(?i)(?<![a-z0-9_]){LIVE_TABLE}(?!_anon(?![a-z0-9_]))")


@dataclass(frozen=True)
class Staged:
    """Rows by what a merge did to them; a child that was gone before is in none of these.

    ``updated`` and ``unchanged`` say whether the payload is another. ``removed`` are children that
    nobody ever tried to send and that are gone: no receiver has to be told. ``unsent`` counts the
    updated and deleted rows whose last payload nobody had sent; 0 for a folder, whose batches are
    full. ``mended`` counts rows that an earlier version had left with a wrong record of what was
    sent; ``refreshed`` those whose ids alone are others, which is nothing to send. ``removals``
    counts, by JSON path, what vanished within a child without its partial payload saying so: see
    `scrambler.payload.Partials`; none for a folder.
    """

    new: int
    updated: int
    unchanged: int
    deleted: int
    unsent: int = 0
    removed: int = 0
    mended: int = 0
    refreshed: int = 0
    removals: Mapping[str, int] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        """Rows that this merge put up for sending."""
        return self.new + self.updated + self.deleted


def table() -> TableSpec:
    """Return the staging table as columns.csv describes it."""
    return ssd().tables[TABLE]


def refuse_live(location: str) -> None:
    """Raise OutputError when ``location`` names the live staging table in any part."""
    if _LIVE_NAME.search(location):
        raise OutputError(
            f"{LIVE_TABLE} is the live table and is never written to; payloads are staged in "
            f"{TABLE} only. Name a folder or database without the live table's name."
        )
