"""Codes, numbers and descriptions: what the rows' keys give, and independent of what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.verification.during.changed import alike, stays
from scrambler.verification.during.comparison import ColumnComparison, in_units
from scrambler.verification.during.derivation import Numbers
from scrambler.verification.during.encoded import text_of, without_blanks
from scrambler.verification.during.formats import FORMATS, fits
from scrambler.verification.during.holding import embedded, fixed, holds_code, taken_over
from scrambler.verification.during.reading import (
    NONE,
    choices,
    exactly,
    labels_of,
    loosely,
    numbers,
)
from scrambler.verification.during.redraw import Redraw, redrawn
from scrambler.verification.during.reserved import other_numbers
from scrambler.verification.during.sides import Mask, Sides

_BUCKETS = 12


@dataclass(frozen=True)
class _Places:
    """Places in a list: of what went in, of what came out, and which rows came out as drawn."""

    before: Numbers
    after: Numbers
    right: Mask


def compare_drawn(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare a column of codes or numbers; return where an identifier among them stayed."""
    parameters = sides.parameters(column)
    draw, here = redrawn(sides, column), holds_code(sides, column)
    codes, labels = _forms(sides, column)
    places = _places(sides, column, codes, labels, draw.places)
    _judge(into, draw, places, here)
    others, unlike = ~here, np.zeros(len(sides), dtype=bool)
    if "fixed" in parameters:
        others &= ~_fixed(sides, column, into)
    if "identifiers" in parameters:
        hidden = embedded(sides, column)
        others &= ~hidden
        unlike = _hidden(sides, column, hidden, into)
    if "follows" in parameters:
        led = taken_over(sides, column)
        others &= ~led
        _led(sides, column, led, into)
    stays(sides, column, others, into)
    return unlike


def compare_described(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare descriptions: of the code drawn beside them, of any code where there is none."""
    assignment = sides.assignments[column]
    labels = sides.spec.code_lists[assignment.column.code_list or ""].labels
    here, leader = sides.has_value(column), sides.parameters(column)["follows"]
    alone = (sides.rows % np.uint64(len(labels))).astype(np.int64)
    even = np.full((1, len(labels)), 1 / len(labels))
    draw = Redraw(alone, np.zeros(len(sides), np.int64), even, sides.rows)
    if sides.is_drawn(leader):
        own = redrawn(sides, leader)
        led = own.places != NONE
        draw = Redraw(
            np.where(led, own.places, alone),
            np.where(led, own.strata, len(own.chances)),
            np.concatenate([own.chances, even]),
            np.where(led, own.seeds, sides.rows),
        )
    width = assignment.column.width
    written = tuple(label[:width] for label in labels)
    _judge(into, draw, _places(sides, column, written, (), draw.places), here)
    stays(sides, column, ~here, into)
    return np.zeros(len(sides), dtype=bool)


def compare_codes(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare the codes that stand in a column of identifiers; return the rows that hold one."""
    here, draw = holds_code(sides, column), redrawn(sides, column)
    codes = choices(sides.assignments[column], sides.spec)
    places = _places(sides, column, codes, (), draw.places)
    into.invalid += int((here & (places.after == NONE)).sum())
    into.redraw_mismatch += int((here & ~places.right).sum())
    return here


def _forms(sides: Sides, column: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    assignment = sides.assignments[column]
    labels = labels_of(assignment, sides.spec) if assignment.traits.draws == "code" else ()
    return choices(assignment, sides.spec), labels


def _places(
    sides: Sides, column: str, codes: Sequence[str], labels: Sequence[str], due: Numbers
) -> _Places:
    """Read both sides. What came out must be a code, its description or both, to the letter."""
    before, after = sides.before(column), sides.after(column)
    if sides.assignments[column].traits.draws == "number" or after.values.dtype.is_float():
        went, came = (side.spread(numbers(side.values, codes)) for side in (before, after))
        return _Places(went, came, came == due)
    went = before.spread(loosely(sides.text(column), codes, labels))
    text = text_of(after.values)
    if after.values.dtype == pl.String:
        text = after.values
    came, right = np.full(len(sides), NONE), np.zeros(len(sides), dtype=bool)
    both = [f"{code} {label}" for code, label in zip(codes, labels, strict=False)]
    for forms in filter(None, (codes, labels, both)):
        # Of two codes with one description either may be meant.
        first = _firsts(tuple(forms))
        found = after.spread(exactly(text, forms))
        came = np.where(came == NONE, found, came)
        right |= (found != NONE) & (found == first[due])
    return _Places(went, np.where(right, due, came), right & (due != NONE))


@cache
def _firsts(forms: tuple[str, ...]) -> Numbers:
    """Return the first place of each form."""
    return np.array([forms.index(form) for form in forms])


def _judge(into: ColumnComparison, draw: Redraw, places: _Places, here: Mask) -> None:
    """Count, of the rows ``here``, what is right, what stayed, and what went in and came out."""
    possible = places.after != NONE
    possible &= draw.chances[draw.strata, places.after] > 0
    into.invalid += int((here & ~possible).sum())
    into.redraw_mismatch += int((here & ~places.right).sum())
    rows = np.flatnonzero(here)
    into.examined += len(rows)
    into.note_draws(draw.seeds[rows])
    _stayed(into, draw, places, rows)
    _paired(into, draw, places, rows)


def _stayed(into: ColumnComparison, draw: Redraw, places: _Places, rows: NDArray[np.int64]) -> None:
    known = rows[places.before[rows] != NONE]
    shape = draw.chances.shape
    cells = draw.strata[known] * shape[1] + places.before[known]
    counts = np.bincount(cells, minlength=draw.chances.size)
    same = int((places.before[known] == places.after[known]).sum())
    chances = draw.chances.ravel()
    into.note_chances(same, counts, chances, chances * (1 - chances))


def _paired(into: ColumnComparison, draw: Redraw, places: _Places, rows: NDArray[np.int64]) -> None:
    """Count pairs in at most a dozen buckets each way, and one more for what is in no list."""
    strata, codes = draw.chances.shape
    size = min(codes, _BUCKETS)
    fold = np.arange(codes) % size
    went = np.where(places.before[rows] == NONE, size, places.before[rows] % size)
    came = np.maximum(places.after[rows], 0) % size
    shape = (size + 1, size)
    seen = np.bincount(went * size + came, minlength=shape[0] * size).reshape(shape)
    weights = np.bincount(went * strata + draw.strata[rows], minlength=shape[0] * strata)
    units = np.zeros((strata, size), dtype=np.int64)
    np.add.at(units.T, fold, in_units(draw.chances).T)
    into.note_pairs(seen, weights.reshape(shape[0], strata) @ units)


def _fixed(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Hold what keeps its meaning to the form that the policy gives it; return those rows."""
    meant = fixed(sides, column).gather(sides.before(column).codes)
    here: Mask = meant.is_not_null().to_numpy()
    rows = np.flatnonzero(here)
    due, came = meant.gather(rows), sides.scrambled[column].gather(rows)
    if came.dtype.is_numeric():
        due, came = due.cast(pl.Float64, strict=False), came.cast(pl.Float64)
    into.invalid += int(due.ne_missing(came).sum())
    return here


def _hidden(sides: Sides, column: str, here: Mask, into: ColumnComparison) -> Mask:
    """Hold identifiers in a code column to the numbers never issued that their places give."""
    if not here.any():
        return here
    same: Mask = here & alike(sides.source[column], sides.scrambled[column])
    domain = sides.parameters(column)["identifiers"]
    spec, left = sides.spec.domains[domain], here.copy()
    before, after = (
        without_blanks(text_of(side[column])) for side in (sides.source, sides.scrambled)
    )
    for one in FORMATS[spec.shape]:
        rows = np.flatnonzero(left & fits(before, one.pattern))
        if len(rows):
            came, tokens = after.gather(rows), sides.keys.tokens[domain, column][rows]
            into.invalid += int((~fits(came, one.unissued)).sum())
            into.redraw_mismatch += other_numbers(sides.check, spec.map, one, tokens, came)
            left[rows] = False
    into.invalid += int(left.sum()) + int(same.sum())
    return same


def _led(sides: Sides, column: str, here: Mask, into: ColumnComparison) -> None:
    """Hold rows that take over a code to the one drawn in the column they follow."""
    rows = np.flatnonzero(here)
    if not len(rows):
        return
    leader = sides.parameters(column)["follows"]
    codes, labels = _forms(sides, leader)
    draw = redrawn(sides, leader)
    came = sides.after(column).spread(exactly(text_of(sides.after(column).values), codes))
    went = sides.before(column).spread(loosely(sides.text(column), codes, labels))
    into.redraw_mismatch += int((came[rows] != draw.places[rows]).sum())
    into.invalid += int((came[rows] == NONE).sum())
    into.examined += len(rows)
    into.note_draws(draw.seeds[rows])
    _stayed(into, draw, _Places(went, came, came == draw.places), rows)
