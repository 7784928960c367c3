"""Who is told how far a long piece of work has come."""

from __future__ import annotations

from typing import Protocol

OVERALL = "all"
"""The stage that is everything: begun first where the whole is known, moved on by all others."""


class Progress(Protocol):
    """Told what is going on, from several threads. Rows are source rows."""

    def begin(self, stage: str, rows: int) -> None:
        """A stage (a table, or the prescan) with so many rows begins; others may be under way."""

    def advance(self, stage: str, rows: int) -> None:
        """So many more rows of a stage that has begun are done."""


class Silent:
    """A progress that tells nobody."""

    def begin(self, stage: str, rows: int) -> None:
        """Ignore it."""

    def advance(self, stage: str, rows: int) -> None:
        """Ignore it."""
