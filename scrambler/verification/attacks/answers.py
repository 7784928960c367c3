"""Answers: what it tells that one is there at all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scrambler.verification.attacks.attack import Attack
from scrambler.verification.attacks.seen import Answers

_LEAST = 50
"""Children to compare: fewer tell nothing either way."""


def answers_attack(known: Mapping[str, Answers], shown: Mapping[str, Answers]) -> list[Attack]:
    """Guess each answer by whether the output has one there; by chance, the more common answer.

    Compared are children with one row, whom both sides show. Of each question the reader knows
    which of the two, an answer or none, goes with yes.
    """
    tried, right, chance = 0, 0, 0.0
    for question in known.keys() & shown.keys():
        before, after = known[question], shown[question]
        one = (before.rows == 1) & (after.rows == 1)
        yes, filled = before.yes[one], after.filled[one]
        if one.sum() < _LEAST or filled.all() or not filled.any():
            continue
        for part in (yes[filled], yes[~filled]):
            right += max(int(part.sum()), int((~part).sum()))
        tried += len(yes)
        chance += max(int(yes.sum()), int((~yes).sum()))
    return [Attack("inference", "answers, by whether one is there", tried, right, chance)]


def information(known: Answers, shown: Answers) -> float:
    """Return 2 n times the mutual information of an answer and of whether one is there.

    Where the two are independent it is distributed as chi-square with one degree of freedom. 0
    where fewer than 50 children can be compared.
    """
    one = (known.rows == 1) & (shown.rows == 1)
    yes, filled = known.yes[one], shown.filled[one]
    if len(yes) < _LEAST:
        return 0.0
    cells = np.bincount(2 * yes + filled, minlength=4).reshape(2, 2).astype(np.float64)
    due = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
    held = cells > 0
    return float(2 * (cells[held] * np.log(cells[held] / due[held])).sum())
