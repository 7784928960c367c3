"""Which draws earlier batches held already, so that each counts once, in bounded memory."""

from __future__ import annotations

from weakref import ref

import numpy as np
from numpy.typing import NDArray

from kernels.draw import Seeds
from scrambler.batch import Batch, first_of

Mask = NDArray[np.bool_]
"""True where a row of a batch is meant."""

_BITS = 22


class Seen:
    """Remembers seeds as one bit each of four million.

    Two seeds may share a bit: then the later one is not counted, which takes a row from a large
    column and never adds one.
    """

    def __init__(self) -> None:
        """Have seen nothing."""
        self._bits = np.empty(0, dtype=np.uint8)
        self._batch: ref[Batch] | None = None
        self._first: Mask = np.empty(0, dtype=bool)

    def first(self, seeds: Seeds) -> Mask:
        """Return where a seed occurs for the first time, and remember them all."""
        if not len(self._bits):
            self._bits = np.zeros(1 << (_BITS - 3), dtype=np.uint8)
        place = seeds >> np.uint64(64 - _BITS)
        byte, bit = (place >> np.uint64(3)).astype(np.int64), place.astype(np.uint8) & np.uint8(7)
        mask = np.left_shift(np.uint8(1), bit)
        new = (self._bits[byte] & mask) == 0
        np.bitwise_or.at(self._bits, byte, mask)
        found: Mask = new & first_of(seeds)
        return found

    def rows(self, batch: Batch) -> Mask:
        """Return which rows of a batch have a key that no row before them had.

        The same for every column of the batch; a batch is asked about before the next one.
        """
        if self._batch is None or self._batch() is not batch:
            self._first = self.first(batch.rows)
            self._batch = ref(batch)
        return self._first
