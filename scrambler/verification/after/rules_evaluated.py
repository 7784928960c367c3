"""Both sides held to the hard rules: the output keeps what the source keeps."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scrambler.ssd.rules import RULES
from scrambler.ssd.rules.rule import Rule
from scrambler.verification.after.check_result import CheckResult

Sides = tuple[Mapping[str, pl.LazyFrame], Mapping[str, pl.LazyFrame]]

_HARD = [rule for rule in RULES if rule.hard and rule.violations]


def _shared() -> dict[str, set[str]]:
    """Return the columns that rules about several tables read, by table."""
    columns: dict[str, set[str]] = {}
    for rule in _HARD:
        if len(rule.reads) > 1:
            for table, names in rule.reads.items():
                columns.setdefault(table, set()).update(names)
    return columns


class RulesEvaluated:
    """Counts what breaks each rule on both sides, a table of the source at a time."""

    def __init__(self, dates: str) -> None:
        """Have evaluated nothing yet; ``dates`` is what the dates of the output keep."""
        self._dates = dates
        self._broken: dict[str, tuple[int | None, int | None]] = {}
        self._kept: dict[str, pl.LazyFrame] = {}
        self._columns = _shared()
        self.notes: list[str] = []

    def add(self, table: str, before: pl.DataFrame, after: pl.LazyFrame) -> None:
        """Evaluate the rules about this table alone, and keep what the others need of it."""
        for rule in _HARD:
            if rule.tables == (table,):
                self._evaluate(rule, ({table: before.lazy()}, {table: after}))
        needed = self._columns.get(table, set())
        self._kept[table] = before.select(n for n in before.columns if n in needed).lazy()

    def finish(self, scrambled: Mapping[str, pl.LazyFrame]) -> CheckResult:
        """Evaluate the rules about several tables; return the check of all, and write notes."""
        held = failures = 0
        skipped = []
        for rule in _HARD:
            if len(rule.tables) > 1:
                self._evaluate(rule, (self._kept, scrambled))
            before, after = self._broken.get(rule.id, (None, None))
            if before is None or after is None:
                skipped.append(rule.id)
            elif rule.kept_by(self._dates):
                held += 1
                # Rows that broke it already are no leave for others to.
                failures += after > before
                if after > before:
                    self.notes.append(
                        f"{rule.id} is broken by {after} rows of the output and {before} of the "
                        "source."
                    )
            elif before == 0 and after:
                why = rule.unordered if rule.kept else rule.why
                self.notes.append(f"{rule.id} is not kept, by design: {why}")
        if skipped:
            self.notes.append(
                "Rules not evaluated, for want of a table or column: " + ", ".join(skipped) + "."
            )
        return CheckResult("hard rules that scrambling keeps", held, failures)

    def _evaluate(self, rule: Rule, sides: Sides) -> None:
        assert rule.violations is not None  # noqa: S101 - only such rules are asked
        self._broken[rule.id] = (rule.violations(sides[0]), rule.violations(sides[1]))
