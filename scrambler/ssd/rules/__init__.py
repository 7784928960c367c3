"""The consistency rules of the SSD, as objects that can be read, shown and checked.

A rule holds for a scrambled database where it held for its source. ``RULES`` lists all of
consistency.csv in its order; ``check`` counts what breaks each rule that can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass

from scrambler.ssd.rules.care import CARE
from scrambler.ssd.rules.check import Frames
from scrambler.ssd.rules.identity import IDENTITY
from scrambler.ssd.rules.leaving import LEAVING
from scrambler.ssd.rules.outcomes import OUTCOMES
from scrambler.ssd.rules.permanence import PERMANENCE
from scrambler.ssd.rules.person import PERSON
from scrambler.ssd.rules.placement import PLACEMENT
from scrambler.ssd.rules.protection import PROTECTION
from scrambler.ssd.rules.referral import REFERRAL
from scrambler.ssd.rules.rule import Rule
from scrambler.ssd.rules.staging import STAGING
from scrambler.ssd.rules.support import SUPPORT
from scrambler.ssd.rules.whole import WHOLE
from scrambler.ssd.rules.workforce import WORKFORCE

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
