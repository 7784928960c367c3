"""Tallies: what comparing a column batch by batch adds up to, and whether it passes.

Only aggregates are kept. The limits are those of the threat table: nothing unchanged where every
value must change; elsewhere as much unchanged as chance has it, to within six standard errors, and
what comes out independent of what went in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scrambler.verification.during.seen import Mask, Seen

__all__ = ["SIX", "Mask", "Tally", "deviation", "unlikely"]

SIX = 6.0
"""Standard errors that chance may take a column away from what is expected: 1 in 500 million."""

_LOG_CHANCE = 20.7
"""-ln of one in a thousand million: the limit where there are too few rows for standard errors."""

_LEAST_EXPECTED = 5.0
_LEAST_VARIANCE = 100.0
_ROUNDING = 1e-12


@dataclass
class Tally:
    """One column over all batches.

    ``rows`` were seen; ``judged`` of them held something that had to change or be redrawn, of which
    ``unchanged`` came out the same; ``expected`` and ``variance`` say how many chance would leave
    (both 0 where none may be). ``misplaced`` counts nulls that became values or values that became
    null, ``foreign`` values that the list, the law or the form does not allow, ``strayed`` dates
    not moved by their child's days, ``split`` people with more than one name, ``comments`` those
    left as they were, ``kept`` structural values that stayed, ``lost`` those cleared because they
    did not fit. ``keys`` knows the row keys of earlier batches and is the same for all columns of
    a table, ``shared`` the draws that rows of several batches share. ``observed`` and ``predicted``
    count pairs of what went in and what came out.
    """

    table: str
    column: str
    treatment: str
    rows: int = 0
    judged: int = 0
    unchanged: int = 0
    expected: float = 0.0
    variance: float = 0.0
    misplaced: int = 0
    foreign: int = 0
    kept: int = 0
    lost: int = 0
    strayed: int = 0
    split: int = 0
    comments: int = 0
    keys: Seen = field(default_factory=Seen, repr=False)
    shared: Seen = field(default_factory=Seen, repr=False)
    observed: NDArray[np.float64] | None = field(default=None, repr=False)
    predicted: NDArray[np.float64] | None = field(default=None, repr=False)

    def pair(self, observed: NDArray[np.float64], predicted: NDArray[np.float64]) -> None:
        """Add the pairs of one batch."""
        if self.observed is None or self.predicted is None:
            self.observed, self.predicted = observed.copy(), predicted.copy()
        else:
            self.observed += observed
            self.predicted += predicted

    def faults(self) -> list[str]:
        """Return what is wrong with the column, in words with counts; empty when it passes."""
        found = []
        if self.expected == 0 and self.unchanged:
            found.append(f"{self.unchanged} of {self.judged} values unchanged")
        elif unlikely(self.unchanged, self.judged, self.expected, self.variance):
            found.append(
                f"{self.unchanged} of {self.judged} values unchanged where chance leaves "
                f"{self.expected:.0f}"
            )
        if self.misplaced:
            found.append(f"{self.misplaced} nulls not where they were")
        if self.foreign:
            found.append(f"{self.foreign} values not allowed")
        if self.strayed:
            found.append(f"{self.strayed} dates not moved by their child's days")
        if self.split:
            found.append(f"{self.split} people with more than one name")
        if self.comments:
            found.append(f"{self.comments} comments unchanged")
        if self.observed is not None and self.predicted is not None:
            distance = deviation(self.observed, self.predicted)
            if distance > SIX:
                found.append(f"output not independent of input ({distance:.1f} standard errors)")
        return found


def unlikely(unchanged: int, judged: int, expected: float, variance: float) -> bool:
    """Return whether chance leaves a count so far from its expectation once in 500 million times.

    Six standard errors; for small variances, where counts are far from normal, the exponent of
    Chernoff's bound for ``judged`` independent rows, which holds for rows of different chances too
    (Hoeffding 1963). So five rows of 250 codes tell, and thirty of two.
    """
    if variance >= _LEAST_VARIANCE:
        return abs(unchanged - expected) > SIX * float(np.sqrt(variance))
    if not judged:
        return False
    share, chance = unchanged / judged, min(expected / judged, 1.0)
    return judged * (_part(share, chance) + _part(1 - share, 1 - chance)) > _LOG_CHANCE


def _part(share: float, chance: float) -> float:
    """Return one summand of the relative entropy. A chance of 0 is as small as rounding leaves."""
    return share * float(np.log(share / max(chance, _ROUNDING))) if share else 0.0


def deviation(observed: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """Return the chi-square of ``observed`` against ``predicted`` as standard errors above chance.

    Cells with fewer than five expected are put together; 0 where too little is left to judge. The
    cube-root normal approximation of chi-square is Wilson and Hilferty's (1931).
    """
    large = predicted >= _LEAST_EXPECTED
    cells = [(observed[large], predicted[large])]
    rest = float(predicted[~large].sum())
    if rest >= _LEAST_EXPECTED:
        cells.append((np.array([observed[~large].sum()]), np.array([rest])))
    seen, due = (np.concatenate(part) for part in zip(*cells, strict=True))
    freedom = len(due) - int(large.any(axis=-1).sum())
    if freedom < 1:
        return 0.0
    statistic = float(((seen - due) ** 2 / due).sum())
    spread = 2 / (9 * freedom)
    return float(((statistic / freedom) ** (1 / 3) - (1 - spread)) / np.sqrt(spread))
