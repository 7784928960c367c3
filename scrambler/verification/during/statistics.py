"""How far chance may take a column: six standard errors, and their like where rows are few.

The limits are those of the threat table: nothing unchanged where every value must change; elsewhere
as much unchanged as chance has it, and what comes out independent of what went in.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIX = 6.0
"""Standard errors that chance may take a column away from what is expected: 1 in 500 million."""

_LOG_CHANCE = 20.7
"""-ln of one in a thousand million: the limit where there are too few rows for standard errors."""

_LEAST_EXPECTED = 5.0
_LEAST_VARIANCE = 100.0
_FEWEST_KINDS = 2
_ROUNDING = 1e-12


def unlikely(unchanged: float, examined: float, expected: float, variance: float) -> bool:
    """Return whether chance leaves a count so far from its expectation once in 500 million times.

    Six standard errors; for small variances, where counts are far from normal, the exponent of
    Chernoff's bound for ``examined`` independent rows, which holds for rows of different chances
    too (Hoeffding 1963). So five rows of 250 codes tell, and thirty of two.
    """
    if variance >= _LEAST_VARIANCE:
        return abs(unchanged - expected) > SIX * float(np.sqrt(variance))
    if not examined:
        return False
    share, chance = unchanged / examined, min(expected / examined, 1.0)
    return examined * (_part(share, chance) + _part(1 - share, 1 - chance)) > _LOG_CHANCE


def _part(share: float, chance: float) -> float:
    """Return one summand of the relative entropy. A chance of 0 is as small as rounding leaves."""
    return share * float(np.log(share / max(chance, _ROUNDING))) if share > 0 else 0.0


def association(pairs: NDArray[np.float64]) -> float:
    """Return how far a square table of pairs is from independence, as ``deviation`` does.

    Where pairs are few, kinds are put together, until each cell has enough to judge: kind 5 of 16
    is 1 of 4. What is expected of a pair follows from how often each of its halves is there::

        [[25, 25], [25, 25]] -> below 0        [[50, 0], [0, 50]] -> 8.2
    """
    if not (total := pairs.sum()):
        return 0.0
    kinds = len(pairs)
    while kinds > _FEWEST_KINDS and total < _LEAST_EXPECTED * kinds**2:
        kinds //= 2
        pairs = pairs.reshape(2, kinds, 2, kinds).sum(axis=(0, 2))
    rows, columns = pairs.sum(axis=1), pairs.sum(axis=0)
    return deviation(pairs, np.outer(rows, columns) / total, given_columns=True)


def deviation(
    observed: NDArray[np.float64],
    predicted: NDArray[np.float64],
    *,
    given_columns: bool = False,
) -> float:
    """Return the chi-square of ``observed`` against ``predicted`` as standard errors above chance.

    Both agree in the sum of each row, and with ``given_columns`` of each column too. Cells with
    fewer than five expected are put together; 0 where too little is left to judge. The cube-root
    normal approximation of chi-square is Wilson and Hilferty's (1931).
    """
    large = predicted >= _LEAST_EXPECTED
    cells = [(observed[large], predicted[large])]
    rest = float(predicted[~large].sum())
    if rest >= _LEAST_EXPECTED:
        cells.append((np.array([observed[~large].sum()]), np.array([rest])))
    seen, due = (np.concatenate(part) for part in zip(*cells, strict=True))
    freedom = len(due) - int(large.any(axis=-1).sum())
    if given_columns:
        freedom -= max(int(large.any(axis=0).sum()) - 1, 0)
    if freedom < 1:
        return 0.0
    statistic = float(((seen - due) ** 2 / due).sum())
    spread = 2 / (9 * freedom)
    return float(((statistic / freedom) ** (1 / 3) - (1 - spread)) / np.sqrt(spread))
