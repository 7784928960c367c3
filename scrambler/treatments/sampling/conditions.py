"""Facts that scrambling keeps, as small numbers a row: what draws may depend on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kernels.draw import below, mix
from scrambler.batch import NO_DAY, Batch

Mark = Callable[[Batch], NDArray[np.int64]]

UNKNOWN_AGE = -1


def has_value(*columns: str) -> Mark:
    """1 where any of these columns of the row says something."""
    return lambda batch: np.any([batch.has_value(c) for c in columns], axis=0).astype(np.int64)


def known(index: str, column: str) -> Mark:
    """1 where the identifier in ``column`` is in the index."""

    def mark(batch: Batch) -> NDArray[np.int64]:
        held = batch.ask(index)
        tokens = batch.token(column)
        return held.holds(tokens).astype(np.int64) if held else np.zeros_like(tokens, np.int64)

    return mark


def number(index: str, field: str, default: int = 0) -> Mark:
    """``field`` of the index at the row's own key."""

    def mark(batch: Batch) -> NDArray[np.int64]:
        held = batch.ask(index)
        if not held:
            return np.full(len(batch), default, dtype=np.int64)
        return held.get(field, batch.rows, default)

    return mark


def person(batch: Batch, field: str, default: int = NO_DAY) -> NDArray[np.int64]:
    """``field`` of the row's child in the person index."""
    held = batch.ask("person")
    if not held:
        return np.full(len(batch), default, dtype=np.int64)
    return held.get(field, batch.subjects, default)


def planned(batch: Batch) -> NDArray[np.int64]:
    """0 where the SEND tables are empty, else 1 without and 2 with an active plan."""
    held = batch.ask("planned")
    if not held:
        return np.zeros(len(batch), dtype=np.int64)
    return 1 + held.holds(batch.token("pers_person_id")).astype(np.int64)


def died(batch: Batch) -> NDArray[np.int64]:
    """1 where the child has a death date."""
    return np.where(person(batch, "death") != NO_DAY, 1, 0)


def died_on(column: str) -> Mark:
    """1 where the child died on the day in ``column``."""

    def mark(batch: Batch) -> NDArray[np.int64]:
        death = person(batch, "death")
        return np.where((death != NO_DAY) & (death == batch.days(column)), 1, 0)

    return mark


def died_or_unborn(batch: Batch) -> NDArray[np.int64]:
    """1 where the child has a death date, or is expected."""
    return died(batch) | person(batch, "unborn", 0)


def aged(column: str, *ages: int) -> Mark:
    """How many of ``ages`` (in years) the child has reached on the day in ``column``.

    UNKNOWN_AGE where either date is missing. Birthdays are counted on the scrambled dates, since
    ages in the source are not quite those in the output: leap days differ, and a warp does more.
    """

    def mark(batch: Batch) -> NDArray[np.int64]:
        born, day = person(batch, "dob"), batch.days(column)
        missing = (born == NO_DAY) | (day == NO_DAY)
        years = _years(*(np.where(missing, 0, _moved(batch, days)) for days in (born, day)))
        return np.where(missing, UNKNOWN_AGE, sum((years >= age).astype(np.int64) for age in ages))

    return mark


def _moved(batch: Batch, days: NDArray[np.int64]) -> NDArray[np.int64]:
    return days + batch.moves(lambda: days)


def _years(born: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
    (birth_month, birthday), (month, date) = (_months(days) for days in (born, day))
    years: NDArray[np.int64] = (month - birth_month - (date < birthday)) // 12
    return years


def _months(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the months since 1970, and the days since the first of the month."""
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    return months.astype(np.int64), days - months.astype("datetime64[D]").astype(np.int64)


ORDER_TYPES = 3
"""Adoption, special guardianship, child arrangements: in the order of their code list."""


def order_type(batch: Batch) -> NDArray[np.int64]:
    """The type drawn for the permanence order of the row's child, 0 … ORDER_TYPES - 1.

    Drawn from the child alone, so that the order and the episode that ends with it agree.
    """
    return below(
        mix(batch.or_rows(batch.subjects), batch.draw_key("permanence order")), ORDER_TYPES
    )


def order_on(column: str) -> Mark:
    """1 + the drawn order type where the child's permanence order is of the day in ``column``."""

    def mark(batch: Batch) -> NDArray[np.int64]:
        held = batch.ask("orders")
        if not held:
            return np.zeros(len(batch), dtype=np.int64)
        ordered = held.get("day", batch.subjects, NO_DAY)
        # Days one apart may become one: what counts is whether they are one in the output.
        ordered_on, day = (_moved(batch, days) for days in (ordered, batch.days(column)))
        same = (ordered != NO_DAY) & (ordered_on == day)
        return np.where(same, 1 + order_type(batch), 0)

    return mark
