"""The ages that rules hold dates to: who was under one, on its day or above it stays so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scrambler.ssd.read_facts import facts


@dataclass(frozen=True)
class AgeLimit:
    """The day ``days`` after a child's birthday of that age, before it where they are negative.

    Where dates land on working days and the limit's own day is none, what happened on it goes to
    the working day before where it is ``below``, else to the one after.
    """

    years: int
    days: int
    below: bool


@cache
def age_limits() -> tuple[AgeLimit, ...]:
    """Return the limits of age_limits.csv in their order, the earliest first."""
    return tuple(
        AgeLimit(int(row["years"]), int(row["days"]), row["birthday"] == "below")
        for row in facts("age_limits")
    )
