"""How many children of an output can be told from all others by a few of their dates.

Somebody knows when a child was born, when n other things happened, and what those were. Offsets
hide the days but not the child's age on them, in days: so the output is searched for children who
were of those ages when such things happened. Measured on the output alone, as its reader would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from polars import col

from kernels.draw import mix
from scrambler.batch.dates import MOST
from scrambler.verification.after.ages import Events

KNOWN = (1, 2, 3, 5)
"""How many dates beside that of birth are known."""

SAMPLE = 1_000
"""Children who are looked for, at most. They are looked for among all."""

_SLICE = 100


@dataclass(frozen=True)
class Risk:
    """Of ``children`` with ``known`` dates or more, ``unique`` are the only ones who fit them."""

    known: int
    children: int
    unique: int

    @property
    def share(self) -> float:
        """The part of the children who are the only ones; 0 where nobody was looked for."""
        return self.unique / self.children if self.children else 0.0

    def __str__(self) -> str:
        """Say it in a sentence."""
        dates = "1 other date" if self.known == 1 else f"{self.known} other dates"
        return (
            f"Knowing the date of birth and {dates} of a child, and what they are of: "
            f"{self.share:.1%} of {self.children:,} children are the only one whose intervals fit."
        )


def measure(events: Events, dates: str) -> list[Risk]:
    """Return the risk for each number of `KNOWN`; nothing where no child has dates.

    ``dates`` is what the dates of the output keep. Where that is the order only,
    an interval fits when the warp could have made it of the known one; and the output's own
    intervals stand for those that are known, which are not here to be seen.
    """
    if not len(events.children(1)):
        return []
    wanted = _wanted(events)
    unique = _unique(wanted, events, dates)
    return [Risk(n, int((wanted["nth"] == n - 1).sum()), unique[n]) for n in KNOWN]


def _wanted(events: Events) -> pl.DataFrame:
    """Return the children to look for, with the dates known of each in a random order.

    They are the first by pseudonym. Of what happened on one day, one thing is known.
    """
    days = events.of(events.children(SAMPLE)).group_by("child", "age").agg(col("kind").min())
    place = days["child"].cast(pl.UInt64).to_numpy() << np.uint64(32)
    place ^= days["age"].cast(pl.Int64).to_numpy().view(np.uint64)
    return (
        days.with_columns(draw=mix(place, 0))
        .sort("child", "draw")
        .with_columns(nth=pl.int_range(pl.len()).over("child"))
        .filter(col("nth") < max(KNOWN))
        .select(col("child").alias("wanted"), "nth", "kind", "age")
    )


def _unique(wanted: pl.DataFrame, events: Events, dates: str) -> dict[int, int]:
    """Return how many children nobody else fits, by how many of their dates are known."""
    unique = dict.fromkeys(KNOWN, 0)
    for part in wanted.select("wanted").unique().iter_slices(_SLICE):
        some = wanted.join(part, on="wanted", how="semi")
        alike = events.near(some, MOST if dates == "order" else 0)
        for known, fits in enumerate(_fitting(some, alike, dates), 1):
            if known in unique:
                others = fits.group_by("wanted").agg(col("child").n_unique() - 1)
                unique[known] += int((others["child"] == 0).sum())
    return unique


def _fitting(wanted: pl.DataFrame, events: pl.DataFrame, dates: str) -> Iterator[pl.DataFrame]:
    """Yield every wanted child beside those that fit, for one known date and for one more each.

    A child that fits in several ways is there with each: an age for each known one.
    """
    widest = MOST if dates == "order" else 0
    near = pl.DataFrame({"near": np.arange(-widest, widest + 1, dtype=np.int32)})
    fits = pl.DataFrame()
    for n in range(max(KNOWN)):
        one = wanted.filter(col("nth") == n).select("wanted", "kind", col("age").alias(f"knew{n}"))
        if n == 0:
            around = one.join(near, how="cross").with_columns(age=col("knew0") + col("near"))
            fits = around.join(events, on=["kind", "age"]).drop("near")
        else:
            fits = fits.join(one, on="wanted").join(events, on=["child", "kind"])
        knew, age = col(f"knew{n}"), col("age")
        fits = fits.filter(
            _could_be(knew, age, dates),
            *(_could_be(knew - col(f"knew{m}"), age - col(f"age{m}"), dates) for m in range(n)),
        )
        fits = fits.rename({"age": f"age{n}"}).drop("kind")
        yield fits


def _could_be(knew: pl.Expr, found: pl.Expr, dates: str) -> pl.Expr:
    """Return whether one interval can be the other: equal, or as near as a warp leaves it."""
    if dates != "order":
        return knew == found
    return (knew - found).abs() <= pl.min_horizontal(pl.lit(MOST), (knew.abs() + 1) // 2)
