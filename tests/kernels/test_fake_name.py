import numpy as np
import polars as pl
import pytest
from faker.providers.person.en_GB import Provider
from hypothesis import given
from hypothesis import strategies as st

from kernels.fake_name import FEMALE, FORENAMES, MALE, SURNAMES, forenames, full_names, surnames

SEEDS = np.random.default_rng(2).integers(0, 2**64, 20_000, dtype=np.uint64)
ROWS = st.lists(st.integers(0, 2**64 - 1), max_size=40)


def seeds_of(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


@pytest.mark.parametrize("pool", [MALE, FEMALE, FORENAMES, SURNAMES])
def test_pools_are_sorted_plain_and_without_doubles(pool: tuple[str, ...]) -> None:
    assert list(pool) == sorted(pool)
    assert len({name.casefold() for name in pool}) == len(pool) > 100
    assert all(pl.Series(pool).str.contains(r"^[A-Za-z][A-Za-z' -]*$"))


def test_pools_are_those_of_faker() -> None:
    assert set(MALE) <= set(Provider.first_names_male)
    assert set(FEMALE) <= set(Provider.first_names_female)
    assert set(SURNAMES) <= set(Provider.last_names)
    assert set(FORENAMES) == set(MALE) | set(FEMALE)


def test_sex_chooses_the_pool() -> None:
    sex = np.resize(np.array([0, 1, 2, -1], dtype=np.int8), len(SEEDS))
    names = forenames(SEEDS, sex).to_numpy()
    assert set(names[sex == 0]) == set(MALE)
    assert set(names[sex == 1]) == set(FEMALE)
    assert set(names[(sex != 0) & (sex != 1)]) == set(FORENAMES)


def test_all_surnames_are_drawn_evenly() -> None:
    counts = surnames(SEEDS).value_counts()["count"].to_numpy()
    expected = len(SEEDS) / len(SURNAMES)
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert len(counts) == len(SURNAMES)
    assert chi_square < len(SURNAMES) + 6 * (2 * len(SURNAMES)) ** 0.5


@given(values=ROWS)
def test_the_name_to_avoid_is_the_next_one(values: list[int]) -> None:
    seeds = seeds_of(values)
    drawn = surnames(seeds)
    awkward = ("  " + drawn.str.to_uppercase() + "\t").rename("source")
    following = {name: SURNAMES[(place + 1) % len(SURNAMES)] for place, name in enumerate(SURNAMES)}
    assert surnames(seeds, awkward).to_list() == [following[name] for name in drawn]
    sex = np.resize(np.array([0, 1, 2], dtype=np.int8), len(seeds))
    given_names = forenames(seeds, sex)
    assert not (forenames(seeds, sex, given_names.str.to_lowercase()) == given_names).any()


@given(values=ROWS)
def test_full_names_avoid_too(values: list[int]) -> None:
    seeds = seeds_of(values)
    drawn = full_names(seeds)
    assert drawn.str.contains(r"^\S+ \S").all()
    moved = full_names(seeds, drawn.str.replace(" ", "  ").str.to_uppercase())
    assert not (moved == drawn).any()
    assert (moved.str.split(" ").list.first() == drawn.str.split(" ").list.first()).all()


def test_other_names_and_nulls_avoid_nothing() -> None:
    avoid = pl.Series([None, "Zzyzx", ""] * 5, dtype=pl.String)
    seeds, sex = SEEDS[:15], np.zeros(15, dtype=np.int8)
    assert surnames(seeds, avoid).equals(surnames(seeds))
    assert forenames(seeds, sex, avoid).equals(forenames(seeds, sex))
    assert full_names(seeds, avoid).equals(full_names(seeds))
    assert full_names(seeds, avoid).null_count() == 0


def test_a_surname_says_nothing_of_the_surname_in_the_full_name() -> None:
    same = (full_names(SEEDS).str.split(" ").list.last() == surnames(SEEDS)).sum()
    expected = len(SEEDS) / len(SURNAMES)
    assert same < expected + 6 * expected**0.5


def test_empty() -> None:
    none = np.array([], dtype=np.uint64)
    empty = pl.Series([], dtype=pl.String)
    for names in (
        forenames(none, np.array([], dtype=np.int8), empty),
        surnames(none, empty),
        full_names(none, empty),
    ):
        assert names.dtype == pl.String
        assert names.len() == 0
