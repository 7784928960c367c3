"""The children of an output, by number, and the way from a row to its child. Ids are hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import Seeds
from scrambler.ssd import Hop, Route, Spec

Children = NDArray[np.int64]
"""The number of a row's child, -1 where none is found."""

_Way = tuple[str, str, tuple[Hop, ...], str]
"""A table and its key, and how its row finds the child from there: hops, then the subject."""


class _Numbers:
    """Numbers by hash, grown by batches and looked up when all are there."""

    def __init__(self) -> None:
        self._keys: list[Seeds] = []
        self._numbers: list[Children] = []
        self._sorted: tuple[Seeds, Children] | None = None

    def add(self, keys: Seeds, numbers: Children) -> None:
        found = numbers >= 0
        self._keys.append(keys[found])
        self._numbers.append(numbers[found].astype(np.int32))
        self._sorted = None

    def of(self, keys: Seeds) -> Children:
        if self._sorted is None:
            held, numbers = np.concatenate(self._keys), np.concatenate(self._numbers)
            # Of a key that stands twice the smallest number counts, whatever the order of rows.
            order = np.lexsort((numbers, held))
            first = np.unique(held[order], return_index=True)[1]
            self._sorted = held[order][first], numbers[order][first]
            self._keys, self._numbers = [self._sorted[0]], [self._sorted[1]]
        held, numbers = self._sorted
        if not len(held):
            return np.full(len(keys), -1)
        place = np.minimum(np.searchsorted(held, keys), len(held) - 1)
        return np.where(held[place] == keys, numbers[place], -1)


class Subjects:
    """Finds the child of each row; ``ssd_person`` comes first, then what others lead over."""

    def __init__(self, spec: Spec, seed: int) -> None:
        """Know nobody yet."""
        self._spec, self._seed = spec, seed
        self._people = _Numbers()
        self._ways: dict[_Way, _Numbers] = {}
        self._kept = {*_ways(spec)}

    def number(self, ids: pl.Series) -> None:
        """Number the children: ``ids`` are text, different, and in the order of their numbers."""
        self._people.add(ids.hash(self._seed).to_numpy(), np.arange(len(ids)))

    def of(self, table: str, batch: pl.DataFrame) -> Children:
        """Return the child of each row, by the first of the table's routes that finds one.

        Remembers what later tables lead over.
        """
        for way in self._kept:
            name, key, hops, subject = way
            if name == table and key in batch.columns:
                child = self._along(batch, Route(hops, subject))
                self._ways.setdefault(way, _Numbers()).add(self._hashed(batch[key]), child)
        found = np.full(batch.height, -1)
        for route in self._spec.tables[table].routes:
            found = np.where(found < 0, self._along(batch, route), found)
        return found

    def _along(self, batch: pl.DataFrame, route: Route) -> Children:
        nobody = np.full(batch.height, -1)
        if route.start not in batch.columns:
            return nobody
        start = batch[route.start]
        if route.hops:
            hop, *rest = route.hops
            there = self._ways.get((hop.table, hop.key, (*rest,), route.subject))
        else:
            there = self._people
        if there is None:
            return nobody
        return np.where(start.is_not_null().to_numpy(), there.of(self._hashed(start)), -1)

    def _hashed(self, ids: pl.Series) -> Seeds:
        return ids.cast(pl.String).hash(self._seed).to_numpy()


def led_over(spec: Spec) -> Mapping[str, set[str]]:
    """Return by table the tables that its routes lead over."""
    return {
        name: {hop.table for route in table.routes for hop in route.hops}
        for name, table in spec.tables.items()
    }


def _ways(spec: Spec) -> Iterator[_Way]:
    for table in spec.tables.values():
        for route in table.routes:
            for place, hop in enumerate(route.hops):
                yield hop.table, hop.key, route.hops[place + 1 :], route.subject
