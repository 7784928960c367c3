"""Compact look-ups by identifier lane: sorted arrays, never a dictionary of values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kernels.draw import Seeds


class Index:
    """Numbers by identifier lane. Lane 0 (no identifier) is never found.

    Where a lane occurs more than once, the row with the smallest numbers is kept, so that the order
    in which a source delivers rows does not matter.
    """

    def __init__(self, lanes: Seeds, fields: Mapping[str, NDArray[np.generic]]) -> None:
        """Sort the rows by lane; all arrays have one length."""
        order = np.lexsort([*reversed(list(fields.values())), lanes])
        lanes = lanes[order]
        first = np.ones(len(lanes), dtype=bool)
        first[1:] = lanes[1:] != lanes[:-1]
        first &= lanes != 0
        self.lanes = lanes[first]
        self.fields = {name: values[order][first] for name, values in fields.items()}

    def __len__(self) -> int:
        """Return the number of distinct lanes."""
        return len(self.lanes)

    def holds(self, lanes: Seeds) -> NDArray[np.bool_]:
        """Return True for each lane that is here."""
        return self._find(lanes)[1]

    def get(self, field: str, lanes: Seeds, default: int) -> NDArray[np.int64]:
        """Return ``field`` for each lane, ``default`` where the lane is not here."""
        place, found = self._find(lanes)
        result = np.full(len(lanes), default, dtype=np.int64)
        result[found] = self.fields[field][place[found]]
        return result

    def lanes_of(self, field: str, lanes: Seeds) -> Seeds:
        """Return ``field``, itself a lane, for each lane; 0 where the lane is not here."""
        place, found = self._find(lanes)
        result = np.zeros(len(lanes), dtype=np.uint64)
        result[found] = self.fields[field][place[found]]
        return result

    def _find(self, lanes: Seeds) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        place = np.searchsorted(self.lanes, lanes)
        found = place < len(self.lanes)
        found[found] = self.lanes[place[found]] == lanes[found]
        return place, found
