"""How far dates move, what of ages and order holds, and when offsets are refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.draw import Seeds, mix
from scrambler.batch.dates import MOST, DateShift, Days, Keep, near_an_age
from scrambler.errors import UsageError
from scrambler.ssd.age_limits import AgeLimit, age_limits
from scrambler.ssd.working_days import bank_holidays, working_days
from tests.contexts import epoch
from tests.law import even

SUBJECTS = mix(np.arange(20_000, dtype=np.uint64), 7)
DAYS = np.full(len(SUBJECTS), 17_000, dtype=np.int64)


@pytest.mark.parametrize("offsets", [(14, 90), (1, 3 + MOST), (30, 365)])
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
    back = -DateShift(13, 19 + MOST, "order").perturbed(days, subjects, epoch()).reshape(150, -1)
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
        # A limit of age may add or take five days.
        assert (back.min() >= offsets[0] + 5 and back.max() <= offsets[1] - 5) == inside


_LIVES = st.tuples(st.integers(8_000, 19_000), st.integers(0, len(SUBJECTS) - 1))
_EVENTS = st.tuples(st.sampled_from(age_limits()), st.integers(-12, 12))


@pytest.mark.parametrize("keep", ["working-days", "order"])
@given(life=_LIVES, events=st.lists(_EVENTS, min_size=2, max_size=8))
def test_ages_that_rules_ask_about_hold_within_the_offsets_and_in_order(
    life: tuple[int, int], events: list[tuple[AgeLimit, int]], keep: Keep
) -> None:
    birth, number = life
    days = np.array(sorted(_birthday(birth, limit) + away for limit, away in events))
    born, subjects = np.full(len(days), birth), np.repeat(SUBJECTS[number], len(days))
    shift = DateShift(keep=keep)
    free, new = (_moved(shift, one, subjects) for one in (days, born))
    moved = shift.within_ages(days, free, born, new)
    assert (np.diff(moved) >= 0).all()
    assert (moved - days).min() >= -90
    assert (moved - days).max() <= -14
    for limit in age_limits():
        was = np.sign(days - _birthday(birth, limit))
        now = np.sign(moved - _birthday(int(new[0]), limit))
        assert (now[was != 0] == was[was != 0]).all()
        assert ((now[was == 0] <= 0) if limit.below else (now[was == 0] >= 0)).all()
    if keep == "working-days":
        works = [
            np.is_busday(x.astype("datetime64[D]"), holidays=bank_holidays()) for x in (days, moved)
        ]
        assert (works[1] >= works[0]).all()
    near = near_an_age(days, born)
    assert (moved == free)[~near].all()


def _birthday(born: int, limit: AgeLimit) -> int:
    day = pl.Series([born], dtype=pl.Int32).cast(pl.Date).dt.offset_by(f"{limit.years}y")
    return int(day.to_physical()[0]) + limit.days


def _moved(shift: DateShift, days: Days, subjects: Seeds) -> Days:
    if shift.keep == "order":
        return days + shift.perturbed(days, subjects, epoch())
    return working_days().back(days, -shift.offsets(subjects, epoch()))


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
    DateShift(14, 38)
    DateShift(14, 16 + MOST, "order")
    with pytest.raises(UsageError, match="--offset-days"):
        DateShift(14, 15 + MOST, "order")
    with pytest.raises(UsageError, match="dozen"):
        DateShift(14, 29)
    with pytest.raises(UsageError, match="intervals or order"):
        DateShift(keep="neither")  # type: ignore[arg-type]


def test_each_way_is_said() -> None:
    assert "intervals do not" in str(DateShift(keep="order"))
    assert str(MOST) in str(DateShift(keep="order"))
    assert "all intervals between" in str(DateShift(keep="intervals"))
    assert "in working days" in str(DateShift())
