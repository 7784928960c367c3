"""Order-only dates: how far each moves, and when that is refused."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.draw import mix
from scrambler.batch.dates import MOST, check_moves, moved, warped
from scrambler.errors import UsageError
from tests.contexts import epoch
from tests.law import even

SUBJECTS = mix(np.arange(20_000, dtype=np.uint64), 7)
DAYS = np.full(len(SUBJECTS), 17_000, dtype=np.int64)


@pytest.mark.parametrize("offsets", [(14, 90), (1, 1 + MOST), (30, 365)])
def test_dates_move_within_the_offsets(offsets: tuple[int, int]) -> None:
    least, most = offsets
    back = -warped(DAYS, SUBJECTS, offsets, epoch())
    assert (back.min(), back.max()) >= (least, least)
    assert back.max() <= most
    assert len(np.unique(back)) > 0.8 * (most - least)


def test_offsets_are_even_over_what_the_warp_leaves() -> None:
    # A long life shows the whole warp, so that the least of it is the offset.
    life = np.arange(400 * 2 * MOST, dtype=np.int64)
    days, subjects = np.tile(life, 150), np.repeat(SUBJECTS[:150], len(life))
    back = -warped(days, subjects, (14, 18 + MOST), epoch()).reshape(150, -1)
    assert (np.ptp(back, axis=1) == MOST).all()
    assert even(back.min(axis=1).tolist(), range(14, 19))


def test_epochs_and_children_move_apart() -> None:
    one, again, other = (warped(DAYS, SUBJECTS, (14, 90), epoch(n)) for n in (1, 1, 2))
    assert (one == again).all()
    assert (one == other).mean() < 0.05
    assert (one[1:] == one[:-1]).mean() < 0.05


@pytest.mark.parametrize("dates", ["intervals", "order"])
@pytest.mark.parametrize("offsets", [(0, 100), (100, 14), (-5, 90), (1, 3_651)])
def test_offsets_that_are_no_days_back(offsets: tuple[int, int], dates: str) -> None:
    with pytest.raises(UsageError, match="days back"):
        check_moves(offsets, dates)


def test_a_range_without_room_is_refused_where_it_matters() -> None:
    check_moves((14, 14), "intervals")
    check_moves((14, 14 + MOST), "order")
    with pytest.raises(UsageError, match="--offset-days"):
        check_moves((14, 13 + MOST), "order")
    with pytest.raises(UsageError, match="intervals or order"):
        check_moves((14, 90), "neither")


def test_each_way_is_said() -> None:
    assert "intervals do not" in moved("order")
    assert str(MOST) in moved("order")
    assert "all intervals" in moved("intervals")
