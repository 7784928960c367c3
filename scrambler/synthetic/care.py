"""Periods of care, cut into episodes, placements and legal statuses that chain without a gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.ssd import ssd
from scrambler.synthetic import homes, places
from scrambler.synthetic.block import (
    NEVER,
    Ints,
    Mask,
    Rng,
    between,
    chance,
    expand,
    following,
    pick,
    spread,
    taken,
    text,
)
from scrambler.synthetic.cases import CARE, Cases
from scrambler.synthetic.frames import Frames, frame, joined, kept
from scrambler.synthetic.people import People

_CEASED = ("E2", "E4A", "E4B", "E13", "E3", "E8", "E5", "E6", "E17", "E7",
           "E11", "E12", "E45", "E46", "E47", "E48", "E41")  # fmt: skip
_ADOPTED, _GUARDED, _ARRANGED = (10, 11), (12, 13, 14, 15), (16,)
_REASONS = "SLPTBU"
_UNINSPECTED = ("P1", "P3", "R1", "R2", "R5")
_YOUNG = {"U6": 38, "U4": 14, "U1": 10, "U3": 10, "K2": 9, "P1": 6, "R3": 2, "S1": 1, "K1": 1,
          "U2": 1, "U5": 1, "R1": 1, "R2": 1}  # fmt: skip
_OLDER = {"K2": 26, "H5": 24, "U6": 18, "U4": 10, "P2": 10, "U1": 3, "P1": 3, "R1": 2, "R5": 2,
          "P3": 1}  # fmt: skip
_CARED_FOR, _AGREED, _REMANDED = ("C1", "C2"), ("V2", "C2", "C1"), "J1"
"""Statuses that take turns: where a court placed the child, and where parents agreed at first."""
_CUSTODY = 10
"""Place of CUSTOD in the list of reasons for a change of placement."""

_HOMES = 400
PROVIDERS = 900_000_000
"""Place number of the first foster agency or children's home."""


@dataclass(frozen=True)
class Periods:
    """One entry a period of care. ``row`` is the child in the case, ``exit`` a place in the list
    of ceased reasons or -1 while open; ``adopting`` ends in an adoption placement, ``by_carer``
    with the foster carer of the placement before.
    """

    row: Ints
    child: Ints
    start: Ints
    end: Ints
    until: Ints
    exit: Ints
    adopting: Mask
    by_carer: Mask
    ids: pl.Series

    @property
    def reason(self) -> pl.Series:
        """The ceased reason of each period, null while open."""
        return taken(_CEASED, self.exit)

    def left_by(self, *, adoption: bool = False, guardian: bool = False) -> Mask:
        """Which periods ended in adoption, in guardianship, or else in a residence order."""
        kind = _ADOPTED if adoption else _GUARDED if guardian else _ARRANGED
        return np.isin(self.exit, kind)


def periods(who: People, cases: Cases) -> Periods:
    """Draw a period of care for every child in a case of that kind."""
    rng = who.block.rng("periods")
    begin = cases.referral + between(rng, 3, 40, len(cases.family))
    begin = np.where(cases.path == CARE, begin, 10**7)
    row = np.flatnonzero((cases.of(begin) + 2 < cases.c_until) & (who.dob > NEVER)[cases.c_child])
    start, end, until = cases.of(begin)[row], cases.c_end[row], cases.c_until[row]
    child, n, length = cases.c_child[row], len(row), until - start
    age = who.age(child, until)
    ended = end > NEVER
    way = np.where(age < 16, spread(rng, (0, 40, 15, 12, 5, 10), n),
                   spread(rng, (0, 20, 10, 5, 5, 10, 30, 20), n))  # fmt: skip
    free = ended & ~cases.c_grown[row] & ~cases.c_died[row] & (length >= 200)
    final = cases.last_of_family[cases.c_case[row]]
    for kind, share, fit in (
        (_GUARDED, 0.16, free),
        (_ARRANGED, 0.08, free),
        (_ADOPTED, 0.14, free & final & (age < 14)),
    ):
        chosen = pick(rng, fit, share)
        way[chosen] = kind[0] + between(rng, 0, len(kind) - 1, len(chosen))
    grown = np.array([8, 6, 7, 9, 5])[spread(rng, (40, 30, 15, 5, 10), n)]
    way = np.where(cases.c_died[row], 0, np.where(cases.c_grown[row], grown, way))
    way = np.where(ended, way, -1)
    adopting = np.isin(way, _ADOPTED)
    adopting[pick(rng, ~ended & (length >= 200) & (age < 12), 0.05)] = True
    by_carer = adopting & chance(rng, 0.3, n)
    ids = who.block.ids("cla_period", n)
    return Periods(row, child, start, end, until, way, adopting, by_carer, ids)


def leaving(cases: Cases, care: Periods) -> pl.Series:
    """Return the closure reason that the way out of care gives, a child in a case; mostly null."""
    codes = np.full(len(cases.c_child), -1)
    for code, exits in enumerate((_ADOPTED, _ARRANGED, _GUARDED)):
        codes[care.row[np.isin(care.exit, exits)]] = code
    return taken(("RC1", "RC3", "RC4"), codes)


def episodes(who: People, cases: Cases, care: Periods) -> Frames:
    """Return episodes, placements and legal statuses.

    A period is cut into spells; each cut changes the status (L), the placement (P, T) or both
    (B, U), so placements and statuses run on over the cuts that do not touch them.
    """
    rng, block = who.block.rng("episodes"), who.block
    length = care.until - care.start
    pieces = np.minimum(1 + spread(rng, (25, 25, 20, 15, 10, 5), len(length)), 1 + length // 40)
    pieces = np.where(care.adopting, np.maximum(pieces, 2), pieces)
    of, nth = expand(pieces)
    n = len(of)
    jitter = np.floor(rng.random(n) * length[of] / (4 * pieces[of])).astype(np.int64)
    start = care.start[of] + length[of] * nth // pieces[of] + np.where(nth > 0, jitter, 0)
    last = nth == pieces[of] - 1
    ceased = np.where(last, care.end[of], following(start, 0))
    why = np.where(nth == 0, 0, 1 + spread(rng, (20, 50, 6, 20, 4), n))
    why = np.where(last & care.adopting[of], np.where(care.by_carer[of], 5, 4), why)
    placed, status = why != 1, np.isin(why, (0, 1, 4, 5))
    placement = np.cumsum(placed) - 1
    agreed = chance(rng, 0.5, len(length))
    placements = _placements(who, rng, care, of, start, why, placed, last, agreed)
    iro = np.full(block.size, NEVER)
    np.maximum.at(iro, care.child, np.maximum(care.until - between(rng, 0, 60, len(length)),
                                              care.start))  # fmt: skip
    need = spread(rng, (60, 5, 4, 10, 12, 3, 1, 5), len(length))
    child = care.child[of]
    legal = np.flatnonzero(status)
    legal_end = _ends(of, start, care.end, legal)
    adopted = last[_lasting(of, legal)] & care.adopting[of[legal]]
    codes = _statuses(rng, of[legal], agreed, who.age(child[legal], start[legal]), adopted)
    return {
        "ssd_cla_episodes": frame(
            "ssd_cla_episodes", clae_cla_episode_id=block.ids("cla_episode", n),
            clae_person_id=who.id(child),
            clae_cla_placement_id=placements["clap_cla_placement_id"].gather(placement),
            clae_cla_episode_start_date=start,
            clae_cla_episode_start_reason=taken(_REASONS, why),
            clae_cla_primary_need_code=taken(ssd().code_lists["primary_need_cla"].codes, need[of]),
            clae_cla_episode_ceased_date=ceased,
            clae_cla_episode_ceased_reason=taken(
                (*_CEASED, "X1"), np.where(last, care.exit[of], len(_CEASED))
            ),
            clae_cla_id=care.ids.gather(of), clae_referral_id=cases.c_id.gather(care.row[of]),
            clae_cla_last_iro_contact_date=iro[child], clae_entered_care_date=care.start[of],
        ),
        "ssd_cla_placement": placements,
        "ssd_legal_status": frame(
            "ssd_legal_status", lega_legal_status_id=block.ids("legal_status_row", len(legal)),
            lega_person_id=who.id(child[legal]), lega_legal_status=codes,
            lega_legal_status_start_date=start[legal], lega_legal_status_end_date=legal_end,
        ),
    }  # fmt: skip


def _statuses(rng: Rng, of: Ints, agreed: Mask, age: Ints, adopted: Mask) -> pl.Series:
    """Return the status of each row of a period: never that of the row before.

    Statuses take turns; every other one may be a remand from the age of 10, and the last of a child
    to be adopted is a placement order.
    """
    turn = _turns(of)
    begin = between(rng, 0, 1, len(agreed))[of]
    voluntary = np.array(_AGREED)[(turn + begin) % len(_AGREED)]
    ordered = np.array(_CARED_FOR)[(turn + begin) % len(_CARED_FOR)]
    code = np.where(agreed[of], voluntary, ordered)
    code = np.where((turn % 2 == 0) & (age >= 10) & chance(rng, 0.1, len(of)), _REMANDED, code)
    return pl.Series(np.where(adopted, "E1", code), dtype=pl.String)


def _turns(of: Ints) -> Ints:
    """Return how many rows of the same period come before each."""
    return np.arange(len(of)) - np.searchsorted(of, of)


def _lasting(of: Ints, rows: Ints) -> Ints:
    """Return the last spell that the spell at each of ``rows`` runs on to."""
    return following(rows, len(of)) - 1


def _ends(of: Ints, start: Ints, period_end: Ints, rows: Ints) -> Ints:
    """Return when the spell at each of ``rows`` ends: with the next of its period, or with it."""
    chained = following(of[rows], -1) == of[rows]
    return np.where(chained, start[following(rows, 0)], period_end[of[rows]])


def _placements(
    who: People,
    rng: Rng,
    care: Periods,
    of: Ints,
    start: Ints,
    why: Ints,
    placed: Mask,
    last: Mask,
    agreed: Mask,
) -> pl.DataFrame:
    rows = np.flatnonzero(placed)
    period = of[rows]
    n, child = len(rows), care.child[period]
    age = who.age(child, start[rows])
    final = last[_lasting(of, rows)]
    label = _types(rng, age, agreed[period], final, care, period)
    home, wild = label == "P1", np.isin(label, ("R2", "R5"))
    ours = np.array((1, 2, 4, 5))[spread(rng, (55, 3, 30, 11), n)]
    secure = np.array((3, 4, 5))[spread(rng, (60, 20, 20), n)]
    provider = np.select([home, wild], [0, secure], ours)
    # No two in turn are with one agency: a move is a move.
    agency = between(rng, 0, _HOMES // 2 - 1, n) * 2 + _turns(period) % 2
    urn = joined(taken(["SC9", "29"], agency // 4 % 5 // 4), text(10_000 + agency))
    spot = np.where(home, homes.current(who)[child], PROVIDERS + agency)
    miles = pl.Series(np.where(home, 0, np.round(rng.exponential(14, n), 1)))
    end = _ends(of, start, care.end, rows)
    moved = following(period, -1) == period
    other = spread(rng, (40, 8, 3, 3, 1, 14, 8, 6, 10, 0, 1, 6), n)
    other = np.where((other == _CUSTODY) & (who.age(child, end) < 10), 0, other)
    same = np.isin(why[following(rows, 0)], (3, 5)) & chance(rng, 0.7, n)
    change = np.where(moved, np.where(same, 9, other), -1)
    return frame(
        "ssd_cla_placement", clap_cla_placement_id=who.block.ids("placement", n),
        clap_cla_id=care.ids.gather(period), clap_person_id=who.id(child),
        clap_cla_placement_start_date=start[rows], clap_cla_placement_type=pl.Series(label),
        clap_cla_placement_urn=kept(urn, ~np.isin(label, _UNINSPECTED)),
        clap_cla_placement_distance=kept(miles, ~who.asylum[child]),
        clap_cla_placement_provider=taken(ssd().code_lists["placement_provider"].codes, provider),
        clap_cla_placement_postcode=places.postcodes(spot),
        clap_cla_placement_end_date=end,
        clap_cla_placement_change_reason=taken(
            ssd().code_lists["placement_change_reason"].codes, change
        ),
    )  # fmt: skip


def _types(
    rng: Rng, age: Ints, agreed: Mask, final: Mask, care: Periods, period: Ints
) -> NDArray[np.str_]:
    """Return the type of each placement, as age, status and the way out of care allow.

    Nobody is with parents (P1) while they agreed to care instead, nor twice in turn; children whom
    their foster carers adopt, or become guardians of, were with foster carers.
    """
    n = len(age)
    young = np.array([*_YOUNG])[spread(rng, list(_YOUNG.values()), n)]
    older = np.array([*_OLDER])[spread(rng, list(_OLDER.values()), n)]
    label = np.where(age < 16, young, older)
    at_home = (label == "P1") & (agreed | (_turns(period) % 2 == 1))
    label = np.where(((label == "S1") & (age < 4)) | at_home, "U6", label)
    exits = np.array([*_CEASED, ""])[care.exit[period]]
    adopted = final & care.adopting[period]
    before = np.append(adopted[1:], False) & care.by_carer[period]
    fostered = before & ~adopted | (final & np.isin(exits, ("E45", "E46")))
    label = np.where(fostered & ~np.char.startswith(label, "U"), "U6", label)
    return np.where(adopted, np.where(care.by_carer[period], "A5", "A6"), label)
