"""Facts that scrambling keeps, and that a draw may depend on. Each is a small number a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

UNKNOWN_AGE = -1


@dataclass(frozen=True)
class HasValue:
    """1 where any of these columns of the row holds a value."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """1 where the identifier in ``column`` is in the index."""

    index: str
    column: str


@dataclass(frozen=True)
class Number:
    """``field`` of the index at the row's own key, ``default`` where it is not there."""

    index: str
    field: str
    default: int = 0


@dataclass(frozen=True)
class Planned:
    """0 where the SEND tables are empty, else 1 without and 2 with an active plan of ``column``."""

    column: str


@dataclass(frozen=True)
class Died:
    """1 where the row's child has a death date."""


@dataclass(frozen=True)
class DiedOn:
    """1 where the child died on the day in ``column``."""

    column: str


@dataclass(frozen=True)
class Aged:
    """How many of ``ages`` (in years) the child has reached on the day in ``column``.

    UNKNOWN_AGE where either date is missing. Birthdays are counted on the scrambled dates, since
    ages in the source are not quite those in the output: leap days differ, and where only the
    order of dates is kept they differ more.
    """

    column: str
    ages: tuple[int, ...]


@dataclass(frozen=True)
class Reached:
    """How many of ``days`` the scrambled day in ``column`` has reached; all where it has none."""

    column: str
    days: tuple[date, ...]


@dataclass(frozen=True)
class OrderOn:
    """1 + the order type drawn where the child's permanence order is of the day in ``column``.

    The days are those of the output. The type is 0, adoption, for whom was placed for good, else
    one of 1 … ORDER_TYPES - 1, drawn for the child alone, so that the order and the episode that
    ends with it agree.
    """

    column: str


Condition = HasValue | Known | Number | Planned | Died | DiedOn | Aged | Reached | OrderOn
