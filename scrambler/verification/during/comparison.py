"""What comparing finds: counts that add up, whatever the batches, their order and the workers.

Chances are counted in units of 2**-32 as whole numbers, since sums of floating-point numbers depend
on their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.verification.during.statistics import SIX, association, deviation, unlikely

UNITS = 1 << 32
"""Parts of one in which chances are counted."""

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]

_BUCKETS = 1_024
_MOST_FLAGGED = 10_000


@dataclass
class ColumnComparison:
    """One column, over any part of its rows; ``a + b`` is that of both parts.

    ``rows`` were compared, and ``examined`` of them (of flags and lists: items) held what had to
    change or be drawn. ``unchanged`` of these came out as they were, where chance leaves
    ``expected`` with ``variance`` for independent draws; both are 0 where nothing may stay.
    ``draws`` are sums from which follows how many rows share a draw (see ``design_effect``).

    The faults: ``null_mismatch`` nulls that became values and values that became null; ``invalid``
    what the list, the distribution or the form does not allow; ``wrong_shift`` dates not moved by
    their child's days; ``redraw_mismatch`` results that are not what the row's keys give;
    ``comments_kept`` comments left as they were.

    ``words_kept`` counts results that hold more words and numbers of their original than another
    draw for the same row would, ``words_met`` those that hold fewer: by chance, as many.
    ``features`` count pairs of what can be told of an original and of its result (beginnings,
    lengths, digits), a table each, of a keyed sample of the rows.

    ``retained`` counts structural values that stayed, ``suppressed`` those cleared because they did
    not fit. ``observed`` and ``predicted`` (in ``UNITS``) count pairs of what went in and came out.
    """

    table: str
    column: str
    treatment: str
    rows: int = 0
    examined: int = 0
    unchanged: int = 0
    expected_units: int = 0
    variance_units: int = 0
    null_mismatch: int = 0
    invalid: int = 0
    wrong_shift: int = 0
    redraw_mismatch: int = 0
    words_kept: int = 0
    words_met: int = 0
    comments_kept: int = 0
    retained: int = 0
    suppressed: int = 0
    draws: Counts | None = field(default=None, repr=False)
    observed: Counts | None = field(default=None, repr=False)
    predicted: Counts | None = field(default=None, repr=False)
    features: Counts | None = field(default=None, repr=False)

    def __add__(self, other: ColumnComparison) -> ColumnComparison:
        """Return the comparison of both parts; ValueError for parts of different columns."""
        name = (self.table, self.column, self.treatment)
        if name != (other.table, other.column, other.treatment):
            raise ValueError("comparisons of different columns do not add up")
        sums = (_sum(getattr(self, one), getattr(other, one)) for one in _SUMMED)
        return ColumnComparison(*name, *sums)

    @property
    def expected(self) -> float:
        """How many chance leaves unchanged."""
        return self.expected_units / UNITS

    @property
    def variance(self) -> float:
        """The variance of that number, for rows that each draw for themselves."""
        return self.variance_units / UNITS

    @property
    def design_effect(self) -> float:
        """How many times as uncertain the figures are as those of independent draws (Kish 1965).

        Of draws that n rows share in groups of n_c it is the sum of n_c**2 over n. The sum of
        squares is estimated as by Cormode and Garofalakis (2005): each draw adds its sign to one of
        1,024 buckets, whose squares add up to it within 4 % (one standard error). What lies within
        six of them of 1 is 1.
        """
        if self.draws is None or not self.examined_draws:
            return 1.0
        squares = float((self.draws[:-1].astype(np.float64) ** 2).sum())
        effect = squares / self.examined_draws
        return effect if effect > 1 + SIX * float(np.sqrt(2 / _BUCKETS)) else 1.0

    @property
    def examined_draws(self) -> int:
        """How many rows with a draw were examined."""
        return 0 if self.draws is None else int(self.draws[-1])

    def note_draws(self, seeds: NDArray[np.uint64]) -> None:
        """Count the draws of the rows examined; equal seeds are one draw."""
        if not len(seeds):
            return
        bucket = (seeds & np.uint64(_BUCKETS - 1)).astype(np.int64)
        sign = (seeds >> np.uint64(63)).astype(np.int64)
        both = np.bincount(bucket * 2 + sign, minlength=2 * _BUCKETS).reshape(-1, 2)
        counts = np.append(both[:, 0] - both[:, 1], len(seeds))
        self.draws = counts if self.draws is None else self.draws + counts

    def note_chances(
        self,
        unchanged: int,
        rows: Counts,
        expected: NDArray[np.float64],
        variance: NDArray[np.float64],
    ) -> None:
        """Count what stayed, beside what chance leaves of each row of as many ``rows``."""
        self.unchanged += unchanged
        self.expected_units += int(rows @ in_units(expected))
        self.variance_units += int(rows @ in_units(variance))

    def note_pairs(self, observed: Counts, predicted: Counts) -> None:
        """Count pairs of what went in and what came out, ``predicted`` in ``UNITS``."""
        self.observed = _sum(self.observed, observed)
        self.predicted = _sum(self.predicted, predicted)

    def note_features(self, pairs: Counts) -> None:
        """Count pairs of features, in the shape (features, of originals, of results)."""
        self.features = _sum(self.features, pairs)

    def faults(self) -> list[str]:
        """Return what is wrong with the column, in words with counts; empty when it passes."""
        found = []
        if self.expected == 0 and self.unchanged:
            found.append(f"{self.unchanged} of {self.examined} values unchanged")
        elif self._too_far():
            found.append(
                f"{self.unchanged} of {self.examined} values unchanged where chance leaves "
                f"{self.expected:.0f}"
            )
        found += [f"{count} {said}" for name, said in _FAULTS if (count := getattr(self, name))]
        distance = self.dependence
        if distance > SIX:
            found.append(
                f"output not as drawn, whatever the input ({distance:.1f} standard errors)"
            )
        if (distance := self.association) > SIX:
            found.append(f"output shows features of the input ({distance:.1f} standard errors)")
        if self._shows_words():
            found.append(
                f"{self.words_kept} values with words or numbers of their originals, where "
                f"another draw has {self.words_met}"
            )
        return found

    @property
    def association(self) -> float:
        """Standard errors by which one feature of the results goes with one of the originals.

        0 where rows share draws: the same pairs come again, and tell less than they seem to.
        """
        if self.features is None or self.design_effect > 1:
            return 0.0
        return max(association(pairs.astype(np.float64)) for pairs in self.features)

    def _shows_words(self) -> bool:
        tried = (self.words_kept + self.words_met) / self.design_effect
        kept = self.words_kept / self.design_effect
        return kept > tried / 2 and unlikely(kept, tried, tried / 2, tried / 4)

    @property
    def dependence(self) -> float:
        """Standard errors by which the pairs differ from what independence predicts."""
        if self.observed is None or self.predicted is None:
            return 0.0
        return deviation(
            self.observed / self.design_effect, self.predicted / UNITS / self.design_effect
        )

    def _too_far(self) -> bool:
        # As many independent draws as tell as much.
        effect = self.design_effect
        figures = (self.unchanged, self.examined, self.expected, self.variance)
        return unlikely(*(figure / effect for figure in figures))


_SUMMED = [one.name for one in fields(ColumnComparison)][3:]

_FAULTS = (
    ("null_mismatch", "nulls not where they were"),
    ("invalid", "values not allowed"),
    ("wrong_shift", "dates not moved by their child's days"),
    ("redraw_mismatch", "values are not what their keys give"),
    ("comments_kept", "comments unchanged"),
)


@dataclass
class TableComparison:
    """The columns of one table over any part of its rows; ``a + b`` is that of both parts.

    ``without_subject`` counts rows whose child was not found, ``wrong_keys`` rows whose seed or
    child does not follow from their identifiers, ``displaced`` rows whose place in the table does
    not follow from these. ``flagged`` lists values that must change and did
    not: the column, and the scrambled key of the row (null where that must not be shown); at most
    ten thousand.
    """

    table: str
    columns: dict[str, ColumnComparison] = field(default_factory=dict)
    without_subject: int = 0
    wrong_keys: int = 0
    displaced: int = 0
    flagged: pl.DataFrame | None = field(default=None, repr=False)

    def __add__(self, other: TableComparison) -> TableComparison:
        """Return the comparison of both parts; ValueError for parts of different tables."""
        if self.table != other.table:
            raise ValueError("comparisons of different tables do not add up")
        names = [*self.columns, *(name for name in other.columns if name not in self.columns)]
        return TableComparison(
            self.table,
            {name: _sum(self.columns.get(name), other.columns.get(name)) for name in names},
            self.without_subject + other.without_subject,
            self.wrong_keys + other.wrong_keys,
            self.displaced + other.displaced,
            _fewest(self.flagged, other.flagged),
        )


def in_units(chances: NDArray[np.float64]) -> Counts:
    """Return chances as whole numbers of ``UNITS``."""
    return np.rint(chances * UNITS).astype(np.int64)


def _sum(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _fewest(one: pl.DataFrame | None, other: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return the first ten thousand of both in an order of their own: whichever came first."""
    if one is None or other is None:
        return other if one is None else one
    return pl.concat([one, other]).sort("column", "row").head(_MOST_FLAGGED)
