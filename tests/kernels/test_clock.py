"""Times of day against a slow reference in fractions, and what they promise."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kernels.clock import DAY, redrawn
from kernels.draw import mix
from tests.law import even

BITS = st.integers(0, 2**64 - 1)


def times(seconds: list[int], rest: list[int], bits: int) -> list[int]:
    return redrawn(
        np.array(seconds), np.array(rest), np.full(len(seconds), bits, np.uint64)
    ).tolist()


def slow(second: int, rest: int, bits: int) -> int:
    begins = 7 * 3600 + (bits >> 43) * 8 * 3600 // 2**21
    turn = 1 + (bits >> 21) % 2**22 * (DAY - 1) // 2**22
    early = turn + bits % 2**21 * (86_400 + 1) // 2**21
    if second < turn:
        gone = floor(Fraction(second * early, turn))
    else:
        gone = early + floor(Fraction((second - turn) * (172_800 - early), max(DAY - turn, 1)))
    return begins + (rest * 172_800 + gone) // 60


@given(st.lists(st.integers(0, DAY - 1), min_size=1), st.integers(0, 4), BITS)
def test_times_are_those_of_the_reference(seconds: list[int], rest: int, bits: int) -> None:
    held = [rest] * len(seconds)
    assert times(seconds, held, bits) == [slow(second, rest, bits) for second in seconds]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1439)), min_size=2), BITS)
def test_order_holds_and_minutes_stay_apart(moments: list[tuple[int, int]], bits: int) -> None:
    moments = sorted({(min(day, 4), minute) for day, minute in moments})
    found = times([60 * minute for _, minute in moments], [day for day, _ in moments], bits)
    assert all(a < b for a, b in pairwise(found))
    assert found[0] >= 7 * 3600
    assert found[-1] < DAY


def test_a_time_tells_little_of_what_it_was() -> None:
    bits = mix(np.arange(20_000, dtype=np.uint64), 1)
    for was in (9 * 3600, 16 * 3600):
        hours = redrawn(np.full(20_000, was), np.zeros(20_000, np.int64), bits) // 3600
        assert even(hours[(hours > 7) & (hours < 15)].tolist(), range(8, 15))
