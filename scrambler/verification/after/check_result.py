"""A line of the second look: one check and what it found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """One check: how many things it looked at and how many faults it found."""

    what: str
    examined: int
    found: int

    @property
    def passed(self) -> bool:
        """True when no fault was found."""
        return self.found == 0
