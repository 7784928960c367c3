"""The facts that draws depend on, worked out for the check from the same declarations."""

from __future__ import annotations

from datetime import date

import numpy as np

from scrambler.ssd.sampling import (
    ORDER_TYPES,
    PERMANENCE_ORDER,
    UNKNOWN_AGE,
    Aged,
    Condition,
    Died,
    DiedOn,
    HasValue,
    Known,
    Number,
    OrderOn,
    Planned,
    Reached,
)
from scrambler.verification.during.derivation import Numbers, mixed, scaled
from scrambler.verification.during.moves import due
from scrambler.verification.during.sides import NO_DAY, Mask, Sides


def condition_of(sides: Sides, condition: Condition) -> Numbers:
    """Return what a condition is in each row."""
    match condition:
        case HasValue(columns):
            held = np.zeros(len(sides), dtype=bool)
            for column in columns:
                held |= sides.has_value(column)
            return _marked(held)
        case Known(index, column):
            return _held(sides, index, column)
        case Planned(column):
            # Where nobody has a plan the tables of plans are not filled.
            unfilled = not len(sides.index("planned") or ())
            return (1 - unfilled) * (1 + _held(sides, "planned", column))
        case Number(index, field, default):
            held_by = sides.index(index)
            if held_by is None:
                return np.full(len(sides), default, dtype=np.int64)
            return held_by.get(field, sides.rows, default)
        case Died():
            return _marked(_death(sides) != NO_DAY)
        case DiedOn(column):
            death = _death(sides)
            return _marked((death != NO_DAY) & (death == _moved(sides, column)))
        case Aged(column, ages):
            return _reached(sides, column, ages)
        case Reached(column, days):
            return _turned(sides, column, days)
        case OrderOn(column):
            return _ordered(sides, column)


def _marked(rows: Mask) -> Numbers:
    return rows.astype(np.int64)


def _held(sides: Sides, index: str, column: str) -> Numbers:
    held_by = sides.index(index)
    if held_by is None:
        return np.zeros(len(sides), dtype=np.int64)
    return held_by.holds(sides.token(column)).astype(np.int64)


def _death(sides: Sides) -> Numbers:
    return _day_of(sides, "deaths", "death")


def _day_of(sides: Sides, index: str, field: str) -> Numbers:
    held_by = sides.index(index)
    if held_by is None:
        return np.full(len(sides), NO_DAY, dtype=np.int64)
    return held_by.get(field, sides.subjects, NO_DAY)


def _moved(sides: Sides, column: str) -> Numbers:
    """Return the days that a column must have in the output, as the indexes have them."""
    days = sides.days(column)
    moves = due(sides, sides.or_rows(sides.subjects), days)
    return np.where(days == NO_DAY, NO_DAY, days + moves)


def _reached(sides: Sides, column: str, ages: tuple[int, ...]) -> Numbers:
    """Count the birthdays in ``ages`` that came before or on the scrambled day."""
    born, day = _day_of(sides, "person", "dob"), _moved(sides, column)
    known = (born != NO_DAY) & (day != NO_DAY)
    reached = np.full(len(sides), UNKNOWN_AGE, dtype=np.int64)
    birth, then = (_calendar(days[known]) for days in (born, day))
    reached[known] = 0
    for age in ages:
        # As three digits of one number: the year counts first, then the month, then the day.
        reached[known] += then >= birth + age * 12 * 32
    return reached


def _turned(sides: Sides, column: str, turns: tuple[date, ...]) -> Numbers:
    """Count the turns that lie on the scrambled day or before it; an open row has seen all."""
    day, epoch = _moved(sides, column), date(1970, 1, 1)
    seen = np.zeros(len(sides), dtype=np.int64)
    for turn in turns:
        seen += (day == NO_DAY) | (day >= (turn - epoch).days)
    return seen


def _calendar(days: Numbers) -> Numbers:
    """Return days as (12 x year + month) x 32 + day of the month."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64)
    number: Numbers = months.astype(np.int64) * 32 + day
    return number


def _ordered(sides: Sides, column: str) -> Numbers:
    held_by = sides.index("orders")
    if held_by is None:
        return np.zeros(len(sides), dtype=np.int64)
    ordered = held_by.get("day", sides.subjects, NO_DAY)
    same = (ordered != NO_DAY) & (ordered == _moved(sides, column))
    bits = mixed(sides.or_rows(sides.subjects), sides.check.draw(PERMANENCE_ORDER))
    adopted = held_by.get("adopted", sides.subjects, 0) == 1
    return np.where(same, np.where(adopted, 1, 2 + scaled(bits, ORDER_TYPES - 1)), 0)
