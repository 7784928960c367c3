"""How far counts may lie from what is expected: six standard errors, as the threat table has it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def even(drawn: Sequence[object], choices: Sequence[object]) -> bool:
    """Whether nothing but ``choices`` was drawn, each about equally often (chi-square)."""
    counts = Counter(drawn)
    expected = len(drawn) / len(choices)
    if set(counts) - set(choices):
        return False
    statistic = sum((counts[one] - expected) ** 2 / expected for one in choices)
    freedom = len(choices) - 1
    return statistic - freedom < 6 * math.sqrt(2 * max(freedom, 1))


def independent(before: Sequence[object], after: Sequence[object]) -> bool:
    """Whether what came out says nothing about what went in (chi-square over all pairs)."""
    pairs, rows, columns = Counter(zip(before, after, strict=True)), Counter(before), Counter(after)
    total = len(before)
    statistic = sum(
        (pairs[a, b] - rows[a] * columns[b] / total) ** 2 / (rows[a] * columns[b] / total)
        for a in rows
        for b in columns
    )
    freedom = (len(rows) - 1) * (len(columns) - 1)
    return statistic - freedom < 6 * math.sqrt(2 * max(freedom, 1))
