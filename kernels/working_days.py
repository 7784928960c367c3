"""Working days, numbered in their order, so that dates can move by whole working days.

Fri 5, Sat 6, Sun 7, Mon 8 by 3 working days -> Tue 2, Tue 2, Tue 2, Wed 3
the same by 5                                -> Fri 29, Sat 30, Sun 31, Mon 1
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WorkingDays:
    """Which days are working days, from the day ``first`` (since 1970) on; beyond, all are.

    ``number`` has, for each day, how many working days lie between ``first`` and the last working
    day up to it; ``since`` how many days ago that was. ``day`` has the working days by their
    number, ``free`` how many days after each are none.
    """

    first: int
    number: NDArray[np.int32]
    since: NDArray[np.int32]
    day: NDArray[np.int32]
    free: NDArray[np.int32]

    @classmethod
    def of(cls, working: NDArray[np.bool_], first: int) -> WorkingDays:
        """Number the working days; the first two days and the last must be some."""
        if not (working[:2].all() and working[-1]):
            raise ValueError("a calendar begins with two working days and ends with one")
        places = np.flatnonzero(working).astype(np.int32)
        number = (np.cumsum(working) - 1).astype(np.int32)
        since = np.arange(len(working), dtype=np.int32) - places[number]
        free = np.append(np.diff(places) - 1, 0).astype(np.int32)
        return cls(first, number, since, places + np.int32(first), free)

    def numbers(self, days: Days) -> Days:
        """Return the number of the last working day up to each day; negative before ``first``."""
        place = np.clip(days - self.first, 0, len(self.number) - 1)
        numbers: Days = self.number[place] + (days - self.first - place)
        return numbers

    def back(self, days: Days, by: int | Days) -> Days:
        """Return the days that ``by`` working days back lead to, from each of ``days``.

        Working days lead to working days, each to another. What is none goes with the working day
        before it and keeps its distance to it, as far as the next working day leaves room; so no
        later day ever comes before an earlier one.
        """
        place = np.clip(days - self.first, 0, len(self.number) - 1)
        number = self.number[place] + (days - self.first - place) - by
        held = np.clip(number, 0, len(self.day) - 1)
        rest = np.minimum(self.since[place], self.free[held])
        moved: Days = self.day[held] + (number - held) + rest
        return moved

    def upto(self, days: Days) -> Days:
        """Return each day, or the working day before it where it is none."""
        place = np.clip(days - self.first, 0, len(self.number) - 1)
        moved: Days = days - self.since[place]
        return moved

    def onwards(self, days: Days) -> Days:
        """Return each day, or the working day after it where it is none."""
        place = np.clip(days - self.first, 0, len(self.number) - 1)
        following = self.day[np.minimum(self.number[place] + 1, len(self.day) - 1)]
        moved: Days = np.where(self.since[place] > 0, following, days)
        return moved

    def fewest(self, by: int) -> int:
        """Return the fewest days by which anything moves that moves ``by`` working days."""
        return int((self.day[by:] - self.day[:-by]).min())

    def most(self, by: int) -> int:
        """Return the most days by which anything moves that moves ``by`` working days."""
        squeezed = np.maximum(self.free[by:] - self.free[:-by], 0)
        return int((self.day[by:] - self.day[:-by] + squeezed).max())
