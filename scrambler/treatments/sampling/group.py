"""The distributions that groups of columns are drawn by, and the draw itself.

The rows of a group fall into strata by what scrambling keeps: which columns are empty, and the
facts that the group is given. Within a stratum every allowed combination of codes is equally
likely, or by weights that are public, whatever the row held before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kernels.draw import Seeds, below, mix
from scrambler.batch import Batch
from scrambler.ssd.sampling import SUBJECT, Group
from scrambler.treatments.sampling.conditions import evaluated

Marks = NDArray[np.int64]

EMPTY = -1
"""The choice of a column that is null or a missing-value code: it stays as it is."""


@dataclass(frozen=True)
class SamplingDistribution:
    """The combinations of one stratum: a matrix of choices, one column a column, and weights."""

    combinations: NDArray[np.int16]
    weights: NDArray[np.int64]

    def chances(self, column: int, size: int) -> NDArray[np.float64]:
        """Return the chance of each of the ``size`` choices of one column; zeros where empty."""
        choices = self.combinations[:, column]
        here = choices != EMPTY
        counts = np.bincount(choices[here], self.weights[here], minlength=size)
        chances: NDArray[np.float64] = counts / self.weights.sum()
        return chances


@dataclass(frozen=True)
class Drawn:
    """What was drawn for one column of a batch, and the distribution it was drawn by.

    ``choices`` index the column's code list, EMPTY where the column stays empty; ``strata`` index
    ``chances``, one array of chances a stratum; rows with equal ``seeds`` share one draw.
    """

    choices: Marks
    strata: Marks
    chances: Sequence[NDArray[np.float64]]
    seeds: Seeds


def draw(
    group: Group,
    batch: Batch,
    lists: Mapping[str, tuple[str, ...]],
    coded: Mapping[str, Marks],
    weights: Mapping[str, Mapping[str, int]],
) -> dict[str, Drawn]:
    """Draw the columns in ``lists``: their codes, in the group's order.

    ``coded`` marks the rows of each column that hold a code; the others stay EMPTY. ``weights`` are
    those of the codes of columns that are not drawn evenly.
    """
    columns = tuple(lists)
    marks = [coded[column] for column in columns] + [
        evaluated(condition, batch) for condition in group.given.values()
    ]
    strata, rows = _strata(marks)
    distributions = [
        _distribution(
            group,
            tuple((c, lists[c] if here else ()) for c, here in zip(columns, stratum, strict=False)),
            stratum[len(columns) :],
            tuple(tuple(weights[c].items()) if c in weights else () for c in columns),
        )
        for stratum in strata
    ]
    seeds = _seeds(group, batch)
    bits = mix(seeds, batch.draw_key(group.name))
    totals = np.array([one.weights.sum() for one in distributions], dtype=np.int64)
    starts = np.cumsum(totals) - totals
    table = np.concatenate([one.combinations for one in distributions]).astype(np.int64)
    ends = np.cumsum(np.concatenate([one.weights for one in distributions]))
    drawn = starts[rows] + below(bits, totals[rows])
    choices = table[np.searchsorted(ends, drawn, side="right")]
    return {
        column: Drawn(
            choices[:, number],
            rows,
            [distribution.chances(number, len(lists[column])) for distribution in distributions],
            seeds,
        )
        for number, column in enumerate(columns)
    }


def _seeds(group: Group, batch: Batch) -> Seeds:
    if group.keyed_by is None:
        return batch.rows
    own = batch.subjects if group.keyed_by == SUBJECT else batch.token(group.keyed_by)
    return batch.or_rows(own)


def _strata(marks: Sequence[Marks]) -> tuple[list[tuple[int, ...]], Marks]:
    """Return the distinct rows of marks, and for each row which of them it is."""
    packed = np.zeros(len(marks[0]), dtype=np.int64)
    spans = [(int(mark.min()), int(mark.max() - mark.min()) + 1) for mark in marks]
    for mark, (least, span) in zip(marks, spans, strict=True):
        packed = packed * span + (mark - least)
    seen = np.flatnonzero(np.bincount(packed))
    place = np.zeros(int(packed.max()) + 1, dtype=np.int64)
    place[seen] = np.arange(len(seen))
    strata = []
    for number in seen.tolist():
        unpacked = []
        for least, span in reversed(spans):
            number, rest = divmod(number, span)
            unpacked.append(rest + least)
        strata.append(tuple(reversed(unpacked)))
    return strata, place[packed]


@lru_cache(maxsize=4096)
def _distribution(
    group: Group,
    lists: tuple[tuple[str, tuple[str, ...]], ...],
    given: tuple[int, ...],
    weights: tuple[tuple[tuple[str, int], ...], ...],
) -> SamplingDistribution:
    """Work out the allowed combinations of one stratum.

    Where nothing is allowed, what is kept already breaks the rule in the source: then no rule can
    be kept, and every combination is as good as another.
    """
    facts = dict(zip(group.given, given, strict=True))
    filled = [name for name, codes in lists if codes]
    every = list(product(*(range(len(codes)) for _, codes in lists if codes)))
    codes_of = dict(lists)

    def allowed(choice: tuple[int, ...]) -> bool:
        named = zip(filled, choice, strict=True)
        return not filled or group.allows(
            {name: codes_of[name][pick] for name, pick in named}, facts
        )

    kept = [choice for choice in every if allowed(choice)] or every
    combinations = np.full((len(kept), len(lists)), EMPTY, dtype=np.int16)
    places = [number for number, (_, codes) in enumerate(lists) if codes]
    combinations[:, places] = np.array(kept, dtype=np.int16).reshape(len(kept), len(places))
    weighed = np.ones(len(kept), dtype=np.int64)
    for number, (_, codes) in enumerate(lists):
        if codes and weights[number]:
            of_code = dict(weights[number])
            weighed *= np.array([of_code[code] for code in codes])[combinations[:, number]]
    return SamplingDistribution(combinations, weighed)
