"""Times of day, redrawn so that the order of things on one day holds.

What happened to somebody on one day comes to lie within the better part of an hour, which begins at
any time from 7 to 15 o'clock; the same time stays the same time, and later stays later.

09:15, 09:15, 16:40 on one day -> 13:05:12, 13:05:12, 13:41:55
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kernels.draw import Seeds

Seconds = NDArray[np.int64]

DAY = 86_400

_EARLIEST, _HOURS = 7 * 3_600, 8 * 3_600
_STRETCH = 48 * 60 * 60  # what a day becomes, in sixtieths of a second
_LONGEST = 4


def redrawn(seconds: Seconds, rest: Seconds, bits: Seeds) -> Seconds:
    """Return new seconds of the day for ``seconds`` (0 to 86,399).

    ``bits`` are 64 random bits, the same for all that comes to lie on one day of somebody. ``rest``
    is how many days before the original one come to lie there too: what happened on it comes after
    them, in 48 minutes of its own, up to the fourth.
    A day has two halves that run at different speeds; a minute becomes a second or more, so that
    different minutes stay different.
    """
    begins = _EARLIEST + _scaled(bits >> np.uint64(43), 21, _HOURS)
    turn = 1 + _scaled(bits >> np.uint64(21), 22, DAY - 1)
    early = turn + _scaled(bits, 21, _STRETCH - DAY + 1)
    late = early + (seconds - turn) * (_STRETCH - early) // (DAY - turn + (turn == DAY))
    gone = np.where(seconds < turn, seconds * early // turn, late)
    found: Seconds = begins + (np.minimum(rest, _LONGEST) * _STRETCH + gone) // 60
    return found


def _scaled(bits: Seeds, width: int, n: int) -> Seconds:
    """Map the lowest ``width`` bits to 0 … n-1."""
    low = bits & np.uint64((1 << width) - 1)
    return ((low * np.uint64(n)) >> np.uint64(width)).astype(np.int64)
