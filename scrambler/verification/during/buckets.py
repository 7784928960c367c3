"""Numbers of 64 bits in files, in buckets of what they begin with, to be read back in parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_BITS = 6
BUCKETS = 1 << _BITS
"""How many there are. Digests lie evenly in them."""


@dataclass(frozen=True)
class Side:
    """One side of a column: numbers, ``width`` a pair, of which the first decides on the bucket.

    ``runs`` holds for each batch where its buckets begin in the file, in numbers of 8 bytes.
    """

    width: int
    runs: list[NDArray[np.int64]] = field(default_factory=list)

    @property
    def pairs(self) -> int:
        """The number of pairs written."""
        return sum(int(run[-1] - run[0]) for run in self.runs) // self.width

    def append(self, file: BinaryIO, numbers: NDArray[np.uint64]) -> None:
        """Write a batch, bucket by bucket. ``numbers`` has the shape (pairs, width)."""
        bucket = (numbers[:, 0] >> np.uint64(64 - _BITS)).astype(np.uint8)
        sizes = np.bincount(bucket, minlength=BUCKETS)
        edges = np.concatenate([[0], np.cumsum(sizes)]) * self.width
        self.runs.append(file.tell() // 8 + edges)
        file.write(numbers[np.argsort(bucket, kind="stable")].data)

    def read(self, file: BinaryIO, first: int, end: int) -> NDArray[np.uint64]:
        """Return what stands in the buckets from ``first`` to before ``end``."""
        parts = [np.empty(0, np.uint64)]
        for run in self.runs:
            file.seek(int(run[first]) * 8)
            parts.append(np.frombuffer(file.read(int(run[end] - run[first]) * 8), np.uint64))
        return np.concatenate(parts).reshape(-1, self.width)


@dataclass(frozen=True)
class Column:
    """The file of one column, and both its sides: pairs by source, and pseudonyms."""

    path: Path
    sides: tuple[Side, Side] = field(default_factory=lambda: (Side(2), Side(1)))
