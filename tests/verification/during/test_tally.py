import math
from fractions import Fraction

import numpy as np
import pytest

from scrambler.verification.during.tally import SIX, Tally, deviation, unlikely


def _tally(**counts: float) -> Tally:
    return Tally("ssd_person", "pers_sex", "code", **counts)  # type: ignore[arg-type]


def test_nothing_seen_is_no_fault() -> None:
    assert _tally().faults() == []


def test_where_all_must_change_one_unchanged_is_a_fault() -> None:
    assert _tally(judged=9, unchanged=1).faults() == ["1 of 9 values unchanged"]


@pytest.mark.parametrize("unchanged", [2_800, 3_867])
def test_beyond_six_standard_errors_is_a_fault(unchanged: int) -> None:
    n, chance = 10_000, 1 / 3
    counts = {"judged": n, "expected": n * chance, "variance": n * chance * (1 - chance)}
    assert "where chance leaves 3333" in _tally(unchanged=unchanged, **counts).faults()[0]
    assert _tally(unchanged=3_500, **counts).faults() == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("misplaced", "2 nulls not where they were"),
        ("foreign", "2 values not"),
        ("strayed", "2 dates not moved"),
        ("split", "2 people with more than one name"),
        ("comments", "2 comments unchanged"),
    ],
)
def test_what_is_counted_for_itself_is_a_fault(field: str, words: str) -> None:
    assert _tally(**{field: 2}).faults()[0].startswith(words)


def _tail(k: int, n: int, chance: Fraction, *, above: bool) -> Fraction:
    """The exact chance of ``k`` of ``n`` or more, or of ``k`` or fewer."""
    counts = range(k, n + 1) if above else range(k + 1)
    return sum(
        (math.comb(n, j) * chance**j * (1 - chance) ** (n - j) for j in counts), start=Fraction(0)
    )


@pytest.mark.parametrize("n", [1, 2, 5, 13, 30, 200])
@pytest.mark.parametrize("chance", [Fraction(1, k) for k in (250, 22, 4, 2)])
def test_a_small_column_fails_by_chance_once_in_a_hundred_million(n: int, chance: Fraction) -> None:
    expected, variance = float(n * chance), float(n * chance * (1 - chance))
    for k in range(n + 1):
        if unlikely(k, n, expected, variance):
            assert _tail(k, n, chance, above=k > expected) < Fraction(1, 10**9)


@pytest.mark.parametrize(("n", "codes"), [(4, 250), (5, 250), (7, 22), (15, 4), (30, 2)])
def test_a_few_rows_left_as_they_were_are_a_fault(n: int, codes: int) -> None:
    (fault,) = _tally(
        judged=n, unchanged=n, expected=n / codes, variance=n / codes * (1 - 1 / codes)
    ).faults()
    assert fault.startswith(f"{n} of {n} values unchanged where chance leaves ")


def test_rows_that_chance_must_leave_are_no_fault() -> None:
    assert _tally(judged=9, unchanged=9, expected=9.0, variance=0.0).faults() == []
    assert _tally(judged=9, unchanged=8, expected=9.0, variance=0.0).faults()
    assert _tally(judged=9, unchanged=0, expected=0.1, variance=0.1).faults() == []


def test_small_counts_are_not_held_to_normal_limits() -> None:
    # One row, and chance kept it: that happens.
    assert _tally(judged=1, unchanged=1, expected=0.005, variance=0.005).faults() == []


def _pairs(bias: float, rows: int = 20_000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of three codes; a share ``bias`` of the rows comes out as it went in."""
    chance = np.random.default_rng(seed)
    before = chance.integers(0, 3, rows)
    after = np.where(chance.random(rows) < bias, before, chance.integers(0, 3, rows))
    seen = np.zeros((3, 3))
    np.add.at(seen, (before, after), 1)
    return seen, np.repeat(seen.sum(axis=1, keepdims=True), 3, axis=1) / 3


@pytest.mark.parametrize("seed", range(50))
def test_honest_draws_pass(seed: int) -> None:
    assert abs(deviation(*_pairs(0, seed=seed))) < SIX


@pytest.mark.parametrize("bias", [0.1, 0.3, 1.0])
def test_dependence_is_found(bias: float) -> None:
    assert deviation(*_pairs(bias)) > SIX


def test_uneven_draws_are_found_though_independent() -> None:
    seen = np.array([[600.0, 300.0, 100.0]] * 3)
    assert deviation(seen, np.full((3, 3), 1_000 / 3)) > SIX


def test_too_few_rows_say_nothing() -> None:
    assert deviation(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])) == 0.0
    assert deviation(np.zeros((4, 3)), np.zeros((4, 3))) == 0.0


def test_pairs_of_batches_add_up() -> None:
    tally = _tally()
    seen, due = _pairs(0.3)
    for _ in range(2):
        tally.pair(seen / 2, due / 2)
    assert tally.observed is not None
    assert (tally.observed == seen).all()
    assert "not independent of input" in tally.faults()[0]
    assert (_pairs(0.3)[0] == seen).all()
