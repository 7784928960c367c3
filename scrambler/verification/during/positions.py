"""The places of rows in their table: those that follow from keys, and left in ascending order.

A source's order tells: whoever knows how its ids lie has every child by position.
"""

from __future__ import annotations

import numpy as np

from scrambler.errors import VerificationError
from scrambler.verification.during.derivation import Secrets, Seeds, mixed

_HALF = np.uint64(32)


def displaced(secrets: Secrets, places: Seeds, rows: Seeds, subjects: Seeds) -> int:
    """Return how many rows have a place that does not follow from their keys.

    It is 32 keyed bits of the child, of the row where there is none, then 32 of the row.
    """
    child = mixed(np.where(subjects == 0, rows, subjects), secrets.number("order of children"))
    row = mixed(rows, secrets.number("order of rows"))
    return int(np.count_nonzero(places != ((child >> _HALF << _HALF) | (row >> _HALF))))


class Ascending:
    """Watches the places of a table's rows as they leave, piece by piece."""

    def __init__(self, table: str) -> None:
        """Begin before the first place."""
        self._table = table
        self._last = np.uint64(0)

    def follow(self, places: Seeds) -> None:
        """VerificationError where a place comes after a later one; equal places may stand."""
        if not len(places):
            return
        if places[0] < self._last or bool((places[1:] < places[:-1]).any()):
            raise VerificationError(
                f"{self._table}: rows leave in an order that does not follow from their keys. "
                "Nothing was committed; report this: it is a fault of the program."
            )
        self._last = places[-1]
