"""The DfE's own validation rules that an SSD can be held to, as rules of the house.

``STATUTORY`` lists all of statutory_rules.csv in its order: of the children in need census
(2025/26) and of the return on looked after children (SSDA903, 2026/27).
"""

from __future__ import annotations

from scrambler.ssd.rules.statutory.adoption import ADOPTION
from scrambler.ssd.rules.statutory.assessment import ASSESSMENT
from scrambler.ssd.rules.statutory.authority import AUTHORITY_RULES
from scrambler.ssd.rules.statutory.care import CARE
from scrambler.ssd.rules.statutory.evaluate import Evaluation, children_with_errors, evaluate
from scrambler.ssd.rules.statutory.in_care import IN_CARE
from scrambler.ssd.rules.statutory.leaving import LEAVING
from scrambler.ssd.rules.statutory.person import PERSON
from scrambler.ssd.rules.statutory.placement import PLACEMENT
from scrambler.ssd.rules.statutory.plans import PLANS
from scrambler.ssd.rules.statutory.protection import PROTECTION
from scrambler.ssd.rules.statutory.referral import REFERRAL
from scrambler.ssd.rules.statutory.rule import StatutoryRule
from scrambler.ssd.rules.statutory.status import STATUS

__all__ = ["STATUTORY", "Evaluation", "StatutoryRule", "children_with_errors", "evaluate"]

STATUTORY: tuple[StatutoryRule, ...] = tuple(
    sorted(
        (
            *PERSON,
            *REFERRAL,
            *ASSESSMENT,
            *PROTECTION,
            *PLANS,
            *AUTHORITY_RULES,
            *CARE,
            *STATUS,
            *PLACEMENT,
            *ADOPTION,
            *IN_CARE,
            *LEAVING,
        ),
        key=lambda rule: rule.id,
    )
)
