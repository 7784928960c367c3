"""Both sides held to the hard rules: the output keeps what the source keeps."""

from __future__ import annotations

from collections.abc import Iterator

from scrambler.ssd.rules.rule import Rule
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.rule_counts import HARD, RuleCounts


def evaluate(source: RuleCounts, output: RuleCounts, dates: str) -> tuple[CheckResult, list[str]]:
    """Return the check of all hard rules that scrambling keeps, and notes.

    ``dates`` is what the dates of the output keep. Rows that break a rule in the source are no
    leave for others to. Rows that the source's rule could not judge are one: where 40 rows of the
    source hold a reason that is no code of its list, no rule about reasons could be broken there;
    scrambled they hold codes, and up to 40 more rows may break it. So are rows that lead to another
    child's: an assessment of one child under the referral of another is later by chance, and each
    child's dates move by that child's days.
    """
    before, after = source.broken(), output.broken()
    across = source.across()
    held, failed, skipped, notes = 0, 0, [], []
    for rule in HARD:
        left, right = before[rule.id], after[rule.id]
        if left is None or right is None:
            skipped.append(rule.id)
        elif rule.kept_by(dates):
            held += 1
            allowed = left + sum(source.unknown_codes.get(name, 0) for name in _read(rule))
            allowed += across[rule.id]
            if right > allowed:
                failed += 1
                notes.append(
                    f"{rule.id} is broken by {right} rows of the output and {left} of the source."
                )
        elif left == 0 and right:
            why = rule.lost.get(dates, rule.why)
            notes.append(f"{rule.id} is not kept, by design: {why}")
    if skipped:
        notes.append(
            "Rules not evaluated, for want of a table or column: " + ", ".join(skipped) + "."
        )
    return CheckResult("hard rules that scrambling keeps", held, failed), notes


def _read(rule: Rule) -> Iterator[str]:
    for names in rule.reads.values():
        yield from names
