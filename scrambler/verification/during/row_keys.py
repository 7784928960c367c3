"""What the check is told about rows, beside what stands in them on either side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Seeds = NDArray[np.uint64]


@dataclass(frozen=True, repr=False)
class RowKeys:
    """Secret numbers of 64 bits a row; each array is as long as the batch.

    ``rows`` are the seeds of the rows, ``subjects`` the tokens of their children (0 where none was
    found), ``places`` say where in the table the rows will stand (None where nobody sorts them).
    ``tokens`` are those of identifiers, by id domain and column: 0 where the column holds
    none of that domain. ``values`` number the different identifiers likewise, from 0; None where
    that was not done. The check works out anew what it can of them and counts what differs.
    """

    rows: Seeds
    subjects: Seeds
    tokens: Mapping[tuple[str, str], Seeds]
    values: Mapping[tuple[str, str], NDArray[np.int64] | None]
    places: Seeds | None = None
