"""The range of days by which dates move back, and what a range may be."""

from __future__ import annotations

from scrambler.errors import UsageError

MOST = 3_650
"""Days: ten years. Beyond that ages no longer fit what is recorded of a child."""


def checked(offsets: tuple[int, int]) -> tuple[int, int]:
    """Return ``offsets``, least and most days back, both included; UsageError for no such range."""
    least, most = offsets
    if not 1 <= least <= most <= MOST:
        raise UsageError(
            "Offsets are days back: the least is 1 or more, the most not below it and at most "
            f"{MOST:,}."
        )
    return offsets
