"""Leaks through the order of rows: who knows how the source lies has every child by position."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.batch import Batch
from scrambler.run import order, parts
from scrambler.run.order import PLACE
from tests.mutants.mutant import Mutant, Plant

Places = NDArray[np.uint64]


def placed(
    place: Callable[[Batch, Places], Places], only: tuple[str, ...] = ()
) -> Callable[[Plant], None]:
    """Give rows other places than the keyed ones, in all tables or ``only`` in some."""

    def plant_it(plant: Plant) -> None:
        honest = parts.placed

        def spoiled(batch: Batch, scrambled: pl.DataFrame) -> pl.DataFrame:
            rows = honest(batch, scrambled)
            if only and batch.table.name not in only:
                return rows
            plant.touched += len(batch)
            found = place(batch, rows[PLACE].to_numpy())
            return rows.with_columns(pl.Series(PLACE, found, dtype=pl.UInt64))

        plant.patch.setattr(parts, "placed", spoiled)

    return plant_it


def _source(batch: Batch, places: Places) -> Places:
    return np.arange(len(batch), dtype=np.uint64)


def _backwards(batch: Batch, places: Places) -> Places:
    return np.arange(len(batch), 0, -1).astype(np.uint64)


def _by(column: str) -> Callable[[Batch, Places], Places]:
    def place(batch: Batch, places: Places) -> Places:
        return batch.frame[column].rank("ordinal").fill_null(0).cast(pl.UInt64).to_numpy()

    return place


def _public_hash(batch: Batch, places: Places) -> Places:
    texts = batch.frame[batch.table.primary_key[0]].cast(pl.String).fill_null("").to_list()
    digests = b"".join(hashlib.sha256(text.encode()).digest()[:8] for text in texts)
    return np.frombuffer(digests, np.uint64)


def _within_child(batch: Batch, places: Places) -> Places:
    """Children by their key, and the rows of a child as they came."""
    half = np.uint64(32)
    return (places >> half << half) | np.arange(len(batch), dtype=np.uint64)


def _half(batch: Batch, places: Places) -> Places:
    """The first half of the source before the second."""
    late = np.arange(len(batch)) >= len(batch) // 2
    return (places >> np.uint64(1)) | (late.astype(np.uint64) << np.uint64(63))


def _never_sorted(plant: Plant) -> None:
    def in_order(rows: pl.DataFrame, *numbered: object) -> pl.DataFrame:
        plant.touched += rows.height
        return rows

    plant.patch.setattr(order, "in_order", in_order)


PEOPLE = ("ssd_person",)
ORDERS = [
    Mutant("rows in the source's order", "every child by position", placed(_source)),
    Mutant("rows in the source's order, backwards", "every child by position", placed(_backwards)),
    Mutant("one table in the source's order", "children by position", placed(_source, PEOPLE)),
    Mutant(
        "rows in the order of ids", "every child by position", placed(_by("pers_person_id"), PEOPLE)
    ),
    Mutant("rows in the order of birth", "ages", placed(_by("pers_dob"), PEOPLE)),
    Mutant(
        "rows in the order of a public hash of ids", "every child by position", placed(_public_hash)
    ),
    Mutant("rows of a child as they came", "what came first", placed(_within_child)),
    Mutant("halves of the source kept apart", "early or late", placed(_half)),
    Mutant("rows never sorted", "every child by position", _never_sorted),
]
