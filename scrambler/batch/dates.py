"""How the dates of a child move."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kernels.ages import birthdays, held, near
from kernels.draw import Seeds, below, mix
from kernels.warp import warp
from scrambler.errors import UsageError
from scrambler.keys.secret import Secret
from scrambler.ssd.age_limits import age_limits
from scrambler.ssd.working_days import working_days

Days = NDArray[np.int64]

Keep = Literal["working-days", "intervals", "order"]
"""What the dates of a child keep: working days and all intervals in them, all intervals in days,
or their order only."""

MOST = 28
"""The most days by which an order-preserving perturbation changes an interval, and so an age."""

_ASIDE = 5
"""The most days by which a limit of age changes a move: a leap day, and four days of rest."""

_LEAP = 1
"""The same where days of rest do not matter."""

FURTHEST = 3_650
"""Days back, ten years: further back, ages no longer fit what is recorded of a child."""


@dataclass(frozen=True)
class DateShift:
    """Dates move ``least`` to ``most`` days back, both included, and keep what ``keep`` says.

    Offsets only go back, so work closed early in the payload window falls out of it and nothing
    comes in. On 20,000 constructed children 14 to 90 costs 2 % of the payload cohort on 31 March
    and 4 % on 1 April, the worst day; 14 to 120 costs 5 %, 30 to 365 17 %. A wider range hides
    dates better and tests fewer children.

    UsageError for offsets that are no days back, or that leave a child nothing to draw from.
    """

    least: int = 14
    most: int = 90
    keep: Keep = "working-days"

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not 1 <= self.least <= self.most <= FURTHEST:
            raise UsageError(
                "Offsets are days back: the least is 1 or more, the most not below it and at most "
                f"{FURTHEST:,}."
            )
        if self.keep not in get_args(Keep):
            raise UsageError("Dates keep working-days, intervals or order: there is no other way.")
        if self.keep == "order" and self.most - self.least < MOST + 2 * _LEAP:
            raise UsageError(
                "Where only the order of dates is kept, the offsets must lie "
                f"{MOST + 2 * _LEAP} days apart or more: widen --offset-days."
            )
        if self.keep == "working-days" and not _whole(self.least, self.most):
            raise UsageError(
                f"Working days that are always {self.least} to {self.most} days do not exist: "
                "widen --offset-days, two dozen days are enough, or keep intervals."
            )

    def offsets(self, subjects: Seeds, secret: Secret) -> NDArray[np.int64]:
        """Return by how many days, or working days, each subject's dates move, never positive."""
        if self.keep == "working-days":
            choices, purpose = _whole(self.least, self.most), "offset:working days"
        else:
            choices, purpose = range(self.least, self.most + 1), "offset"
        return -(choices.start + below(mix(subjects, secret.number(purpose)), len(choices)))

    def perturbed(
        self, days: NDArray[np.int64], subjects: Seeds, secret: Secret
    ) -> NDArray[np.int64]:
        """Return what to add to each day of each subject so that order holds, never positive.

        It is an offset of the subject and a perturbation of at most ``MOST`` on top. The offset is
        drawn from what the perturbation and a limit of age leave of the range, so that no date
        moves less or further than was asked for. With 14 to 90 days: an offset of 15 to 61, and 0
        to 28 more.
        """
        least, room = self.least + _LEAP, self.most - self.least - MOST - 2 * _LEAP + 1
        offset = least + below(mix(subjects, secret.number("offset:order")), room)
        return -(offset + warp(days, subjects, secret.number("warp"), MOST))

    def within_ages(self, days: Days, moved: Days, born: Days, moved_birth: Days) -> Days:
        """Return ``moved`` with each limit of age kept that ``days`` met.

        ``born`` are the children's days of birth, or of expected birth, and ``moved_birth`` what
        they move to. Where intervals are kept they are kept whole: then ages hold to within a day.
        """
        result = moved.copy()
        for limit in age_limits():
            some = np.flatnonzero(near(days, born, limit.years, limit.days))
            result[some] = held(
                days[some],
                result[some],
                birthdays(born[some], limit.years) + limit.days,
                birthdays(moved_birth[some], limit.years) + limit.days,
                working_days() if self.keep == "working-days" else None,
                below=limit.below,
            )
        return result

    def parameters(self) -> dict[str, object]:
        """Return what the manifest says of it."""
        return {"offset_days_back": [self.least, self.most], "dates": self.keep}

    def __str__(self) -> str:
        """Say in a sentence what the dates of a run keep."""
        return _SAID[self.keep]


def near_an_age(days: Days, born: Days) -> NDArray[np.bool_]:
    """Return which days lie so near a limit of age that a move could cross it."""
    found = np.zeros(len(days), dtype=bool)
    for limit in age_limits():
        found |= near(days, born, limit.years, limit.days)
    return found


@cache
def _whole(least: int, most: int) -> range:
    """Return the numbers of working days that, from any day, are ``least`` to ``most`` days.

    A limit of age may add or take ``_ASIDE`` days. Of 14 to 90 days these are 15 to 55: 14 working
    days can be 18 days, and 56 about Christmas and New Year 87.
    """
    calendar, counts = working_days(), range(1, most + 1)
    return range(
        1 + bisect_left(counts, least + _ASIDE, key=calendar.fewest),
        1 + bisect_right(counts, most - _ASIDE, key=calendar.most),
    )


_SAID: dict[Keep, str] = {
    "working-days": "Dates: the order of a child's dates holds, and so do intervals in working "
    "days and the ages that rules ask about; intervals in days hold to within some days.",
    "intervals": "Dates: the order of a child's dates and all intervals between them hold.",
    "order": "Dates: the order of a child's days holds and so do the ages that rules ask about, "
    f"intervals do not; other ages hold to within {MOST} days.",
}
