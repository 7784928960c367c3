"""What every place for payloads offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import polars as pl

from scrambler.staging.settings import DEFAULT, MergeSettings
from scrambler.staging.table import Staged

Ask = Callable[[str], pl.DataFrame]
"""Returns the rows of a query; see ``Staging.query``."""


class Staging(Protocol):
    """A place that holds the staging table."""

    def merge(
        self,
        slices: Iterable[pl.DataFrame],
        now: datetime,
        settings: MergeSettings = DEFAULT,
    ) -> Staged:
        """Merge payloads (person_id, legacy_id, json_payload, current_hash) into the table.

        One row a child, as `scrambler.staging.merge` says. Whatever interrupts it, the table is as
        before or as after. ``now`` has no zone and is written to ``last_updated``, to the second.
        VerificationError when a payload is not valid, or when ``settings`` refuse what would be
        lost; OutputError when the
        place cannot be written.
        """
        ...

    def looking(self) -> AbstractContextManager[Ask]:
        """Let several queries be asked of the table as it stands; see ``query``.

        What one look takes to prepare is done once: a folder fills a database, others are measured.
        """
        ...

    def query(self, statement: str) -> pl.DataFrame:
        """Return the rows of one query of the staging table.

        ``{size}`` in it stands for the function that counts the characters of a text. OutputError
        when nothing was ever staged there.
        """
        ...
