import hashlib

import numpy as np
import polars as pl

from kernels.pool import key_of, pick

SEEDS = np.random.default_rng(1).integers(0, 2**64, 20_000, dtype=np.uint64)


def test_words_come_evenly() -> None:
    pool = ("a", "b", "c", "d")
    counts = pick(pool, SEEDS, key_of("x")).value_counts()["count"].to_numpy()
    expected = len(SEEDS) / 4
    assert ((counts - expected) ** 2 / expected).sum() < 35  # chi-square, 3 degrees: p < 1e-6


def test_keys_give_independent_draws() -> None:
    pool = tuple("abcd")
    same = (pick(pool, SEEDS, key_of("x")) == pick(pool, SEEDS, key_of("y"))).mean()
    assert isinstance(same, float)
    assert abs(same - 0.25) < 6 * (0.25 * 0.75 / len(SEEDS)) ** 0.5


def test_a_draw_depends_on_its_seed_alone() -> None:
    whole = pick(tuple("abcdefg"), SEEDS, 1)
    assert pick(tuple("abcdefg"), SEEDS[::-1], 1).equals(whole.reverse())


def test_empty() -> None:
    drawn = pick(("a",), np.array([], dtype=np.uint64), 1)
    assert drawn.dtype == pl.String
    assert drawn.len() == 0


def test_key_is_the_start_of_the_digest() -> None:
    assert f"{key_of('town'):016x}" == hashlib.sha256(b"town").hexdigest()[:16]
