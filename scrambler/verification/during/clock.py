"""What each time of day must be: worked out from the child's token and the day that it came to."""

from __future__ import annotations

import numpy as np

from scrambler.ssd.working_days import FIRST, LAST, bank_holidays
from scrambler.verification.during.derivation import Numbers, Seeds, mixed
from scrambler.verification.during.moves import target
from scrambler.verification.during.sides import Sides

_BEGINS = range(25_200, 54_000)
"""Seconds of the day at which what happens on it can begin."""

_SIXTIETHS = 172_800
"""A day becomes 48 minutes, in sixtieths of a second."""

_SECONDS = 86_400


def times_due(
    sides: Sides, subjects: Seeds, days: Numbers, landed: Numbers, seconds: Numbers
) -> Numbers:
    """Return the seconds of the day that ``seconds`` of ``days`` become on the days ``landed``.

    From a beginning that each child and day has for itself, a day passes in 48 minutes: at one
    speed until some time of it, at another from then on. Days that came together follow each other.
    """
    key = sides.check.of_dates.number("clock")
    bits = mixed(mixed(sides.check.movers(subjects), key) ^ landed.astype(np.uint64), key)
    top, middle, low = (
        ((bits >> np.uint64(shift)) & np.uint64(2**width - 1)).astype(np.int64)
        for shift, width in ((43, 21), (21, 22), (0, 21))
    )
    begins = _BEGINS.start + ((top * len(_BEGINS)) >> 21)
    turn = 1 + ((middle * (_SECONDS - 1)) >> 22)
    until = turn + ((low * (_SIXTIETHS - _SECONDS + 1)) >> 21)
    before = np.floor_divide(np.minimum(seconds, turn) * until, turn)
    after = np.maximum(seconds - turn, 0) * (_SIXTIETHS - until)
    after = np.floor_divide(after, np.maximum(_SECONDS - turn, 1))
    found: Numbers = begins + np.floor_divide(
        _SIXTIETHS * np.minimum(_earlier_days(sides, subjects, days, landed), 4) + before + after,
        60,
    )
    return found


def _earlier_days(sides: Sides, subjects: Seeds, days: Numbers, landed: Numbers) -> Numbers:
    """Return how many days before each can have come to the same day."""
    if sides.check.keep == "working-days":
        return _resting(days)
    if sides.check.keep == "order":
        together: Numbers = (target(sides.check, subjects, days - 1) == landed).astype(np.int64)
        return together
    return np.zeros_like(days)


def _resting(days: Numbers) -> Numbers:
    """Return how many days of rest there are from the last working day up to each day."""
    inside = (days >= FIRST.astype(np.int64)) & (days <= LAST.astype(np.int64))
    known = np.where(inside, days, FIRST.astype(np.int64)).astype("datetime64[D]")
    works = np.busday_offset(known, 0, roll="backward", holidays=bank_holidays())
    rest: Numbers = (known - works).astype(np.int64)
    return rest
