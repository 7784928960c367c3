"""A line of a post-run verification: one check, what it examined and how often it failed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """One check: how many things it examined and how many failures there were."""

    what: str
    examined: int
    failures: int

    @property
    def passed(self) -> bool:
        """True when there was no failure."""
        return self.failures == 0
