"""How far each date must move: worked out from the child's token and the secrets of the epoch."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from scrambler.ssd.age_limits import age_limits
from scrambler.ssd.working_days import FIRST, LAST, bank_holidays
from scrambler.verification.during.anniversaries import anniversary, on_its_side
from scrambler.verification.during.check import Check
from scrambler.verification.during.derivation import Numbers, Seeds, mixed, scaled
from scrambler.verification.during.sides import NO_DAY, Sides

_WARP = 28
_SPAN = 2 * _WARP
_CLOSE = 0.3
"""Years about a limit of age: no date moves over one that is further off."""
_LEFT = 5
"""Days that a limit of age may add or take: offsets leave them at either end."""


def due(sides: Sides, subjects: Seeds, days: Numbers) -> Numbers:
    """Return what to add to each of ``days`` (since 1970) of each subject: never positive.

    Where working days hold it is as many working days a subject, where intervals hold as many days.
    Where only the order does, the offset is up to 28 days smaller, and a broken line comes on top
    that has a corner every 56 days. But for whole intervals, no day comes to lie on another side of
    an age that rules ask about.
    """
    check = sides.check
    if check.keep == "intervals":
        bits = mixed(check.movers(subjects), check.of_dates.number("offset"))
        return -(check.least + scaled(bits, check.most - check.least + 1))
    landed = target(check, subjects, days)
    people = sides.index("person")
    if people is None:
        return landed - days
    birth = people.get("born", subjects, NO_DAY)
    for limit in age_limits():
        age = (days - limit.days - birth) / 365.2425 - limit.years
        close = np.flatnonzero((birth != NO_DAY) & (np.abs(age) < _CLOSE))
        if len(close):
            born = birth[close]
            landed[close] = on_its_side(
                days[close],
                landed[close],
                anniversary(born, limit.years) + limit.days,
                anniversary(target(check, subjects[close], born), limit.years) + limit.days,
                works=check.keep == "working-days",
                down=limit.below,
            )
    return landed - days


def target(check: Check, subjects: Seeds, days: Numbers) -> Numbers:
    """Return the days that ``days`` of each subject come to, whatever its age."""
    secrets, subjects = check.of_dates, check.movers(subjects)
    if check.keep == "working-days":
        fewest, most = _choices(check.least, check.most)
        bits = mixed(subjects, secrets.number("offset:working days"))
        return _earlier(days, fewest + scaled(bits, most - fewest + 1))
    bits = mixed(subjects, secrets.number("offset:order"))
    offset = check.least + 1 + scaled(bits, check.most - check.least - _WARP - 1)
    return days - offset - _line(days, subjects, secrets.number("warp"))


@cache
def _calendar() -> tuple[Numbers, Numbers]:
    """Return the working days of two centuries, and how many there were until each of its days."""
    works = np.is_busday(np.arange(FIRST, LAST + 1), holidays=bank_holidays())
    return np.flatnonzero(works) + FIRST.astype(np.int64), np.cumsum(works)


def _earlier(days: Numbers, by: Numbers) -> Numbers:
    """Return the days that ``by`` working days earlier are; outside the calendar all days work.

    A day of rest belongs to the last working day before it. Both go together; how far they are
    apart stays, or becomes all that there is before the next working day.
    """
    works, until = _calendar()
    first, last = works[0], works[-1]
    known = np.minimum(np.maximum(days, first), last)
    count = until[known - first]
    rest = known - works[count - 1]
    count += days - known - by
    inside = np.minimum(np.maximum(count, 1), len(works))
    base = works[inside - 1] + count - inside
    following = works[np.minimum(inside, len(works) - 1)]
    room = np.where((count < 1) | (inside == len(works)), 0, following - works[inside - 1] - 1)
    moved: Numbers = base + np.minimum(rest, room)
    return moved


@cache
def _choices(least: int, most: int) -> tuple[int, int]:
    """Return the fewest and the most working days that from no day lead out of a range of days."""
    works, _ = _calendar()
    rest = np.diff(works, append=works[-1] + 1) - 1
    counts = []
    for count in range(1, most + 1):
        days = works[count:] - works[:-count]
        # The last day of a long rest moves furthest, to the end of a shorter one.
        if (days + np.maximum(rest[count:] - rest[:-count], 0)).max() > most - _LEFT:
            break
        if days.min() >= least + _LEFT:
            counts.append(count)
    return counts[0], counts[-1]


def steps(check: Check, before: Numbers, after: Numbers) -> Numbers:
    """Return how far dates moved back: in working days where those hold, else in days."""
    if check.keep != "working-days":
        return before - after
    works, until = _calendar()
    start, end = (until[np.clip(days - works[0], 0, len(until) - 1)] for days in (after, before))
    counted: Numbers = end - start
    return counted


def chances_of_steps(check: Check) -> NDArray[np.float64]:
    """Return how likely it is that a date moves back by 0, 1, 2 … steps, for any child.

    Where only the order is kept, that is an even offset and the height of the broken line, anywhere
    between two of its corners.
    """
    chances, least, most = np.zeros(check.most + 1), check.least, check.most
    if check.keep == "working-days":
        least, most = _choices(least, most)
    if check.keep == "order":
        least, most = least + 1, most - _WARP - 1
    chances[least : most + 1] = 1 / (most - least + 1)
    if check.keep == "order":
        chances = np.convolve(chances, _heights())[: len(chances)]
    return chances


@cache
def _heights() -> NDArray[np.float64]:
    """Return how likely each height of the line is, from 0 to ``_WARP``."""
    ends, along = np.arange(_WARP + 1), np.arange(_SPAN)
    left, right, at = np.meshgrid(ends, ends, along, indexing="ij")
    heights = left + np.floor_divide((right - left) * at, _SPAN)
    found: NDArray[np.float64] = np.bincount(heights.ravel(), minlength=_WARP + 1) / heights.size
    return found


def _line(days: Numbers, subjects: Seeds, key: int) -> Numbers:
    course = mixed(subjects, key)
    along = days + scaled(course, _SPAN)
    corner = np.floor_divide(along, _SPAN)
    left, right = (
        scaled(mixed(course ^ number.astype(np.uint64), key), _WARP + 1)
        for number in (corner, corner + 1)
    )
    # Between corners the line is straight, rounded down.
    line: Numbers = left + np.floor_divide((right - left) * (along - corner * _SPAN), _SPAN)
    return line
