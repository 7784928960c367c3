"""A number of days that changes slowly with the day: what dates lose their intervals by.

``day - warp(day)`` keeps days in their order: equal days stay equal, no later day comes before an
earlier one, and days two or more apart stay apart. Days one apart may become equal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kernels.draw import Seeds, below, mix


def warp(days: NDArray[np.int64], seeds: Seeds, key: int, most: int) -> NDArray[np.int64]:
    """Return 0 … ``most`` whole days for each day, along the course of its seed.

    A course is a broken line with a knot every ``2 * most`` days, beginning at a place of the
    seed's own. Knots are drawn evenly and each for itself, from the key, the seed and the knot's
    number. The line between them is rounded down, so it never rises by more than one in two days.
    Two days of one seed differ by at most ``most``, and by at most half the days between them,
    rounded up. ``most`` is 1 or more.
    """
    spacing = 2 * most
    course = mix(seeds, key)
    knot, within = np.divmod(days + below(course, spacing), spacing)
    before, after = (_knot(course, number, key, most) for number in (knot, knot + 1))
    return before + (after - before) * within // spacing


def _knot(course: Seeds, number: NDArray[np.int64], key: int, most: int) -> NDArray[np.int64]:
    # Knots before 1970 have negative numbers: any 64 bits tell them apart.
    return below(mix(course ^ number.view(np.uint64), key), most + 1)
