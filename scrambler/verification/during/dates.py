"""Dates: moved back by their child's days, those and no others."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.verification.during.changed import must_change, stays
from scrambler.verification.during.clock import times_due
from scrambler.verification.during.comparison import ColumnComparison, in_units
from scrambler.verification.during.derivation import Numbers, Seeds, tokens_of
from scrambler.verification.during.digested import identifier_text
from scrambler.verification.during.missing import missing_days
from scrambler.verification.during.moves import chances_of_steps, due, steps
from scrambler.verification.during.sides import Mask, Sides
from scrambler.verification.during.text_dates import TextDates

_PARTS = 8
_UNKNOWN = "zz/zz/zzzz"
_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def compare_dates(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare a date column: no date stays, each moves by the days of its child, to its time."""
    if sides.source[column].dtype == pl.String:
        return _texts(sides, column, into)
    source, here = sides.source[column], sides.has_value(column)
    day = 1 if source.dtype == pl.Date else _PER_DAY[source.dtype.time_unit]  # type: ignore[attr-defined]
    before, after = (_numbers(side[column]) for side in (sides.source, sides.scrambled))
    moved = after - before
    same: Mask = here & (moved == 0)
    into.examined += int(here.sum())
    into.unchanged += int(same.sum())
    days = np.floor_divide(before, day)
    subjects = _subjects(sides, column)
    moves = due(sides, subjects, days)
    expected = before + day * moves
    if (timed := np.flatnonzero(here & (before != day * days))).size:
        landed, second = (days + moves)[timed], day // 86_400
        seconds = np.floor_divide(before - day * days, second)[timed]
        times = times_due(sides, subjects[timed], days[timed], landed, seconds)
        expected[timed] = day * landed + second * times
    wrong = here & ~same & (after != expected)
    into.wrong_shift += int(wrong.sum())
    # The rows that are a child: most children have one.
    own = here & (sides.rows == sides.subjects)
    if own.any():
        into.wrong_shift += _other_movers(sides, own)
        into.note_draws(sides.subjects[own])  # several rows of one child are one draw
        _spread(sides, days[own], np.floor_divide(after[own], day), into)
    stays(sides, column, ~here, into)
    return same


def _other_movers(sides: Sides, own: Mask) -> int:
    """Return of how many children dates would move by another digest than the dates key makes.

    The digests are made anew, of a keyed sample where the table is large.
    """
    key = sides.check.dates_key
    if key is None or sides.table.name != "ssd_person":
        return 0  # of whom other tables alone know, dates move by the epoch
    rows = np.flatnonzero(own & sides.digested(sides.subjects))
    text = identifier_text(sides, "person", sides.source["pers_person_id"].gather(rows))
    due = tokens_of(key.digests("identifier:person", text))
    return int((due != sides.check.movers(sides.subjects[rows])).sum())


def _spread(sides: Sides, before: Numbers, after: Numbers, into: ColumnComparison) -> None:
    """Count how far dates of children moved, beside how far chance moves them."""
    chances, back = chances_of_steps(sides.check), steps(sides.check, before, after)
    part = np.minimum((np.cumsum(chances) * _PARTS).astype(np.int64), _PARTS - 1)
    found = np.bincount(part[np.clip(back, 0, len(part) - 1)], minlength=_PARTS)
    due = np.bincount(part, chances, minlength=_PARTS).astype(np.float64)
    into.note_pairs(found[None, :], in_units(due)[None, :] * len(back))


def _subjects(sides: Sides, column: str) -> Seeds:
    subject = sides.parameters(column).get("subject")
    return sides.or_rows(sides.token(subject) if subject else sides.subjects)


def _numbers(dates: pl.Series) -> Numbers:
    numbers = dates.to_physical()
    if numbers.null_count():
        numbers = numbers.fill_null(0)
    return numbers.to_numpy().astype(np.int64, copy=False)


def _texts(sides: Sides, column: str, into: ColumnComparison) -> Mask:
    """Compare dates in text, of which parts may be unknown: ``zz/05/2012``."""
    before, after = (TextDates.of(side[column]) for side in (sides.source, sides.scrambled))
    written = sides.source[column].is_not_null().to_numpy()
    dated = written & before.is_date
    here = (
        sides.has_value(column) & ~(dated & before.says_nothing(missing_days(sides.spec))) & written
    )
    same = must_change(sides.source[column], sides.scrambled[column], here, into)
    # What is no date at all becomes one of which nothing is known.
    other = np.flatnonzero(here & ~dated)
    into.invalid += int((sides.scrambled[column].gather(other) != _UNKNOWN).sum())
    moves = due(sides, _subjects(sides, column), before.days)
    right = before.moved(moves).agrees(after)
    into.wrong_shift += int((here & dated & ~same & ~right).sum())
    stays(sides, column, written & ~here, into)
    return same
