"""What a user may choose of a merge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MergeSettings:
    """Choices of one staging.

    Without ``allow_deletions`` nothing is staged when nobody has a payload, or when more than half
    of the staged children have none any more. With ``nested_purge`` partial payloads purge items
    and blocks that vanished within a child; whether the DfE takes that is open.
    """

    allow_deletions: bool = False
    nested_purge: bool = False


DEFAULT = MergeSettings()
