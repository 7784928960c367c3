"""Invented names of people, from the British word lists of Faker. Its generator is never used.

Seeds are secret and decide everything; the keys are public. ``avoid`` holds the value that a name
replaces: compared without case and surplus blanks, never returned; null avoids nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate

import numpy as np
import polars as pl
from faker.providers.person.en_GB import Provider
from numpy.typing import NDArray

from kernels.draw import Seeds, below, mix
from kernels.pool import key_of, pick


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    """Drop doubles and names with other characters; sort, so that no release reorders them."""
    kept = {name.lower(): name for name in names if re.fullmatch(r"[A-Za-z][A-Za-z' -]*", name)}
    return tuple(sorted(kept.values()))


MALE = _sorted(Provider.first_names_male)
FEMALE = _sorted(Provider.first_names_female)
FORENAMES = _sorted((*Provider.first_names_male, *Provider.first_names_female))
SURNAMES = _sorted(Provider.last_names)

_POOLS = (MALE, FEMALE, FORENAMES)
_SIZES = np.array([len(pool) for pool in _POOLS], dtype=np.int64)
_STARTS = np.array([0, *accumulate(len(pool) for pool in _POOLS[:-1])], dtype=np.int64)
_BY_SEX = pl.Series("forename", [name for pool in _POOLS for name in pool], dtype=pl.String)
_SURNAMES = pl.Series("surname", SURNAMES, dtype=pl.String)


def forenames(seeds: Seeds, sex: NDArray[np.int8], avoid: pl.Series | None = None) -> pl.Series:
    """Return a forename a seed. ``sex``: 0 male, 1 female, anything else both lists."""
    known = np.where((sex == 0) | (sex == 1), sex, 2)
    starts, sizes = _STARTS[known], _SIZES[known]
    draws = below(mix(seeds, key_of("forename")), sizes)
    return _unlike(
        avoid, _BY_SEX.gather(starts + draws), _BY_SEX.gather(starts + (draws + 1) % sizes)
    )


def surnames(seeds: Seeds, avoid: pl.Series | None = None) -> pl.Series:
    """Return a surname a seed."""
    return _unlike(avoid, *_surnames(seeds, "surname"))


def full_names(seeds: Seeds, avoid: pl.Series | None = None) -> pl.Series:
    """Return ``Forename Surname`` a seed, drawn apart from ``forenames`` and ``surnames``."""
    given = pick(FORENAMES, seeds, key_of("full name, forename"))
    drawn, following = _surnames(seeds, "full name, surname")
    return _unlike(avoid, given + " " + drawn, given + " " + following).alias("full_name")


def _surnames(seeds: Seeds, label: str) -> tuple[pl.Series, pl.Series]:
    draws = below(mix(seeds, key_of(label)), len(SURNAMES))
    return _SURNAMES.gather(draws), _SURNAMES.gather((draws + 1) % len(SURNAMES))


def _unlike(avoid: pl.Series | None, drawn: pl.Series, following: pl.Series) -> pl.Series:
    if avoid is None:
        return drawn
    squeezed = avoid.str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()
    alike = (drawn.str.to_lowercase() == squeezed).fill_null(False)
    return following.zip_with(alike, drawn)
