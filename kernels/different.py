"""A column as its different values and, for each row, which of them it holds.

What is read out of a value is read once for each different one; what a row gets is a gather of
fixed-width numbers.

    "a", null, "a", "b"   ->   values "a", null, "b"; codes 0, 1, 0, 2
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)

_SAMPLED = 16
_LEAST_REPEATED = 0.1


@dataclass(frozen=True, repr=False)  # which would show values
class Different:
    """``values`` are different, null among them; ``codes`` say which of them each row holds.

    Without ``codes`` each row counts as different: ``values`` is the column itself.
    """

    values: pl.Series
    codes: NDArray[np.int64] | None

    @classmethod
    def of(cls, column: pl.Series) -> Different:
        """Encode a column, whatever it holds."""
        encoded = column.to_arrow().dictionary_encode(null_encoding="encode")
        values = pl.Series(column.name, encoded.dictionary, dtype=column.dtype)
        return cls(values, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64))

    @classmethod
    def where_it_pays(cls, column: pl.Series) -> Different:
        """Encode a column unless one in sixteen of its rows, evenly spread, hardly repeat."""
        sample = column.gather_every(_SAMPLED)
        if sample.n_unique() > (1 - _LEAST_REPEATED) * len(sample):
            return cls(column, None)
        return cls.of(column)

    def spread(self, facts: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return one fact a row, from one a different value."""
        return facts if self.codes is None else facts[self.codes]

    def gather(self, facts: pl.Series) -> pl.Series:
        """Return one value a row, from one a different value."""
        return facts if self.codes is None else facts.gather(self.codes)
