"""The type of a rule, and its making from consistency.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from scrambler.ssd.fact_file import Row
from scrambler.ssd.read_facts import facts
from scrambler.ssd.rules.check import Check

Lost = Mapping[str, str]
"""Why a rule is not kept, by what the dates of the output keep."""

_ONE = {
    "working-days": "A weekend or bank holiday can become the working day before it",
    "order": "Days one apart can become one",
}
SHORT: Lost = {
    dates: f"{one}, so what lasts a day can end on the day it starts."
    for dates, one in _ONE.items()
}
LATEST: Lost = {dates: f"{one}, and then no row is the latest." for dates, one in _ONE.items()}
WEEKDAYS: Lost = dict.fromkeys(
    ("intervals", "order"), "A shift of whole days moves weekends and bank holidays."
)
LASTING: Lost = {
    "working-days": "Intervals hold in working days, not in days.",
    "order": "Intervals are what is given up.",
}


@dataclass(frozen=True)
class Rule:
    """One rule that a scrambled record meets where its source met it.

    ``reads`` are the columns that the check looks at, by table. ``hard`` is false for what is
    usual, not certain. ``kept`` says whether scrambling keeps what the check looks at, or the whole
    rule where there is no check. ``why`` says in a sentence why it is not kept, why there is no
    check, or what part the check leaves out; else it is empty. ``lost`` says of what dates may keep
    where the rule is not kept, and why.
    ``violations`` counts breaking rows, None when the frames lack a table or column it needs.
    """

    id: str
    description: str
    reads: Mapping[str, frozenset[str]]
    hard: bool
    kept: bool
    why: str
    lost: Lost
    violations: Check | None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the check looks at."""
        return tuple(self.reads)

    def kept_by(self, dates: str) -> bool:
        """Return whether scrambling keeps it where dates keep ``dates``, such as intervals."""
        return self.kept and dates not in self.lost


def rule(
    name: str,
    check: Check | None = None,
    *,
    kept: bool = True,
    why: str = "",
    lost: Lost | None = None,
) -> Rule:
    """Return the rule of that id with its words from consistency.csv."""
    row = _rows()[name]
    return Rule(
        id=name,
        description=row["rule"],
        reads=check.reads if check else {},
        hard=row["strength"] == "hard",
        kept=kept,
        why=why,
        lost=lost or {},
        violations=check,
    )


@cache
def _rows() -> Mapping[str, Row]:
    return {row["rule_id"]: row for row in facts("consistency")}
