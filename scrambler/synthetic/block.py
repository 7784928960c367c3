"""A block: the fixed number of children that are built together, and the draws made for them.

Siblings never straddle two blocks, and no draw crosses from one block to another, so the data of
one (children, seed) are the same whatever is held in memory at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.ssd.working_days import working_days

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Rng = np.random.Generator

AS_OF = date(2026, 4, 1)
"""The day on which the constructed authority stands still. No event is later."""

TODAY = (AS_OF - date(1970, 1, 1)).days
NEVER = -(10**7)
"""A day number that means no date. Days are counted from 1970-01-01, as NumPy counts them."""

MIGRATION = (date(2021, 7, 5) - date(1970, 1, 1)).days
"""The day on which the authority's records came into the system that it has: a Monday."""

BLOCK = 5_000
CHILDREN_MAX = 8_000_000
OUTSIDERS = 600
"""Most people outside ssd_person that a block may name."""

_STRIDE = 100_000


@dataclass(frozen=True)
class Block:
    """``size`` children from number ``number * BLOCK`` on, of an authority with these workers."""

    seed: int
    number: int
    size: int
    workers: int
    teams: int
    dirty: bool

    def rng(self, purpose: str) -> Rng:
        """Return the random numbers of one purpose: those of others never depend on them."""
        words = [self.seed, self.number, crc32(purpose.encode())]
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(words)))

    def ids(self, domain: str, count: int, start: int = 0) -> pl.Series:
        """Return ``count`` identifiers (31-bit numbers as text) that no other block returns.

        Tables that share one space take places of it by ``start``.
        """
        return text(self.numbers(domain, count, start))

    def numbers(self, domain: str, count: int, start: int = 0) -> Ints:
        """Return ``ids`` as numbers."""
        if start + count > _STRIDE:
            raise ValueError(f"a block has no room for {count} more identifiers of {domain}")
        first = 10_000_000 + crc32(domain.encode()) % 900_000_000 + self.number * _STRIDE + start
        return np.arange(first, first + count, dtype=np.int64)

    def children(self) -> Ints:
        """Return the number of each child, counted over all blocks."""
        return np.arange(self.size, dtype=np.int64) + self.number * BLOCK

    def outsiders(self, count: int) -> Ints:
        """Return the numbers of ``count`` people who are not in ssd_person."""
        first = CHILDREN_MAX + self.number * OUTSIDERS
        return np.arange(first, first + min(count, OUTSIDERS), dtype=np.int64)


def person_ids(numbers: Ints) -> pl.Series:
    """Return seven digits a person, one-to-one and in no order (7654321 has no factor of 10)."""
    return text(1_000_000 + numbers * 7_654_321 % 9_000_000)


def text(numbers: Ints) -> pl.Series:
    """Write whole numbers as text."""
    return pl.Series(numbers).cast(pl.String)


def taken(pool: Any, places: Ints) -> pl.Series:
    """Return ``pool[place]`` a place, as text; null at place -1."""
    values = pl.Series([*pool, None], dtype=pl.String)
    return values.gather(np.where(places < 0, len(values) - 1, places))


def between(rng: Rng, low: Any, high: Any, size: int | None = None) -> Ints:
    """Draw whole numbers from ``low`` to ``high``, both inclusive; ``low`` where the two cross."""
    low, high = np.asarray(low, dtype=np.int64), np.asarray(high, dtype=np.int64)
    count = size if size is not None else np.broadcast_shapes(low.shape, high.shape)
    room = np.maximum(high - low, 0) + 1
    return np.asarray(low + np.floor(rng.random(count) * room), dtype=np.int64)


def spread(rng: Rng, weights: Any, size: int) -> Ints:
    """Deal out 0 … len(weights)-1 in these very proportions: even a rare one comes up if it can."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], (rng.permutation(size) + 0.5) / max(size, 1))


def pick(rng: Rng, eligible: Mask, share: float) -> Ints:
    """Return this share of the eligible rows, rounded up, in row order."""
    rows = np.flatnonzero(eligible)
    return np.sort(rng.permutation(rows)[: int(np.ceil(len(rows) * share))])


def chance(rng: Rng, share: float, size: int) -> Mask:
    """Return True for this share of ``size`` rows, rounded up."""
    mask = np.zeros(size, dtype=np.bool_)
    mask[pick(rng, ~mask, share)] = True
    return mask


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """Return (owner, ordinal) of every child row when owner k has ``counts[k]`` of them."""
    owner = np.repeat(np.arange(len(counts)), counts)
    ends = np.cumsum(counts)
    return owner, np.arange(len(owner)) - np.repeat(ends - counts, counts)


def following(values: Ints, beyond: int) -> Ints:
    """Return the value of the next row; ``beyond`` after the last one."""
    return np.append(values[1:], beyond)[: len(values)]


def birthday(born: Ints, years: int | Ints) -> Ints:
    """Return the day somebody born on ``born`` turns ``years``; 1 March for 29 February."""
    days = born.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    turned = (months + 12 * years).astype("datetime64[D]") + (days - months)
    return np.where(born <= NEVER // 2, NEVER, turned.astype(np.int64))


def working(days: Ints) -> Ints:
    """Move weekends and bank holidays to the working day after."""
    return working_days().onwards(days)


def yearly(month: int, day: int) -> Ints:
    """Return this day of every year from 1990 to the year of ``AS_OF``."""
    years = range(1990, AS_OF.year + 1)
    return np.array([(date(year, month, day) - date(1970, 1, 1)).days for year in years])


def drawn_to(rng: Rng, share: float, days: Ints, anchors: Ints, low: Ints, high: Ints) -> Ints:
    """Return ``days``, but this share of them on the first of ``anchors`` from ``low`` on.

    They stay where that is after ``high`` (inclusive). ``anchors`` are in their order.
    """
    place = np.minimum(np.searchsorted(anchors, low), len(anchors) - 1)
    fits = (anchors[place] >= low) & (anchors[place] <= high) & (days > NEVER)
    return np.where(fits & (rng.random(len(days)) < share), anchors[place], days)
