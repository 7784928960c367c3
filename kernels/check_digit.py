"""Check digits of NHS numbers, ULNs and UPNs, from arrays of the digits before (or after) them.

The rules are the public national ones: NHS Data Dictionary (NHS number), Learning Records Service
(ULN), DfE guide to unique pupil numbers (UPN).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Letters of a UPN by their value 0 … 22; I, O and S are not used."""

NONE = 10
"""In place of a check digit: no valid number begins with these digits."""


def nhs(stems: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the tenth digit for the first nine of an NHS number, or ``NONE``.

    ValueError when a stem has more than nine digits or is negative.
    """
    return (11 - _weighted(stems, range(10, 1, -1)) % 11) % 11


def uln(stems: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the tenth digit for the first nine of a ULN, or ``NONE``.

    A ULN does not begin with 0. ValueError when a stem has more than nine digits or is negative.
    """
    digits = 10 - _weighted(stems, range(10, 1, -1)) % 11
    return np.where(stems < 10**8, NONE, digits)


def upn(stems: NDArray[np.int64], finals: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the check letter of a UPN as its index in ``UPN_LETTERS``.

    ``stems`` are the eleven digits after the check letter (positions 2 to 12); ``finals`` the last
    character: a digit by its value, the letter of a temporary UPN by its index in ``UPN_LETTERS``.
    ValueError when a stem has more than eleven digits, or either is negative or too large.
    """
    _within(finals, len(UPN_LETTERS))
    return (_weighted(stems, range(2, 13)) + 13 * finals) % len(UPN_LETTERS)


def _weighted(stems: NDArray[np.int64], weights: Iterable[int]) -> NDArray[np.int64]:
    """Sum digit x weight, the first weight being that of the leading digit."""
    ordered = tuple(weights)
    _within(stems, 10 ** len(ordered))
    total = np.zeros(stems.shape, dtype=np.int64)
    rest = stems
    for weight in reversed(ordered):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return total


def _within(numbers: NDArray[np.int64], end: int) -> None:
    outside = int(np.count_nonzero((numbers < 0) | (numbers >= end)))
    if outside:
        raise ValueError(f"{outside} numbers lie outside 0 to {end - 1}")
