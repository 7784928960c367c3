"""Order-only dates: how far each moves, and when that is refused."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.draw import mix
from scrambler.batch.dates import MOST, DateShift
from scrambler.errors import UsageError
from scrambler.ssd.working_days import working_days
from tests.contexts import epoch
from tests.law import even

SUBJECTS = mix(np.arange(20_000, dtype=np.uint64), 7)
DAYS = np.full(len(SUBJECTS), 17_000, dtype=np.int64)


@pytest.mark.parametrize("offsets", [(14, 90), (1, 1 + MOST), (30, 365)])
def test_dates_move_within_the_offsets(offsets: tuple[int, int]) -> None:
    least, most = offsets
    back = -DateShift(*offsets, "order").perturbed(DAYS, SUBJECTS, epoch())
    assert (back.min(), back.max()) >= (least, least)
    assert back.max() <= most
    assert len(np.unique(back)) > 0.8 * (most - least)


def test_offsets_are_even_over_what_the_warp_leaves() -> None:
    # A long life shows the whole warp, so that the least of it is the offset.
    life = np.arange(400 * 2 * MOST, dtype=np.int64)
    days, subjects = np.tile(life, 150), np.repeat(SUBJECTS[:150], len(life))
    back = -DateShift(14, 18 + MOST, "order").perturbed(days, subjects, epoch()).reshape(150, -1)
    assert (np.ptp(back, axis=1) == MOST).all()
    assert even(back.min(axis=1).tolist(), range(14, 19))


@pytest.mark.parametrize("offsets", [(14, 90), (7, 28), (30, 365)])
def test_working_days_move_within_the_offsets_and_evenly(offsets: tuple[int, int]) -> None:
    by = -DateShift(*offsets).offsets(SUBJECTS, epoch())
    least, most = int(by.min()), int(by.max())
    assert even(by.tolist(), range(least, most + 1))
    days = np.arange(10_000, 22_000)
    for count, inside in ((least - 1, False), (least, True), (most, True), (most + 1, False)):
        back = days - working_days().back(days, count)
        assert (back.min() >= offsets[0] and back.max() <= offsets[1]) == inside


def test_epochs_and_children_move_apart() -> None:
    one, again, other = (
        DateShift(keep="order").perturbed(DAYS, SUBJECTS, epoch(n)) for n in (1, 1, 2)
    )
    assert (one == again).all()
    assert (one == other).mean() < 0.05
    assert (one[1:] == one[:-1]).mean() < 0.05


@pytest.mark.parametrize("dates", ["working-days", "intervals", "order"])
@pytest.mark.parametrize("offsets", [(0, 100), (100, 14), (-5, 90), (1, 3_651)])
def test_offsets_that_are_no_days_back(offsets: tuple[int, int], dates: str) -> None:
    with pytest.raises(UsageError, match="days back"):
        DateShift(*offsets, dates)  # type: ignore[arg-type]


def test_a_range_without_room_is_refused_where_it_matters() -> None:
    DateShift(14, 14, "intervals")
    DateShift(14, 26)
    DateShift(14, 14 + MOST, "order")
    with pytest.raises(UsageError, match="--offset-days"):
        DateShift(14, 13 + MOST, "order")
    with pytest.raises(UsageError, match="dozen"):
        DateShift(14, 19)
    with pytest.raises(UsageError, match="intervals or order"):
        DateShift(keep="neither")  # type: ignore[arg-type]


def test_each_way_is_said() -> None:
    assert "intervals do not" in str(DateShift(keep="order"))
    assert str(MOST) in str(DateShift(keep="order"))
    assert "all intervals between" in str(DateShift(keep="intervals"))
    assert "in working days" in str(DateShift())
