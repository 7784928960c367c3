"""Cases: what happens to a family, and to each of its children, from referral to closure.

A case belongs to a family, so siblings share referral dates, meetings and courts. Cases of one
family never overlap: the last six years are cut into one slot a case. Young people of 18 and more
are the exception: their years are those before they came of age.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scrambler.synthetic.block import (
    NEVER,
    TODAY,
    Ints,
    Mask,
    between,
    drawn_to,
    expand,
    spread,
    working,
    yearly,
)
from scrambler.synthetic.people import People

NFA, ASSESSED, IN_NEED, ENQUIRY, PROTECTION, CARE = range(6)
SIX_YEARS = 2191

_PATHS = (0.17, 0.26, 0.28, 0.09, 0.12, 0.08)
_LENGTHS = ((2, 12), (30, 70), (120, 520), (40, 120), (250, 700), (250, 2100))
_COUNTS = (0.06, 0.46, 0.32, 0.16)


@dataclass(frozen=True)
class Cases:
    """``family``, ``referral`` … have one entry a case; ``c_`` ones one a child in a case.

    ``c_case`` and ``c_child`` say which; ``c_end`` is the day the case closes for this child
    (``NEVER`` while open), ``c_until`` the last day on which anything can happen in it. Events of
    the case that later tables share between siblings: ``start`` of assessment, ``enquiry``
    (strategy discussion, a working day), ``conference``. ``last_of_family`` marks the latest case.
    """

    family: Ints
    path: Ints
    referral: Ints
    assessment: Ints
    enquiry: Ints
    conference: Ints
    last_of_family: Mask
    worker: Ints
    team: Ints
    c_case: Ints
    c_child: Ints
    c_end: Ints
    c_until: Ints
    c_died: Mask
    c_grown: Mask
    c_id: pl.Series
    c_worker_id: pl.Series
    c_team_id: pl.Series

    def unserved(self, who: People) -> Mask:
        """Return which children were referred, each time to no further action."""
        referred = np.bincount(self.c_child, minlength=who.block.size)
        served = np.bincount(self.c_child[self.of(self.path) != NFA], minlength=who.block.size)
        unserved: Mask = (referred > 0) & (served == 0)
        return unserved

    def of(self, values: Ints) -> Ints:
        """Return a value of the case for every child in it."""
        return values[self.c_case]


def cases(who: People) -> Cases:
    """Draw the cases of a block."""
    rng = who.block.rng("cases")
    families = int(who.family.max()) + 1
    first = np.full(families, TODAY)
    np.minimum.at(first, who.family, who.born)
    end = np.zeros(families, dtype=np.int64)
    np.maximum.at(end, who.family, np.minimum(who.adult, TODAY))
    first = np.maximum(first, end - SIX_YEARS)
    grown = np.zeros(families, dtype=np.bool_)
    grown[who.family] = who.leaver
    count = np.minimum(spread(rng, _COUNTS, families), 1 + (end - first) // 730)
    count = np.where(grown, 1, count)
    family, slot = expand(count)
    length = (end - first)[family] // count[family]
    final = slot == count[family] - 1
    reach = np.where(final & ~grown[family], 0.95, 0.35)
    referral = first[family] + slot * length
    referral = referral + np.floor(rng.random(len(family)) * length * reach).astype(np.int64)
    path = spread(rng, _PATHS, len(family))
    path = np.where(grown[family], CARE, path)
    low, high = np.array(_LENGTHS)[path].T
    closing = referral + between(rng, low, np.where(grown[family], 4000, high))
    closing = np.where(final, closing, np.minimum(closing, first[family] + (slot + 1) * length - 1))
    closing = drawn_to(who.block.rng("year's end"), 0.2, closing, yearly(3, 31),
                       np.maximum(referral + low, closing - 300), closing)  # fmt: skip
    enquiry = working(referral + between(rng, 2, 9, len(family)))
    worker = between(rng, 0, who.block.workers - 1, len(family))
    team = between(rng, 0, who.block.teams - 1, len(family))

    owner, nth = expand(count[who.family])
    start = np.cumsum(count) - count
    case = start[who.family[owner]] + nth
    here = (who.born[owner] <= referral[case]) & (
        referral[case] + 3 < np.minimum(who.last, who.adult - 30)[owner]
    )
    child, case = owner[here], case[here]
    ends = np.minimum(np.minimum(closing[case], who.adult[child]),
                      np.where(who.death > NEVER, who.death, TODAY + 10_000)[child])  # fmt: skip
    is_open = ends > TODAY
    ends = np.where(is_open, NEVER, ends)
    return Cases(
        family=family, path=path, referral=referral,
        assessment=referral + between(rng, 1, 3, len(family)),
        enquiry=enquiry, conference=working(enquiry + between(rng, 12, 20, len(family))),
        last_of_family=final, worker=worker, team=team,
        c_case=case, c_child=child, c_end=ends, c_until=np.where(is_open, TODAY, ends),
        c_died=~is_open & (ends == who.death[child]),
        c_grown=ends == who.adult[child],
        c_id=who.block.ids("referral", len(child)),
        c_worker_id=worker_ids(worker[case]), c_team_id=team_ids(team[case]),
    )  # fmt: skip


def worker_ids(workers: Ints) -> pl.Series:
    """Return the professional id of each worker number; null at -1."""
    return _numbered(300_000, workers)


def staff_ids(workers: Ints) -> pl.Series:
    """Return the staff id of each worker number; null at -1."""
    return _numbered(70_000_000, workers)


def team_ids(teams: Ints) -> pl.Series:
    """Return the id of each team number; null at -1."""
    return _numbered(5_000, teams)


def _numbered(first: int, places: Ints) -> pl.Series:
    ids = pl.Series(places + first).cast(pl.String)
    return ids.set(pl.Series(places < 0), None)
