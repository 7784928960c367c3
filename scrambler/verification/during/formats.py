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
    """``pattern`` fits an identifier in capitals without blanks, ``unissued`` one never issued."""

    pattern: str
    unissued: str


FORMATS: Mapping[str, tuple[Format, ...]] = {
    "upn": (
        Format(r"[A-Z][0-9]{12}", r"[A-HJ-NP-RT-Z]99[0-4][0-9]{9}"),
        Format(r"[A-Z][0-9]{11}[A-Z]", r"[A-HJ-NP-RT-Z]99[0-4][0-9]{8}[A-HJ-NP-RT-Z]"),
    ),
    "nhs": (Format(r"[0-9]{10}", r"(?:[59][0-9]|8[6-9])[0-9]{8}"),),
    "uln": (Format(r"[1-9][0-9]{9}", r"9[5-9][0-9]{8}"),),
    "swe": (Format(r"SW[0-9]{1,10}", r"SW9[0-9]{9}"),),
    "urn": (Format(r"SC[0-9]{6}", r"SC[7-9][0-9]{5}"), Format(r"[0-9]{7}", r"[89][0-9]{6}")),
    "ni": (Format(r"[A-Z]{2}[0-9]{6}[A-D]?", r"QQ[0-9]{6}[A-D]"),),
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
    return text.str.contains(rf"\A(?:{pattern})\z").fill_null(False).to_numpy()
