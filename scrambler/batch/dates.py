"""How far each date moves where only the order of a child's dates is to hold."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kernels.draw import Seeds, below, mix
from kernels.warp import warp
from scrambler.errors import UsageError
from scrambler.keys.epoch import Epoch

Dates = Literal["intervals", "order"]
"""What the dates of a child keep: all intervals between them, or their order only."""

MOST = 28
"""The most days by which a warp changes an interval, and so an age."""


FURTHEST = 3_650
"""Days back, ten years: further back, ages no longer fit what is recorded of a child."""


def warped(
    days: NDArray[np.int64], subjects: Seeds, offsets: tuple[int, int], epoch: Epoch
) -> NDArray[np.int64]:
    """Return what to add to each day of each subject: between the two ``offsets``, negative.

    It is an offset of the subject and a warp of at most ``MOST`` on top. The offset is drawn from
    what the warp leaves of the range, so that no date moves less or further than was asked for.
    """
    least, most = offsets
    room = most - least - MOST + 1
    offset = least + below(mix(subjects, epoch.number("offset:order")), room)
    return -(offset + warp(days, subjects, epoch.number("warp"), MOST))


def check_moves(offsets: tuple[int, int], dates: str) -> None:
    """Refuse offsets that are no days back, or that leave a warp no room. UsageError says why."""
    least, most = offsets
    if not 1 <= least <= most <= FURTHEST:
        raise UsageError(
            "Offsets are days back: the least is 1 or more, the most not below it and at most "
            f"{FURTHEST:,}."
        )
    if dates not in get_args(Dates):
        raise UsageError("Dates keep either intervals or order: there is no other way.")
    if dates == "order" and most - least < MOST:
        raise UsageError(
            f"Where only the order of dates is kept, the offsets must lie {MOST} days apart or "
            "more: widen --offset-days."
        )


def moved(dates: str) -> str:
    """Say in a sentence what the dates of a run keep."""
    if dates == "order":
        return (
            "Dates: the order of a child's days holds, intervals do not; ages hold to within "
            f"{MOST} days."
        )
    return "Dates: the order of a child's dates and all intervals between them hold."
