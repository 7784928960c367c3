import hashlib
import hmac

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kernels.permutation import LARGEST, Permutation

KEYS = st.text("0123456789abcdef", min_size=16, max_size=64)
KEY = bytes(range(32)).hex()


def permute(positions: NDArray[np.int64], size: int, key: str) -> NDArray[np.int64]:
    return Permutation(size, key).of(positions)


def reference(place: int, size: int, key: str) -> int:
    """Feistel as it is drawn in books, one number at a time, by the HMAC of the standard library.

    Left and right swap their parts each round; eight inputs that follow one another share an HMAC.
    """
    bits = max(1, (size - 1).bit_length())
    widths = (bits - bits // 2, bits // 2)
    while True:
        left, right = divmod(place, 2 ** widths[1])
        for turn in range(10):
            into, of = (left, right) if turn % 2 == 0 else (right, left)
            label = f"permutation {size} {turn} {of // 8}"
            made = hmac.new(key.encode(), label.encode(), hashlib.sha256).digest()
            word = int.from_bytes(made[of % 8 * 4 :][:4])
            into ^= word % 2 ** widths[turn % 2]
            left, right = (into, right) if turn % 2 == 0 else (left, into)
        place = left * 2 ** widths[1] + right
        if place < size:
            return place


@given(size=st.integers(1, LARGEST), data=st.data(), key=KEYS)
def test_it_is_feistel_by_hmac(size: int, key: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.integers(0, size - 1), max_size=4))
    found = permute(np.array(drawn, dtype=np.int64), size, key)
    assert found.tolist() == [reference(place, size, key) for place in drawn]


@given(size=st.integers(1, 3000), key=KEYS)
def test_every_small_size_is_a_bijection(size: int, key: str) -> None:
    places = permute(np.arange(size), size, key)
    assert places.dtype == np.int64
    assert np.array_equal(np.sort(places), np.arange(size))


@pytest.mark.parametrize("size", [2**k + d for k in range(1, 13) for d in (-1, 0, 1)])
def test_sizes_around_powers_of_two(size: int) -> None:
    assert np.array_equal(np.sort(permute(np.arange(size), size, KEY)), np.arange(size))


@pytest.mark.parametrize("size", [10**6, 10**9, LARGEST])
@given(data=st.data(), key=KEYS)
def test_large_sizes_stay_inside_and_distinct(size: int, key: str, data: st.DataObject) -> None:
    drawn = data.draw(st.sets(st.integers(0, size - 1), max_size=50))
    places = permute(np.array(sorted(drawn), dtype=np.int64), size, key)
    assert ((places >= 0) & (places < size)).all()
    assert len(np.unique(places)) == len(drawn)


@given(size=st.integers(1, LARGEST), data=st.data(), key=KEYS)
def test_a_position_goes_to_one_place_whatever_the_batch(
    size: int, data: st.DataObject, key: str
) -> None:
    drawn = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=20))
    positions = np.array(drawn, dtype=np.int64)
    kept = positions.copy()
    one_by_one = np.concatenate([permute(positions[[i]], size, key) for i in range(len(drawn))])
    assert np.array_equal(permute(positions, size, key), one_by_one)
    assert np.array_equal(positions, kept)


def test_keys_and_sizes_give_other_orders() -> None:
    positions = np.arange(1000)
    first = permute(positions, 1000, KEY)
    assert (first == permute(positions, 1000, KEY[::-1])).mean() < 0.05
    assert (first == permute(positions, 1001, KEY)).mean() < 0.05
    assert (first == positions).mean() < 0.05


@pytest.mark.parametrize("size", [5, 1000])
def test_every_place_is_about_equally_likely(size: int) -> None:
    keys = [f"{i:032x}" for i in range(500)]
    counts = np.bincount(
        np.concatenate([permute(np.array([0]), size, key) for key in keys]) * 5 // size, minlength=5
    )
    expected = len(keys) / 5
    assert ((counts - expected) ** 2 / expected).sum() < 30  # chi-square, 4 degrees: p < 1e-5


def test_empty() -> None:
    places = permute(np.array([], dtype=np.int64), 10, KEY)
    assert places.dtype == np.int64
    assert places.shape == (0,)


@pytest.mark.parametrize("position", [-1, 10, 2**62])
def test_positions_outside_are_refused_without_naming_them(position: int) -> None:
    with pytest.raises(ValueError, match=r"^1 positions lie outside a permutation of size 10$"):
        permute(np.array([3, position]), 10, KEY)


@pytest.mark.parametrize("size", [0, -1, LARGEST + 1])
def test_sizes_outside_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        permute(np.array([], dtype=np.int64), size, KEY)


def test_short_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        permute(np.array([0]), 10, "")


@given(size=st.sampled_from([100, 2**31 - 1, 2**33]), data=st.data())
def test_what_was_worked_out_before_changes_nothing(size: int, data: st.DataObject) -> None:
    one = Permutation(size, KEY)
    for _ in range(3):
        drawn = data.draw(st.lists(st.integers(0, size - 1), max_size=5))
        positions = np.array(drawn, dtype=np.int64)
        assert np.array_equal(one.of(positions), permute(positions, size, KEY))
    assert repr(one) == f"Permutation({size})"
