"""The calendar: from weekdays, holidays and days on which records gather to how far dates moved.

The reader knows how many rows of each kind there are on a day: by weekday and holiday, on the
same day of each year, and where far more rows fall on one day than on its neighbours. For each
number of days by which a child can have moved, the days of the child are moved on, and looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from scrambler.ssd.working_days import bank_holidays, working_days
from scrambler.verification.attacks.attack import Attack
from scrambler.verification.attacks.seen import Events, Numbers

WIDTHS = (0, 3, 10)
"""Days around which the reader may take the rows of one day to lie; the best is what counts."""

SURE = 0.95
"""Belief from which on the reader claims to know."""

_SIGMAS, _LEAST = 6.0, 5.0
_TREND = 91
_ANYWHERE = 0.02
"""The part of rows that may fall on any day, whatever the calendar says."""

Floats = NDArray[np.float64]
OnWards = Callable[[Numbers, int], Numbers]
"""Takes days on by a number of steps."""


def calendar_attack(
    known: Mapping[str, Events],
    shown: Mapping[str, Events],
    steps: range,
    true: Numbers,
    dates: str,
) -> list[Attack]:
    """Guess by how many of ``steps`` each child moved; ``true`` is -1 where nobody knows.

    ``known`` is what gives the reader the habits of the source, ``shown`` what the output shows.
    """
    onwards = _working if dates == "working-days" else _days
    judged = true >= 0
    best: tuple[int, int, int] = (-1, 0, 0)
    for width in WIDTHS:
        belief = np.zeros((len(true), len(steps)))
        for kind, events in shown.items():
            if kind in known and len(events.child):
                belief += _evidence(known[kind], events, steps, onwards, len(true), width)
        belief -= belief.max(axis=1, keepdims=True)
        belief = np.exp(belief)
        belief /= belief.sum(axis=1, keepdims=True)
        right = steps.start + belief.argmax(axis=1) == true
        sure = judged & (belief.max(axis=1) > SURE)
        best = max(best, (int((right & judged).sum()), int(sure.sum()), int((right & sure).sum())))
    exact, claims, proved = best
    share = 1 / len(steps)
    return [
        Attack("inference", "how far a child's dates moved, by the calendar", int(judged.sum()),
               exact, judged.sum() * share),
        Attack("inference", f"the same, where belief is above {SURE:.0%}", claims, proved,
               claims * share),
    ]  # fmt: skip


def _evidence(
    known: Events, shown: Events, steps: range, onwards: OnWards, children: int, width: int
) -> Floats:
    """Return the logarithm of how likely each number of steps makes the days of each child."""
    first = int(min(known.day.min(), shown.day.min()))
    last = int(max(known.day.max(), shown.day.max()))
    likely = np.log(_habits(known.day.astype(np.int64) - first, first, last - first + 1, width))
    days, found = shown.day.astype(np.int64), np.empty((children, len(steps)))
    for place, step in enumerate(steps):
        at = onwards(days, step) - first
        inside = at < len(likely)
        gained = np.where(inside, likely[np.minimum(at, len(likely) - 1)], likely.min())
        found[:, place] = np.bincount(shown.child, gained, children)
    return found


def _habits(days: Numbers, first: int, length: int, width: int) -> Floats:
    """Return how likely a row is to fall on each of ``length`` days from ``first`` on.

    No day counts for itself, but where it stands out: else the days of the child that is looked
    for would be among what the reader knows.
    """
    counts = np.bincount(days, minlength=length).astype(np.float64)
    trend = _around(counts, _TREND) + 1e-9
    for classes in (_weekdays(first, length), _of_the_year(first, length)):
        seen, due = (np.bincount(classes, of)[classes] for of in (counts, trend))
        stands_out = np.abs(seen - due) > _SIGMAS * np.sqrt(due) + _LEAST
        trend *= np.where(stands_out, seen / np.maximum(due, 1e-9), 1.0)
    stands_out = counts - trend > _SIGMAS * np.sqrt(trend) + _LEAST
    expected = np.where(stands_out, counts, trend)
    if width:
        beyond = np.maximum(expected - _around(counts, _TREND), 0) * (expected > 2 * trend.mean())
        expected = expected - beyond + _around(beyond, 2 * width + 1)
    expected[: days.min()] = expected[days.max() + 1 :] = 0
    likely: Floats = (1 - _ANYWHERE) * expected / max(expected.sum(), 1e-9) + _ANYWHERE / length
    return likely


def _around(counts: Floats, width: int) -> Floats:
    """Return the mean of each day and its neighbours; at the ends, of those that there are."""
    width = min(width, len(counts) - 1 + len(counts) % 2)
    window = np.ones(width)
    found: Floats = np.convolve(counts, window, "same") / np.convolve(
        np.ones(len(counts)), window, "same"
    )
    return found


def _weekdays(first: int, length: int) -> Numbers:
    """Return 0 to 6 for Monday to Sunday, 7 for a bank holiday, 8 for the working day after."""
    days = first + np.arange(length)
    held = np.isin(days, bank_holidays().astype(np.int64))
    after = working_days().onwards(days - 1) == days
    return np.where(held, 7, np.where(after & np.isin(days - 1, days[held]), 8, (days + 3) % 7))


def _of_the_year(first: int, length: int) -> Numbers:
    """Return month and day of each day as one number."""
    days = (first + np.arange(length)).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    within: Numbers = (days - months).astype(np.int64)
    return within + 31 * (months.astype(np.int64) % 12)


def _working(days: Numbers, steps: int) -> Numbers:
    return working_days().back(days, -steps)


def _days(days: Numbers, steps: int) -> Numbers:
    return days + steps
