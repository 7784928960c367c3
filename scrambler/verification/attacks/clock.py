"""The clock: who knows the days of two things that happened to a child, and the minutes as well."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from polars import col

from scrambler.ssd.working_days import working_days
from scrambler.verification.attacks.attack import Attack
from scrambler.verification.attacks.seen import Events

_DAYS = ("kind", "apart")
_MINUTES = (*_DAYS, "minute", "later")


def clock_attack(
    known: Mapping[str, Events], shown: Mapping[str, Events], dates: str
) -> list[Attack]:
    """Look for the children of whom two things in turn are known, by days, and by minutes too.

    By chance a reader finds as many as the days alone tell.
    """
    before, after = (_pairs(side, dates) for side in (known, shown))
    found = {columns: _singled_out(before, after, columns) for columns in (_DAYS, _MINUTES)}
    tried = before.unique("child").height
    return [
        Attack("singling out", "by day and minute of two things that happened", tried,
               found[_MINUTES], found[_DAYS])
    ]  # fmt: skip


def _pairs(events: Mapping[str, Events], dates: str) -> pl.DataFrame:
    """Return two things in turn of each kind that has times of day: how far apart, and when."""
    frames = [pl.DataFrame(schema={"child": pl.Int32, "apart": pl.Int64, "minute": pl.Int16,
                                   "later": pl.Int16, "kind": pl.String})]  # fmt: skip
    for kind, held in events.items():
        if not held.minute.any():
            continue
        day = held.day.astype(np.int64)
        number = working_days().numbers(day) if dates == "working-days" else day
        rows = pl.DataFrame({"child": held.child, "day": number, "minute": held.minute})
        rows = rows.sort("child", "day", "minute")
        frames.append(
            rows.select(
                "child",
                (col("day").shift(-1) - col("day")).alias("apart"),
                "minute",
                col("minute").shift(-1).alias("later"),
                pl.lit(kind).alias("kind"),
            ).filter(rows["child"] == rows["child"].shift(-1))
        )
    return pl.concat(frames)


def _singled_out(known: pl.DataFrame, shown: pl.DataFrame, columns: tuple[str, ...]) -> int:
    """Return how many children the first known pair finds, and nobody else."""
    wanted = known.group_by("child").agg(pl.all().first())
    only = shown.group_by(columns).agg(
        col("child").n_unique().alias("children"), col("child").first().alias("found")
    )
    held = wanted.join(only.filter(col("children") == 1), on=columns)
    return held.filter(col("child") == col("found")).height
