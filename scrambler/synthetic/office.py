"""What an office makes of days and times: nothing is recorded at weekends, little at night.

A reader of scrambled data looks for just that, so constructed data have to have it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.ssd.working_days import working_days
from scrambler.synthetic.block import (
    MIGRATION,
    NEVER,
    Ints,
    Rng,
    between,
    birthday,
    spread,
    yearly,
)
from scrambler.synthetic.frames import Frames, columns
from scrambler.synthetic.people import People

_AT_ANY_DAY = {"ssd_person", "ssd_address", "ssd_mother", "ssd_linked_identifiers",
               "ssd_immigration_status", "ssd_cohort"}  # fmt: skip
"""Births and deaths, where a family lives, and what other offices say: at weekends, too."""

_WEEKEND_DUTY = 20
"""In one of so many weeks, a family's events are recorded when they happen."""

_LONG_AGO, _FAR_AHEAD = -(10**8), 10**8

_ON_THE_CLOCK = {
    "ssd_contacts": "cont_contact_date",
    "ssd_early_help_episodes": "earl_episode_start_date",
    "ssd_cla_visits": "clav_cla_visit_date",
}
_CLOCK = (1, 4, 8, 9, 9, 6, 6, 9, 9, 7, 4, 2, 1)
"""How often something is recorded in each hour from 7 to 19."""

_DAY, _MINUTE = 86_400_000_000, 60_000_000


def in_office(who: People, frames: Frames) -> Frames:
    """Return the tables of a block with the days, and the times of day, of an office.

    What happened in the seven days of a week is recorded on its working days, a day or two from it.
    """
    recorded = dict(frames)
    for table, rows in frames.items():
        dates = [column.name for column in columns(table)
                 if column.kind == "date" and column.dtype == pl.Datetime("us")]  # fmt: skip
        if dates and table not in _AT_ANY_DAY:
            family = who.family[_children(who, frames, table)]
            recorded[table] = rows.with_columns(_recorded(who, family, rows[day]) for day in dates)
    return recorded | _stamped(who, recorded)


def office_days(who: People, family: Ints, days: Ints) -> Ints:
    """Return the day on which each day of a family is recorded: later days are never earlier.

    All of a family moves alike, so siblings who shared a meeting share it still. No birthday or
    death of one comes to lie on the other side, nor a day on which records gather; these stay.

    A week has fewer working days where there are bank holidays: no day has the work of several.

    Mon 1, Tue 2 … Sun 7 -> Mon 1, Tue 2, Tue 2, Wed 3, Thu 4, Thu 4, Fri 5; or one of four others
    """
    monday = days - (days + 3) % 7  # 1 January 1970 was a Thursday
    drawn = _drawn(family, monday)
    calendar = working_days()
    before = calendar.numbers(monday - 1)
    count = calendar.numbers(monday + 6) - before
    place = ((days - monday) * count + drawn % count) // 7
    moved = np.where(drawn // 60 == 0, days, calendar.day[before + 1 + place])
    low, high = _between_anchors(days)
    first = np.searchsorted(who.family, np.arange(int(who.family.max()) + 2))
    for place in range(int(np.diff(first).max())):
        member = np.minimum(first[family] + place, first[family + 1] - 1)
        for fences in (_between_birthdays(who, member, days), _beside(days, who.death[member])):
            low, high = np.maximum(low, fences[0]), np.minimum(high, fences[1])
    return np.clip(moved, low, high)


def _recorded(who: People, family: Ints, dates: pl.Series) -> pl.Series:
    """Return dates of families as they are recorded; times of day stay."""
    stamps = dates.to_physical().fill_null(0).to_numpy()
    days = np.floor_divide(stamps, _DAY)
    moved = stamps + (office_days(who, family, days) - days) * _DAY
    return pl.Series(dates.name, moved).cast(dates.dtype).set(dates.is_null(), None)


def _drawn(family: Ints, monday: Ints) -> Ints:
    """Return a number below 1,200 for each week of a family."""
    return ((family * 40_503 + monday * 2_654_435_761) >> 9) % (60 * _WEEKEND_DUTY)


def _beside(days: Ints, event: Ints) -> tuple[Ints, Ints]:
    """Return the first and the last day on the same side of an event; its own day stands alone."""
    low = np.where(days > event, event + 1, np.where(days == event, event, _LONG_AGO))
    high = np.where(days < event, event - 1, np.where(days == event, event, _FAR_AHEAD))
    return low, high


def _between_birthdays(who: People, member: Ints, days: Ints) -> tuple[Ints, Ints]:
    born = who.dob[member]
    age = who.age(member, days)
    last, following = birthday(born, age), birthday(born, age + 1)
    low, high = _beside(days, last)
    return low, np.where(born > NEVER, np.minimum(high, following - 1), high)


def _between_anchors(days: Ints) -> tuple[Ints, Ints]:
    anchors = np.sort(np.concatenate([yearly(3, 31), yearly(9, 1), [MIGRATION]]))
    place = np.clip(np.searchsorted(anchors, days), 1, len(anchors) - 1)
    low, high = _beside(days, anchors[place - 1])
    beside = _beside(days, anchors[place])
    return np.maximum(low, beside[0]), np.minimum(high, beside[1])


def _children(who: People, frames: Frames, table: str) -> Ints:
    """Return the place of each row's child in ``who``."""
    route = ssd().tables[table].routes[0]
    found = frames[table][route.start].alias("at").to_frame()
    wanted = [*(hop.column for hop in route.hops), route.subject][1:]
    for hop, column in zip(route.hops, wanted, strict=True):
        there = frames[hop.table].select(at=hop.key, to=column).unique("at")
        found = found.join(there, on="at", how="left", maintain_order="left").select(at="to")
    known = pl.DataFrame({"at": who.ids, "child": np.arange(who.block.size)})
    return found.join(known, on="at", how="left", maintain_order="left")["child"].to_numpy()


def _stamped(who: People, frames: Frames) -> Frames:
    """Return the tables whose rows get a time of day, most on a quarter of an hour."""
    rng = who.block.rng("clock")
    return {
        table: frames[table].with_columns(
            pl.col(name) + pl.Series(_times(rng, frames[table].height)).cast(pl.Duration("us"))
        )
        for table, name in _ON_THE_CLOCK.items()
    }


def _times(rng: Rng, count: int) -> Ints:
    quarter = between(rng, 0, 3, count) * 15
    minute = np.where(rng.random(count) < 0.6, quarter, between(rng, 0, 59, count))
    return ((7 + spread(rng, _CLOCK, count)) * 60 + minute) * _MINUTE
