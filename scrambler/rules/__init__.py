"""The consistency rules of the SSD, as objects that can be read, shown and checked.

A rule holds for a scrambled database where it held for its source. ``RULES`` lists all of
consistency.csv in its order; ``check`` counts what breaks each rule that can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass

from scrambler.rules.care import CARE
from scrambler.rules.check import Frames
from scrambler.rules.identity import IDENTITY
from scrambler.rules.leaving import LEAVING
from scrambler.rules.outcomes import OUTCOMES
from scrambler.rules.permanence import PERMANENCE
from scrambler.rules.person import PERSON
from scrambler.rules.placement import PLACEMENT
from scrambler.rules.protection import PROTECTION
from scrambler.rules.referral import REFERRAL
from scrambler.rules.rule import Rule
from scrambler.rules.staging import STAGING
from scrambler.rules.support import SUPPORT
from scrambler.rules.whole import WHOLE
from scrambler.rules.workforce import WORKFORCE

__all__ = ["RULES", "Frames", "Outcome", "Rule", "check"]

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *IDENTITY,
            *PERSON,
            *REFERRAL,
            *OUTCOMES,
            *PROTECTION,
            *CARE,
            *PLACEMENT,
            *PERMANENCE,
            *LEAVING,
            *WORKFORCE,
            *SUPPORT,
            *STAGING,
            *WHOLE,
        ),
        key=lambda rule: rule.id,
    )
)


@dataclass(frozen=True)
class Outcome:
    """What a check found: the number of breaking rows, None when it could not be made."""

    rule: Rule
    violations: int | None


def check(frames: Frames) -> list[Outcome]:
    """Check every rule that has a check, in the order of RULES."""
    return [Outcome(rule, rule.violations(frames)) for rule in RULES if rule.violations]
