"""Which columns are drawn together, by what and given what: declared here, worked out elsewhere.

Treatments draw by these declarations and verification draws anew by them, each with its own code.
"""

from scrambler.ssd.sampling.care_groups import ORDER_TYPES, PERMANENCE_ORDER
from scrambler.ssd.sampling.conditions import (
    UNKNOWN_AGE,
    Aged,
    Condition,
    Died,
    DiedOn,
    HasValue,
    Known,
    Number,
    OrderOn,
    Planned,
    Reached,
)
from scrambler.ssd.sampling.group import SUBJECT, Codes, Given, Group
from scrambler.ssd.sampling.groups import (
    FLAGS,
    GROUPS,
    RANKS,
    group_of,
)

__all__ = [
    "FLAGS",
    "GROUPS",
    "ORDER_TYPES",
    "PERMANENCE_ORDER",
    "RANKS",
    "SUBJECT",
    "UNKNOWN_AGE",
    "Aged",
    "Codes",
    "Condition",
    "Died",
    "DiedOn",
    "Given",
    "Group",
    "HasValue",
    "Known",
    "Number",
    "OrderOn",
    "Planned",
    "Reached",
    "group_of",
]
