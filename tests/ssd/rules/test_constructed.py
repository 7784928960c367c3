"""Every hard rule can be checked on a constructed database, and holds there."""

import polars as pl
import pytest

from scrambler.ssd.rules import RULES, Frames, Rule
from scrambler.synthetic import build

HARD = [rule for rule in RULES if rule.hard and rule.violations]


@pytest.fixture(scope="module")
def constructed() -> Frames:
    parts: dict[str, list[pl.DataFrame]] = {}
    for table, rows in build(600):
        parts.setdefault(table, []).append(rows)
    return {table: pl.concat(rows).lazy() for table, rows in parts.items()}


@pytest.mark.parametrize("rule", HARD, ids=lambda rule: rule.id)
def test_hard_rule_holds(rule: Rule, constructed: Frames) -> None:
    assert rule.violations
    assert rule.violations(constructed) == 0
