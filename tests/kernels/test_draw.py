import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.draw import below, combine, mix, ranking

GAMMA = 0x9E3779B97F4A7C15
MASK = 2**64 - 1
SEEDS = st.lists(st.integers(0, MASK), min_size=1, max_size=30)


def _splitmix(seed: int, key: int) -> int:
    """The finaliser of SplitMix64, a number at a time."""
    z = ((seed ^ key) + GAMMA) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def test_published_splitmix64_sequence_of_seed_0() -> None:
    states = np.array([n * GAMMA & MASK for n in range(3)], dtype=np.uint64)
    assert mix(states, 0).tolist() == [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
        0x06C45D188009454F,
    ]


@given(seeds=SEEDS, key=st.integers(0, MASK))
def test_mix_is_the_finaliser(seeds: list[int], key: int) -> None:
    given_ = np.array(seeds, dtype=np.uint64)
    kept = given_.copy()
    assert mix(given_, key).tolist() == [_splitmix(seed, key) for seed in seeds]
    assert (given_ == kept).all()


@given(bits=SEEDS, n=st.integers(1, 2**31))
def test_below_stays_below(bits: list[int], n: int) -> None:
    drawn = below(np.array(bits, dtype=np.uint64), n)
    assert drawn.dtype == np.int64
    assert drawn.tolist() == [(bit >> 32) * n >> 32 for bit in bits]
    assert ((drawn >= 0) & (drawn < n)).all()


def test_below_takes_a_limit_a_row() -> None:
    bits = np.full(3, MASK, dtype=np.uint64)
    assert below(bits, np.array([1, 2, 2**31])).tolist() == [0, 1, 2**31 - 1]


@pytest.mark.parametrize("n", [2, 3, 7, 44, 120])
def test_below_is_even(n: int) -> None:
    rows = 200_000
    drawn = below(mix(np.arange(rows, dtype=np.uint64), 42), n)
    counts = np.bincount(drawn, minlength=n)
    statistic = float(((counts - rows / n) ** 2 / (rows / n)).sum())
    assert abs(statistic - (n - 1)) < 6 * math.sqrt(2 * (n - 1))


def test_keys_give_independent_draws() -> None:
    seeds = np.arange(100_000, dtype=np.uint64)
    both = below(mix(seeds, 1), 4) * 4 + below(mix(seeds, 2), 4)
    counts = np.bincount(both, minlength=16)
    expected = len(seeds) / 16
    assert float(((counts - expected) ** 2 / expected).sum()) < 15 + 6 * math.sqrt(30)


@given(seeds=SEEDS, n=st.integers(1, 50), key=st.integers(0, MASK))
def test_a_ranking_is_an_order_and_equal_seeds_share_it(seeds: list[int], n: int, key: int) -> None:
    orders = ranking(np.array([*seeds, seeds[0]], dtype=np.uint64), n, key)
    assert orders.shape == (len(seeds) + 1, n)
    assert (np.sort(orders, axis=1) == np.arange(n)).all()
    assert (orders[0] == orders[-1]).all()


def test_every_order_is_equally_likely() -> None:
    rows = 120_000
    orders = ranking(mix(np.arange(rows, dtype=np.uint64), 7), 4, 9)
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 24
    expected = rows / 24
    assert float(((counts - expected) ** 2 / expected).sum()) < 23 + 6 * math.sqrt(46)


def test_combining_heeds_order_and_every_part() -> None:
    a, b = np.array([1, 2], dtype=np.uint64), np.array([2, 1], dtype=np.uint64)
    assert combine(a, b)[0] != combine(b, a)[0]
    assert combine(a, b)[0] == combine(b, a)[1]
    assert combine(a)[0] != combine(a, np.zeros(2, np.uint64))[0]
