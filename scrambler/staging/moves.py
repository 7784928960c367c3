"""Whether dates may move as asked: held where payloads are scrambled, whoever calls."""

from __future__ import annotations

from scrambler.errors import OutputError
from scrambler.warp import check_moves

_FURTHEST = 3650
"""Ten years of days: beyond it nobody is left in a payload window, and calendars run out."""


def refuse_moves(offsets: tuple[int, int], dates: str) -> None:
    """OutputError for offsets that leave dates as they are, run forward, or lead out of reach."""
    check_moves(offsets, dates)
    if offsets[1] > _FURTHEST:
        raise OutputError(
            f"Offsets go back {_FURTHEST} days at most: narrow --offset-days. A child whose dates "
            "move further has no payload."
        )
