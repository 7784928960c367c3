"""Shapes of identifiers that keep their format, rendered from ranges never issued to anyone.

A range is a run of positions 0 … size-1; a position becomes one identifier with a valid check
digit, or null where no valid number stands. No two positions of one shape, of whatever range,
become the same identifier. Ranges come in order of preference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels import check_digit

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Reserved:
    """One shape.

    ``pattern`` is an anchored Polars regex: a source value, upper-cased and without blanks, has the
    shape when it matches (its check digit may be wrong; all that ``render`` gives matches too).
    ``ranges`` is one too, of what lies in the ranges and nothing else of the shape.
    ``sizes`` are the positions of each range in order, those without a valid number included.
    ``render(range_index, positions)`` gives one text or null a position; ValueError when there is
    no such range or a position lies outside it.
    """

    name: str
    pattern: str
    ranges: str
    sizes: tuple[int, ...]
    render: Callable[[int, Positions], pl.Series]


def _reserved(
    name: str,
    pattern: str,
    ranges: str,
    sizes: tuple[int, ...],
    draw: Callable[[int, Positions], pl.Series],
) -> Reserved:
    def render(range_index: int, positions: Positions) -> pl.Series:
        if not 0 <= range_index < len(sizes):
            raise ValueError(f"{name} has {len(sizes)} ranges, none numbered {range_index}")
        size = sizes[range_index]
        outside = int(np.count_nonzero((positions < 0) | (positions >= size)))
        if outside:
            raise ValueError(f"{outside} positions lie outside range {range_index} of {name}")
        return draw(range_index, positions).alias(name)

    return Reserved(name, pattern, ranges, sizes, render)


def _digits(numbers: Positions, width: int) -> pl.Series:
    return pl.Series(numbers, dtype=pl.Int64).cast(pl.String).str.zfill(width)


def _letters(indices: Positions, letters: str) -> pl.Series:
    return pl.Series(list(letters), dtype=pl.String).gather(indices)


# python-stdnum lists the LA codes of England, 201 to 938; newer ones follow in the 940s, Wales has
# 660 to 681, schools overseas have codes in the 700s. None of the 990s was ever given out.
_UPN_AUTHORITIES = (990, 991, 992, 993, 994)


def _upn(range_index: int, positions: Positions) -> pl.Series:
    numbers = _UPN_AUTHORITIES[range_index] * 10**9 + positions
    check = check_digit.upn(*np.divmod(numbers, 10))
    return _letters(check, check_digit.UPN_LETTERS) + _digits(numbers, 12)


def _upn_temporary(range_index: int, positions: Positions) -> pl.Series:
    numbers, final = np.divmod(positions, len(check_digit.UPN_LETTERS))
    numbers = _UPN_AUTHORITIES[range_index] * 10**8 + numbers
    check = check_digit.upn(numbers, final)
    return (
        _letters(check, check_digit.UPN_LETTERS)
        + _digits(numbers, 11)
        + _letters(final, check_digit.UPN_LETTERS)
    )


# First nine digits, both ends included. 999 holds the test patients of the Personal Demographics
# Service; the others are "not to be issued" or unallocated in the list that nhs-number keeps.
_NHS_STEMS = (
    (999_000_000, 999_999_999),
    (900_000_000, 998_999_999),
    (500_000_000, 599_999_999),
    (860_000_000, 899_999_999),
)

# No block of ULNs is published as never issued, nor is the order in which they are handed out: the
# Learning Records Service and HESA say only that the first digit is not 0 and how the check digit
# goes. So this is the top of the range, and a scrambled ULN MAY be somebody's. 9999999999, which
# further education returns use for "unknown", has no valid check digit and is never drawn.
_ULN_STEMS = tuple((prefix * 10**7, prefix * 10**7 + 10**7 - 1) for prefix in (99, 98, 97, 96, 95))


def _ten_digits(
    stems: tuple[tuple[int, int], ...], check: Callable[[Positions], Positions]
) -> Callable[[int, Positions], pl.Series]:
    def draw(range_index: int, positions: Positions) -> pl.Series:
        numbers = stems[range_index][0] + positions
        digits = check(numbers)
        text = _digits(numbers * 10 + digits % check_digit.NONE, 10)
        return (
            pl.DataFrame({"text": text, "check": digits})
            .select(pl.when(pl.col("check") != check_digit.NONE).then("text"))
            .to_series()
        )

    return draw


def _sizes(stems: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    return tuple(last - first + 1 for first, last in stems)


def _prefixed(prefixes: tuple[str, ...], width: int) -> Callable[[int, Positions], pl.Series]:
    def draw(range_index: int, positions: Positions) -> pl.Series:
        return prefixes[range_index] + _digits(positions, width)

    return draw


def _ni(_: int, positions: Positions) -> pl.Series:
    number, suffix = np.divmod(positions, 4)
    return "QQ" + _digits(number, 6) + _letters(suffix, "ABCD")


_SHAPES = (
    # 13 characters: check letter, LA code, school, year, serial.
    _reserved(
        "upn",
        r"^[A-Z][0-9]{12}$",
        r"^[A-Z]99[0-4][0-9]{9}$",
        (10**9,) * len(_UPN_AUTHORITIES),
        _upn,
    ),
    _reserved(
        "upn_temporary",
        r"^[A-Z][0-9]{11}[A-Z]$",
        r"^[A-Z]99[0-4][0-9]{8}[A-Z]$",
        (10**8 * len(check_digit.UPN_LETTERS),) * len(_UPN_AUTHORITIES),
        _upn_temporary,
    ),
    _reserved(
        "nhs",
        r"^[0-9]{10}$",
        r"^(?:[59][0-9]|8[6-9])[0-9]{8}$",
        _sizes(_NHS_STEMS),
        _ten_digits(_NHS_STEMS, check_digit.nhs),
    ),
    _reserved(
        "uln",
        r"^[1-9][0-9]{9}$",
        r"^9[5-9][0-9]{8}$",
        _sizes(_ULN_STEMS),
        _ten_digits(_ULN_STEMS, check_digit.uln),
    ),
    # Social Work England registrations have fewer digits; 12 characters are the most a payload has.
    _reserved("swe", r"^SW[0-9]{1,10}$", r"^SW9[0-9]{9}$", (10**9,), _prefixed(("SW9",), 9)),
    # Ofsted names no free block either: the top of the range, far above the numbers of its lists.
    _reserved(
        "urn",
        r"^SC[0-9]{6}$",
        r"^SC[7-9][0-9]{5}$",
        (10**5,) * 3,
        _prefixed(("SC9", "SC8", "SC7"), 5),
    ),
    _reserved("urn7", r"^[0-9]{7}$", r"^[89][0-9]{6}$", (10**6,) * 2, _prefixed(("9", "8"), 6)),
    # HMRC never issues a National Insurance number with Q as a prefix letter.
    _reserved("ni", r"^[A-Z]{2}[0-9]{6}[A-D]?$", r"^QQ[0-9]{6}[A-D]$", (4 * 10**6,), _ni),
)

RESERVED: Mapping[str, Reserved] = MappingProxyType({shape.name: shape for shape in _SHAPES})
"""Every shape by name."""
