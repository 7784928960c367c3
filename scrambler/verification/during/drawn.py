"""What is drawn: unchanged as often as its law has it, and independent of what it was."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import Seeds
from kernels.reserved import RESERVED
from scrambler.batch import Batch
from scrambler.treatments.sampling import (
    Drawn,
    choices,
    derived_from,
    drawn,
    embedded_identifier,
    fixed,
    has_code,
    is_sampled,
)
from scrambler.verification.during.changed import must_change
from scrambler.verification.during.places import places_of, source_places
from scrambler.verification.during.pseudonyms import outside
from scrambler.verification.during.tally import Mask, Tally

_BUCKETS = 12


def judge_drawn(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge a column of codes, numbers or descriptions."""
    parameters, assignment = batch.parameters(column), batch.assignments[column]
    unlike = np.zeros(len(batch), dtype=bool)
    if assignment.treatment == "label":
        _labels(batch, column, scrambled, tally)
        return unlike
    codes = choices(assignment, batch.context.spec)
    draw, here = drawn(batch, column), has_code(batch, column)
    if "identifiers" in parameters:
        hidden = embedded_identifier(batch, column)
        unlike = must_change(batch.frame[column], scrambled, hidden, Tally("", "", ""))
        tally.misplaced += int(unlike.sum())
        tally.foreign += _unreserved(batch, parameters["identifiers"], scrambled, hidden)
    if "fixed" in parameters:
        tally.foreign += _unfixed(batch, column, scrambled)
    before = source_places(batch, column)
    after = places_of(scrambled, batch, column, codes)
    _weighed(tally, batch, draw, before, after, here)
    if "follows" in parameters:
        _led(batch, column, scrambled, tally)
    return unlike


def _labels(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> None:
    """Judge descriptions by the law of their codes, and by an even one where there is no code."""
    listed = batch.context.spec.code_lists[batch.assignments[column].column.code_list or ""]
    leader = batch.parameters(column)["follows"]
    filled = batch.has_value(column)
    before, after = (
        places_of(side, batch, column, listed.labels) for side in (batch.frame[column], scrambled)
    )
    led = np.zeros(len(batch), dtype=bool)
    if is_sampled(batch, leader):
        draw = drawn(batch, leader)
        led = filled & (draw.choices >= 0)
        _weighed(tally, batch, draw, before, after, led)
    alone = filled & ~led
    if alone.any():
        even = np.full(len(listed.labels), 1 / len(listed.labels))
        none = np.zeros(len(batch), dtype=np.int64)
        _weighed(tally, batch, Drawn(none, none, [even], batch.rows), before, after, alone)


def _unreserved(batch: Batch, domain: str, scrambled: pl.Series, hidden: Mask) -> int:
    """Return how many hidden identifiers became none of a reserved range."""
    shape = batch.context.spec.domains[domain].shape
    ranges = [one.ranges for one in RESERVED.values() if one.name.startswith(shape)]
    return outside(scrambled, hidden, "|".join(ranges))


def _unfixed(batch: Batch, column: str, scrambled: pl.Series) -> int:
    """Return how many values that keep their meaning came out as something else."""
    meant = fixed(batch, column)
    rows = meant.is_not_null().arg_true()
    if not len(rows):
        return 0
    sides = [side.gather(rows) for side in (meant, scrambled)]
    if scrambled.dtype.is_numeric():
        sides = [side.cast(pl.Float64, strict=False) for side in sides]
    return int(sides[0].ne_missing(sides[1]).sum())


def _led(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> None:
    """Judge the rows that take over another column's code by the law of that column."""
    here = derived_from(batch, column)
    if here.any():
        leader = batch.parameters(column)["follows"]
        codes = choices(batch.assignments[leader], batch.context.spec)
        before = places_of(batch.frame[column], batch, leader, codes)
        after = places_of(scrambled, batch, leader, codes)
        _counted(tally, batch, drawn(batch, leader), before, after, here)


def _weighed(
    tally: Tally,
    batch: Batch,
    draw: Drawn,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    here: Mask,
) -> None:
    """Count what stayed, and what went in against what came out."""
    rows, chances = _counted(tally, batch, draw, before, after, here)
    _pairs(tally, before[rows], after[rows], draw.strata[rows], chances)


def _counted(
    tally: Tally,
    batch: Batch,
    draw: Drawn,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    here: Mask,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count what stayed against what chance leaves; return the rows judged, and the chances.

    Rows whose draw is shared with others count once: they are one draw.
    """
    # A code that the law leaves no chance is as foreign as one that is in no list.
    chances = np.stack(draw.chances)
    possible = after >= 0
    if not (chances > 0).all():
        possible &= chances[draw.strata, np.maximum(after, 0)] > 0
    tally.foreign += int((here & ~possible).sum())
    rows = np.flatnonzero(once(batch, draw.seeds, here, tally))
    known = rows[before[rows] >= 0]
    chance = chances[draw.strata[known], before[known]]
    tally.judged += len(rows)
    tally.unchanged += int((before[known] == after[known]).sum())
    tally.expected += float(chance.sum())
    tally.variance += float((chance * (1 - chance)).sum())
    return rows, chances


def _pairs(
    tally: Tally,
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    strata: NDArray[np.int64],
    chances: NDArray[np.float64],
) -> None:
    """Count what went in against what came out, in at most a dozen buckets each way."""
    size = min(chances.shape[1], _BUCKETS)
    fold = np.zeros((chances.shape[1], size))
    fold[np.arange(chances.shape[1]), np.arange(chances.shape[1]) % size] = 1
    source = np.where(before < 0, size, before % size)
    shape = (size + 1, size)
    seen = np.bincount(source * size + np.maximum(after, 0) % size, minlength=shape[0] * size)
    weights = np.bincount(source * len(chances) + strata, minlength=shape[0] * len(chances))
    due = weights.reshape(shape[0], len(chances)) @ (chances @ fold)
    tally.pair(seen.reshape(shape).astype(np.float64), due)


def once(batch: Batch, seeds: Seeds, here: Mask, tally: Tally) -> Mask:
    """Return, of the rows ``here``, the first of each draw that several rows share.

    Rows of one key share their draws, and those of one family or period: in whatever batches.
    """
    if seeds is batch.rows:
        return here & tally.keys.rows(batch)
    rows = np.flatnonzero(here)
    found = np.zeros(len(batch), dtype=bool)
    found[rows] = tally.shared.first(seeds[rows])
    return found
