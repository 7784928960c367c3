"""The warp against a slow reference, and what it promises about the days it moves."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.draw import below, mix
from kernels.warp import warp
from tests.law import even

KEY = 0xC0FFEE
DAYS = st.integers(-40_000, 40_000)
SEEDS = st.integers(0, 2**64 - 1)
MOST = st.integers(1, 90)


def bits(seed: int, key: int) -> np.ndarray:
    return mix(np.array([seed], dtype=np.uint64), key)


def slow(day: int, seed: int, key: int, most: int) -> int:
    """The same line, walked from its knots: exact fractions and Python's own integers."""
    course = bits(seed, key)
    place = day + int(below(course, 2 * most)[0])
    knot = place // (2 * most)
    heights = [
        int(below(bits(int(course[0]) ^ (number % 2**64), key), most + 1)[0])
        for number in (knot, knot + 1)
    ]
    within = place - knot * 2 * most
    weighted = heights[0] * (2 * most - within) + heights[1] * within
    return weighted // (2 * most)


def warped(days: list[int], seed: int, most: int, key: int = KEY) -> list[int]:
    seeds = np.full(len(days), seed, dtype=np.uint64)
    return warp(np.array(days, dtype=np.int64), seeds, key, most).tolist()


@given(rows=st.lists(st.tuples(DAYS, SEEDS), max_size=30), key=SEEDS, most=MOST)
def test_against_the_reference(rows: list[tuple[int, int]], key: int, most: int) -> None:
    days = np.array([day for day, _ in rows], dtype=np.int64)
    seeds = np.array([seed for _, seed in rows], dtype=np.uint64)
    found = warp(days, seeds, key, most)
    assert found.tolist() == [slow(day, seed, key, most) for day, seed in rows]


@given(days=st.lists(DAYS, min_size=2, max_size=30), seed=SEEDS, most=MOST)
def test_order_and_bounds(days: list[int], seed: int, most: int) -> None:
    found = warped(days, seed, most)
    assert all(0 <= value <= most for value in found)
    pairs = sorted(zip(days, found, strict=True))
    for (day, back), (later, further) in pairwise(pairs):
        assert later - further >= day - back
        assert (later - further == day - back) <= (later - day <= 1)
        assert abs(further - back) <= min(most, -(-(later - day) // 2))


@given(start=DAYS, seed=SEEDS, most=MOST)
def test_every_day_in_a_row(start: int, seed: int, most: int) -> None:
    run = np.arange(start, start + 6 * most + 2)
    moved = run - warp(run, np.full(len(run), seed, dtype=np.uint64), KEY, most)
    assert (np.diff(moved) >= 0).all()
    assert (moved[2:] > moved[:-2]).all()


@given(rows=st.lists(st.tuples(DAYS, SEEDS), max_size=20), cut=st.integers(0, 20))
def test_the_batch_does_not_matter(rows: list[tuple[int, int]], cut: int) -> None:
    days = np.array([day for day, _ in rows], dtype=np.int64)
    seeds = np.array([seed for _, seed in rows], dtype=np.uint64)
    whole = warp(days, seeds, KEY, 28)
    parts = [warp(d, s, KEY, 28) for d, s in ((days[:cut], seeds[:cut]), (days[cut:], seeds[cut:]))]
    assert np.concatenate(parts).tolist() == whole.tolist()


@pytest.mark.parametrize("most", [1, 28])
def test_knots_are_drawn_evenly_and_apart(most: int) -> None:
    seeds = mix(np.arange(20_000, dtype=np.uint64), 1)
    # Where a course begins is known from the reference: there its line is at a knot.
    begins = -below(mix(seeds, KEY), 2 * most)
    first, next_ = (warp(begins + n * 2 * most, seeds, KEY, most) for n in (0, 1))
    assert even(first.tolist(), range(most + 1))
    assert even(next_.tolist(), range(most + 1))
    assert abs(np.corrcoef(first, next_)[0, 1]) < 6 / np.sqrt(len(seeds))


def test_intervals_are_lost() -> None:
    seeds = mix(np.arange(5_000, dtype=np.uint64), 1)
    start = np.full(len(seeds), 18_000, dtype=np.int64)
    change = warp(start + 400, seeds, KEY, 28) - warp(start, seeds, KEY, 28)
    assert (change == 0).mean() < 0.1
    assert 8 < change.std() < 12
    assert abs(change.mean()) < 6 * change.std() / np.sqrt(len(seeds))


def test_nothing_given_is_changed() -> None:
    days, seeds = np.array([5, -5], dtype=np.int64), np.array([1, 2], dtype=np.uint64)
    warp(days, seeds, KEY, 28)
    assert (days.tolist(), seeds.tolist()) == ([5, -5], [1, 2])


def test_no_rows() -> None:
    assert warp(np.empty(0, np.int64), np.empty(0, np.uint64), KEY, 28).tolist() == []
