"""What a user may choose of a merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class MergeSettings:
    """Choices of one staging.

    Without ``allow_deletions`` nothing is staged when nobody has a payload, or when more than half
    of the staged children have none any more. With ``nested_purge`` partial payloads purge items
    and blocks that vanished within a child; whether the DfE takes that is open.

    ``restage`` fills a table that somebody emptied, with the record of what was sent in it: with
    `sent` the payloads are what the receiver holds, and nothing is pending; with `pending` all are
    sent again, whole.

    ``shared`` leaves to the umask who can read a folder or SQLite file; without it only its owner.
    """

    allow_deletions: bool = False
    nested_purge: bool = False
    restage: Literal["sent", "pending"] | None = None
    shared: bool = False


DEFAULT = MergeSettings()
