"""National numbers with valid check digits, from ranges that nobody holds; and UUIDs.

Each child number has one of each kind: NHS 900 000 000 0 to 989 999 999 9 (never issued; the range
999 is left to scrambled data), UPN under local authority 100 (not allocated: codes start at 201),
ULN from 5 000 000 000 on, National Insurance numbers under the prefix ZZ. The rules are those of
the README of the SSD facts, held against python-stdnum and nhs-number by the tests.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.synthetic.block import Ints, Rng, taken, text
from scrambler.synthetic.frames import joined

_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_ROOM = 9_000_000


def _scattered(numbers: Ints) -> Ints:
    """A bijection of 0 … 8 999 999 (the multiplier shares no factor with 9 000 000)."""
    return numbers * 4_285_717 % _ROOM


def _weighted(numbers: Ints, digits: int, first: int, step: int) -> Ints:
    """Sum of digit x weight; the leftmost of ``digits`` digits has weight ``first``."""
    total = np.zeros(len(numbers), dtype=np.int64)
    for place in range(digits):
        total += numbers // 10 ** (digits - 1 - place) % 10 * (first + step * place)
    return total


def nhs_numbers(numbers: Ints) -> pl.Series:
    """Return ten digits a person. The ninth steps on where the check digit would be 10."""
    stems = (90_000_000 + _scattered(numbers)) * 10 + numbers % 10
    bad = _weighted(stems, 9, 10, -1) % 11 == 1
    stems = np.where(bad, stems - stems % 10 + (stems + 1) % 10, stems)
    return text(stems * 10 + (11 - _weighted(stems, 9, 10, -1) % 11) % 11)


def ulns(numbers: Ints) -> pl.Series:
    """Return ten digits a learner. The ninth steps on where the remainder would be 0."""
    stems = (50_000_000 + _scattered(numbers)) * 10 + numbers % 10
    bad = _weighted(stems, 9, 10, -1) % 11 == 0
    stems = np.where(bad, stems - stems % 10 + (stems + 1) % 10, stems)
    return text(stems * 10 + 10 - _weighted(stems, 9, 10, -1) % 11)


def upns(numbers: Ints, years: Ints) -> pl.Series:
    """Return a UPN a pupil: school and serial from the number, ``years`` (0-99) of issue.

    One pupil with two different years has two different UPNs, and no two pupils ever share one.
    """
    place = _scattered(numbers)
    digits = (100 * 10_000 + 1000 + place // 1000) * 100_000 + years % 100 * 1000 + place % 1000
    return joined(taken(_LETTERS, _weighted(digits, 12, 2, 1) % 23), text(digits))


def ni_numbers(numbers: Ints) -> pl.Series:
    """Return a National Insurance number a person, unique for 4 000 000 people in a row."""
    digits = text(1_000_000 + numbers % 1_000_000).str.slice(1)
    return joined("ZZ", digits, taken("ABCD", numbers // 1_000_000 % 4))


def uuids(rng: Rng, count: int) -> pl.Series:
    """Return random UUIDs (version 4) as text."""
    digits = "0123456789abcdef"
    pairs = pl.Series([first + second for first in digits for second in digits])
    pieces: list[pl.Series | str] = []
    for place in range(16):
        octet = rng.integers(0, 256, count)
        octet = octet % 16 + 64 if place == 6 else octet % 64 + 128 if place == 8 else octet
        pieces += ["-"] if place in (4, 6, 8, 10) else []
        pieces.append(pairs.gather(octet))
    return joined(*pieces).str.to_uppercase()
