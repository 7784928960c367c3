"""The formats of national identifiers, and which of each were never issued: the check's own list.

Sources as in ``kernels.reserved``; written down twice, so that neither follows the other's slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class Format:
    """One format: ``pattern`` fits an identifier in capitals without blanks.

    ``unissued`` fits one of the ranges never issued. Of those the first ``digits`` digits run from
    each of ``starts`` on, in as many numbers as ``sizes`` says, and where a number is followed by
    one of ``letters``, each number as often as there are letters. ``name`` is that of the places.
    """

    name: str
    pattern: str
    unissued: str
    digits: int
    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    letters: str = ""


_CHECKED = "ABCDEFGHJKLMNPQRTUVWXYZ"  # in a UPN, by value
_NO_AUTHORITIES = (990, 991, 992, 993, 994)

FORMATS: Mapping[str, tuple[Format, ...]] = {
    "upn": (
        Format(
            "upn",
            r"[A-Z][0-9]{12}",
            r"[A-HJ-NP-RT-Z]99[0-4][0-9]{9}",
            12,
            tuple(first * 10**9 for first in _NO_AUTHORITIES),
            (10**9,) * 5,
        ),
        Format(
            "upn_temporary",
            r"[A-Z][0-9]{11}[A-Z]",
            r"[A-HJ-NP-RT-Z]99[0-4][0-9]{8}[A-HJ-NP-RT-Z]",
            11,
            tuple(first * 10**8 for first in _NO_AUTHORITIES),
            (10**8,) * 5,
            _CHECKED,
        ),
    ),
    "nhs": (
        Format(
            "nhs",
            r"[0-9]{10}",
            r"(?:[59][0-9]|8[6-9])[0-9]{8}",
            9,
            (999_000_000, 900_000_000, 500_000_000, 860_000_000),
            (10**6, 99 * 10**6, 10**8, 4 * 10**7),
        ),
    ),
    "uln": (
        Format(
            "uln",
            r"[1-9][0-9]{9}",
            r"9[5-9][0-9]{8}",
            9,
            tuple(first * 10**7 for first in (99, 98, 97, 96, 95)),
            (10**7,) * 5,
        ),
    ),
    "swe": (Format("swe", r"SW[0-9]{1,10}", r"SW9[0-9]{9}", 10, (9 * 10**9,), (10**9,)),),
    "urn": (
        Format(
            "urn",
            r"SC[0-9]{6}",
            r"SC[7-9][0-9]{5}",
            6,
            (900_000, 800_000, 700_000),
            (10**5,) * 3,
        ),
        Format("urn7", r"[0-9]{7}", r"[89][0-9]{6}", 7, (9 * 10**6, 8 * 10**6), (10**6,) * 2),
    ),
    "ni": (Format("ni", r"[A-Z]{2}[0-9]{6}[A-D]?", r"QQ[0-9]{6}[A-D]", 6, (0,), (10**6,), "ABCD"),),
}
"""By the shape of an id domain. Shapes that are not here have no format."""


def of_shape(text: pl.Series, shape: str) -> NDArray[np.bool_]:
    """Return which texts have a format of ``shape``; False for null."""
    found = np.zeros(len(text), dtype=bool)
    for one in FORMATS.get(shape, ()):
        found |= fits(text, one.pattern)
    return found


def fits(text: pl.Series, pattern: str) -> NDArray[np.bool_]:
    """Return which texts match a pattern from end to end; False for null."""
    whole = pl.col("text").str.contains(rf"\A(?:{pattern})\z").fill_null(False)
    return text.to_frame("text").select(whole).to_series().to_numpy()
