"""Sources of other shapes than constructed data has: what real systems do, and what is hardest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from polars import col

from scrambler.ssd import ssd
from scrambler.ssd.working_days import working_days

Tables = dict[str, pl.DataFrame]


def as_made(tables: Mapping[str, pl.DataFrame]) -> Tables:
    """Return the tables as they are."""
    return dict(tables)


def open_without_action(tables: Mapping[str, pl.DataFrame]) -> Tables:
    """Return tables whose referrals without action have no need and are never closed."""
    stays = col("cine_referral_nfa") != "Y"
    emptied = ("cine_close_date", "cine_close_reason", "cine_cin_primary_need_code")
    referrals = tables["ssd_cin_episodes"].with_columns(
        pl.when(stays.fill_null(True)).then(name).alias(name) for name in emptied
    )
    return {**tables, "ssd_cin_episodes": referrals}


def a_day_apart(tables: Mapping[str, pl.DataFrame]) -> Tables:
    """Return tables in which what began or ended for a child did so on working days in a row.

    The first day of each child stays, and so does what is the same day. What happened in between
    happened on the day of the last beginning or end; births are not moved. Starts and ends of
    3 May, 9 June and 1 July, a visit on 15 June -> 3, 4 and 5 May, 4 May.
    """
    events = {name: _events(frame, name) for name, frame in tables.items()}
    lives = _in_a_row(
        pl.concat(
            _on(tables[name], child, column)
            for name, columns in events.items()
            for child, column in columns
            if column.endswith(_SPANNING)
        )
    )
    found = {}
    for name, frame in tables.items():
        moved = {}
        for child, column in events[name]:
            on = _on(frame, child, column).with_row_index().sort("day")
            new = on.join_asof(lives, on="day", by="child", check_sortedness=False)
            new = new.select("index", pl.coalesce("new", "day").cast(frame[column].dtype))
            moved[column] = new.sort("index")["new"]
        found[name] = frame.with_columns(**moved)
    return found


_SPANNING = ("start_date", "end_date", "ceased_date", "close_date", "referral_date")


def _in_a_row(days: pl.DataFrame) -> pl.DataFrame:
    """Return child, day, and the working day that it becomes."""
    calendar = working_days()
    lives = days.drop_nulls().unique().sort("day", "child")
    lives = lives.with_columns(
        first=col("day").min().over("child").to_physical().cast(pl.Int64),
        turn=col("day").rank("dense").over("child").cast(pl.Int64) - 1,
    )
    new = calendar.back(calendar.onwards(lives["first"].to_numpy()), -lives["turn"].to_numpy())
    return lives.select("child", "day", new=pl.Series(new.astype(np.int32)).cast(pl.Date))


def _on(frame: pl.DataFrame, child: str, column: str) -> pl.DataFrame:
    return frame.select(child=child, day=col(column).cast(pl.Date))


def _events(frame: pl.DataFrame, name: str) -> list[tuple[str, str]]:
    """Return the column of the child and that of a day, for each but births."""
    spec = ssd().tables.get(name)
    child = next((r.subject for r in spec.routes if not r.hops), None) if spec else None
    if spec is None or child is None:
        return []
    return [
        (child, column)
        for column in spec.columns
        if column in frame.columns
        and frame[column].dtype.is_temporal()
        and not column.endswith("dob")
    ]


SHAPES: Mapping[str, Callable[[Mapping[str, pl.DataFrame]], Tables]] = {
    "clean": as_made,
    "with faults": as_made,
    "open without action": open_without_action,
    "a day apart": a_day_apart,
}
"""By name; the constructed data of the second are dirty."""
