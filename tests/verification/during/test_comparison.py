import math
from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest

from scrambler.verification.during.comparison import UNITS, ColumnComparison
from scrambler.verification.during.statistics import SIX, association, deviation, unlikely


def _column(expected: float = 0, variance: float = 0, **counts: int) -> ColumnComparison:
    units = {"expected_units": round(expected * UNITS), "variance_units": round(variance * UNITS)}
    return ColumnComparison("ssd_person", "pers_sex", "code", **units, **counts)


def test_nothing_seen_is_no_fault() -> None:
    assert _column().faults() == []


def test_where_all_must_change_one_unchanged_is_a_fault() -> None:
    assert _column(examined=9, unchanged=1).faults() == ["1 of 9 values unchanged"]


@pytest.mark.parametrize("unchanged", [2_800, 3_867])
def test_beyond_six_standard_errors_is_a_fault(unchanged: int) -> None:
    n, chance = 10_000, 1 / 3
    counts = {"examined": n, "expected": n * chance, "variance": n * chance * (1 - chance)}
    assert "where chance leaves 3333" in _column(unchanged=unchanged, **counts).faults()[0]
    assert _column(unchanged=3_500, **counts).faults() == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("null_mismatch", "2 nulls not where they were"),
        ("invalid", "2 values not"),
        ("wrong_shift", "2 dates not moved"),
        ("redraw_mismatch", "2 values are not what their keys give"),
        ("comments_kept", "2 comments unchanged"),
    ],
)
def test_what_is_counted_for_itself_is_a_fault(field: str, words: str) -> None:
    assert _column(**{field: 2}).faults()[0].startswith(words)


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
    (fault,) = _column(
        examined=n, unchanged=n, expected=n / codes, variance=n / codes * (1 - 1 / codes)
    ).faults()
    assert fault.startswith(f"{n} of {n} values unchanged where chance leaves ")


def test_rows_that_chance_must_leave_are_no_fault() -> None:
    assert _column(examined=9, unchanged=9, expected=9.0, variance=0.0).faults() == []
    assert _column(examined=9, unchanged=8, expected=9.0, variance=0.0).faults()
    assert _column(examined=9, unchanged=0, expected=0.1, variance=0.1).faults() == []


def test_small_counts_are_not_held_to_normal_limits() -> None:
    # One row, and chance kept it: that happens.
    assert _column(examined=1, unchanged=1, expected=0.005, variance=0.005).faults() == []


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
    seen, due = (np.rint(one).astype(np.int64) for one in _pairs(0.3))
    found = _column()
    for _ in range(2):
        part = _column()
        part.note_pairs(seen, due * UNITS)
        found = found + part
    assert found.observed is not None
    assert (found.observed == 2 * seen).all()
    assert "not as drawn, whatever the input" in found.faults()[0]


def test_sums_are_the_same_in_any_order() -> None:
    chance = np.random.default_rng(7)
    parts = []
    for _ in range(6):
        part = _column(rows=int(chance.integers(1, 9)), invalid=int(chance.integers(0, 3)))
        chances = chance.random(5)
        part.note_chances(3, chance.integers(0, 50, 5), chances, chances * (1 - chances))
        part.note_draws(chance.integers(0, 2**63, 40, dtype=np.uint64))
        parts.append(part)
    first = parts[0] + (parts[1] + parts[2]) + (parts[3] + (parts[4] + parts[5]))
    last = parts[5] + parts[3] + parts[1] + parts[4] + parts[2] + parts[0]
    for one in fields(first):
        assert np.array_equal(getattr(first, one.name), getattr(last, one.name))


def test_parts_of_different_columns_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="different columns"):
        _column() + ColumnComparison("ssd_person", "pers_gender", "code")


@pytest.mark.parametrize(("groups", "size"), [(4_000, 1), (400, 10), (20, 200), (1, 4_000)])
def test_the_design_effect_is_the_size_of_groups_that_share_a_draw(groups: int, size: int) -> None:
    seeds = np.random.default_rng(3).integers(0, 2**64, groups, dtype=np.uint64)
    found = _column()
    for _ in range(size):  # in as many parts
        found.note_draws(seeds)
    assert found.design_effect == pytest.approx(size, rel=0.15)


def test_groups_that_share_a_draw_may_come_out_alike() -> None:
    figures = {"examined": 1_000, "unchanged": 1_000, "expected": 500.0, "variance": 250.0}
    alone, shared = _column(**figures), _column(**figures)
    alone.note_draws(np.random.default_rng(1).integers(0, 2**64, 1_000, dtype=np.uint64))
    shared.note_draws(np.full(1_000, 5, dtype=np.uint64))
    assert alone.faults()
    assert shared.faults() == []


def test_of_forty_million_rows_the_last_hundredth_copied_is_refused() -> None:
    rows, pieces, codes = 1_000_000, 40, 4
    chance = np.random.default_rng(40)
    even = np.full(codes, 1 / codes)
    found = {"copied": _column(), "honest": _column()}
    for piece in range(pieces):  # memory holds one of them
        before, after = chance.integers(0, codes, (2, rows))
        seeds = chance.integers(0, 2**64, rows, dtype=np.uint64)
        last = (piece == pieces - 1) & (np.arange(rows) >= rows * 6 // 10)
        for name, came in (("copied", np.where(last, before, after)), ("honest", after)):
            part = _column(rows=rows, examined=rows)
            part.note_draws(seeds)
            counts = np.bincount(before, minlength=codes)
            part.note_chances(int((before == came).sum()), counts, even, even * (1 - even))
            found[name] = found[name] + part
    assert found["copied"].examined == rows * pieces
    assert found["copied"].design_effect == 1.0
    assert found["honest"].faults() == []
    (said,) = found["copied"].faults()
    assert "values unchanged where chance leaves 10000000" in said


def test_association_is_that_of_the_table() -> None:
    """Held against chi-squares by hand: of 2 x 2 and 100 pairs on the diagonal it is 100."""
    assert association(np.array([[25.0, 25.0], [25.0, 25.0]])) < 0
    diagonal = association(np.array([[50.0, 0.0], [0.0, 50.0]]))
    assert diagonal == pytest.approx(((100 / 1) ** (1 / 3) - (1 - 2 / 9)) / math.sqrt(2 / 9))
    assert association(np.zeros((4, 4))) == 0.0


@pytest.mark.parametrize("total", [60, 300, 5_000])
def test_association_sees_few_pairs_too_and_passes_independent_ones(total: int) -> None:
    rng = np.random.default_rng(total)
    was, other = (rng.integers(0, 16, total) for _ in range(2))
    tables = [np.zeros((16, 16)), np.zeros((16, 16))]
    for table, now in zip(tables, (was, other), strict=True):
        np.add.at(table, (was, now), 1)
    assert association(tables[0]) > SIX
    assert association(tables[1]) < SIX
