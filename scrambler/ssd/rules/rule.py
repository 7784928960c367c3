"""The type of a rule, and its making from consistency.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from scrambler.ssd.fact_file import Row
from scrambler.ssd.read_facts import facts
from scrambler.ssd.rules.check import Check

SHORT = "Days one apart can become one, so what lasts a day can end on the day it starts."
AGED = "Ages hold to within 28 days, so a birthday that mattered can lie on the other side."
LATEST = "Days one apart can become one, and then no row is the latest."
"""Why a rule is not kept where dates keep their order only."""


@dataclass(frozen=True)
class Rule:
    """One rule that a scrambled record meets where its source met it.

    ``reads`` are the columns that the check looks at, by table. ``hard`` is false for what is
    usual, not certain. ``kept`` says whether scrambling keeps what the check looks at, or the whole
    rule where there is no check. ``why`` says in a sentence why it is not kept, why there is no
    check, or what part the check leaves out; else it is empty. ``unordered`` says why it is not
    kept where dates keep their order only, and is empty where it is kept all the same.
    ``violations`` counts breaking rows, None when the frames lack a table or column it needs.
    """

    id: str
    description: str
    reads: Mapping[str, frozenset[str]]
    hard: bool
    kept: bool
    why: str
    unordered: str
    violations: Check | None

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the check looks at."""
        return tuple(self.reads)

    def kept_by(self, dates: str) -> bool:
        """Return whether scrambling keeps it where ``dates`` (intervals or order) hold."""
        return self.kept and not (dates == "order" and self.unordered)


def rule(
    name: str,
    check: Check | None = None,
    *,
    kept: bool = True,
    why: str = "",
    unordered: str = "",
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
        unordered=unordered,
        violations=check,
    )


@cache
def _rows() -> Mapping[str, Row]:
    return {row["rule_id"]: row for row in facts("consistency")}
