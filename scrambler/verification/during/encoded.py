"""A column as its different values and which of them each row holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, repr=False)  # which would show values
class Encoded:
    """``values`` are different, null among them; ``codes`` say which of them each row holds."""

    values: pl.Series
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, column: pl.Series) -> Encoded:
        """Encode a column of any type."""
        arrow = column.to_arrow(compat_level=pl.CompatLevel.oldest())
        found = arrow.dictionary_encode(null_encoding="encode")
        values = pl.Series(column.name, found.dictionary, dtype=column.dtype)
        return cls(values, found.indices.to_numpy(zero_copy_only=False).astype(np.int64))

    def spread(self, facts: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return one fact a row, from one a different value."""
        found: NDArray[Scalar] = facts[self.codes]
        return found


def text_of(values: pl.Series) -> pl.Series:
    """Return values as trimmed text: 42.0 is ``42``, True is ``1``, null stays."""
    if values.dtype == pl.String:
        return values.str.strip_chars()
    if values.dtype == pl.Boolean:
        values = values.cast(pl.Int8)
    text = values.cast(pl.String)
    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        text = whole.cast(pl.String).zip_with((whole == values).fill_null(False), text)
    return text


def without_blanks(text: pl.Series) -> pl.Series:
    """Return text in upper case and without blanks, as numbers are compared that people group."""
    return text.str.replace_all(r"\s+", "").str.to_uppercase()
