"""Works out the conditions of joint sampling groups for the rows of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernels.draw import below, mix
from scrambler.batch import NO_DAY, Batch
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

Marks = NDArray[np.int64]


def evaluated(condition: Condition, batch: Batch) -> Marks:
    """Return what a condition is in each row, as a small number."""
    return _EVALUATE[type(condition)](condition, batch)


def _has_value(condition: HasValue, batch: Batch) -> Marks:
    held: NDArray[np.bool_] = np.any([batch.has_value(c) for c in condition.columns], axis=0)
    return held.astype(np.int64)


def _known(condition: Known, batch: Batch) -> Marks:
    held = batch.ask(condition.index)
    if held is None:
        return np.zeros(len(batch), dtype=np.int64)
    return held.holds(batch.token(condition.column)).astype(np.int64)


def _number(condition: Number, batch: Batch) -> Marks:
    held = batch.ask(condition.index)
    if held is None:
        return np.full(len(batch), condition.default, dtype=np.int64)
    return held.get(condition.field, batch.rows, condition.default)


def _planned(condition: Planned, batch: Batch) -> Marks:
    held = batch.ask("planned")
    if held is None or not len(held):  # where nobody has a plan the tables are not filled
        return np.zeros(len(batch), dtype=np.int64)
    return 1 + held.holds(batch.token(condition.column)).astype(np.int64)


def _of_child(batch: Batch, index: str, field: str) -> Marks:
    """Return the day in ``field`` of an index for the row's child, NO_DAY where there is none."""
    held = batch.ask(index)
    if held is None:
        return np.full(len(batch), NO_DAY, dtype=np.int64)
    return held.get(field, batch.subjects, NO_DAY)


def _died(_: Condition, batch: Batch) -> Marks:
    return np.where(_of_child(batch, "deaths", "death") != NO_DAY, 1, 0)


def _died_on(condition: DiedOn, batch: Batch) -> Marks:
    death = _of_child(batch, "deaths", "death")
    return np.where((death != NO_DAY) & (death == batch.moved(condition.column)), 1, 0)


def _aged(condition: Aged, batch: Batch) -> Marks:
    born, day = _of_child(batch, "person", "dob"), batch.moved(condition.column)
    missing = (born == NO_DAY) | (day == NO_DAY)
    years = _years(*(np.where(missing, 0, days) for days in (born, day)))
    reached = sum((years >= age).astype(np.int64) for age in condition.ages)
    return np.where(missing, UNKNOWN_AGE, reached)


def _years(born: Marks, day: Marks) -> Marks:
    (birth_month, birthday), (month, date) = (_months(days) for days in (born, day))
    years: Marks = (month - birth_month - (date < birthday)) // 12
    return years


def _months(days: Marks) -> tuple[Marks, Marks]:
    """Return the months since 1970, and the days since the first of the month."""
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    return months.astype(np.int64), days - months.astype("datetime64[D]").astype(np.int64)


def _reached(condition: Reached, batch: Batch) -> Marks:
    day, turns = batch.moved(condition.column), np.array(condition.days, dtype="datetime64[D]")
    reached = np.searchsorted(turns.astype(np.int64), day, side="right")
    return np.where(day == NO_DAY, len(turns), reached)


def _order_on(condition: OrderOn, batch: Batch) -> Marks:
    held = batch.ask("orders")
    if held is None:
        return np.zeros(len(batch), dtype=np.int64)
    ordered = held.get("day", batch.subjects, NO_DAY)
    same = (ordered != NO_DAY) & (ordered == batch.moved(condition.column))
    drawn = mix(batch.or_rows(batch.subjects), batch.draw_key(PERMANENCE_ORDER))
    others = 1 + below(drawn, ORDER_TYPES - 1)
    adopted = held.get("adopted", batch.subjects, 0) == 1
    return np.where(same, 1 + np.where(adopted, 0, others), 0)


_EVALUATE: Mapping[type, Callable[[Any, Batch], Marks]] = {
    HasValue: _has_value,
    Known: _known,
    Number: _number,
    Planned: _planned,
    Died: _died,
    DiedOn: _died_on,
    Aged: _aged,
    Reached: _reached,
    OrderOn: _order_on,
}
