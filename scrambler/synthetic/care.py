"""Periods of care, cut into episodes, placements and legal statuses that chain without a gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

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
_INSPECTED = ("K1", "K2", "R1", "R3", "S1", "U1", "U2", "U3", "U4", "U5", "U6")
_UNPROVIDED = ("T0", "T1", "T2", "T3", "T4", "Z1")
_YOUNG = {"U6": 38, "U4": 14, "U1": 10, "U3": 10, "K2": 9, "P1": 6, "R3": 2, "S1": 1, "K1": 1,
          "U2": 1, "U5": 1, "R1": 1, "R2": 1, "T0": 1, "T1": 1, "T2": 1, "T3": 1, "T4": 1,
          "Z1": 1}  # fmt: skip
_OLDER = {"K2": 26, "H5": 24, "U6": 18, "U4": 10, "P2": 10, "U1": 3, "P1": 3, "R1": 2, "R5": 2,
          "P3": 1, "Z1": 1}  # fmt: skip
_LEGAL = {"C2": 34, "V2": 32, "C1": 26, "J1": 2, "L1": 2, "L2": 1, "V4": 1, "L3": 1, "J2": 1}
_HOMES = 400
PROVIDERS = 900_000_000
"""Place number of the first foster agency or children's home."""


@dataclass(frozen=True)
class Periods:
    """One entry a period of care. ``row`` is the child in the case, ``exit`` a place in the list
    of ceased reasons or -1 while open; ``adopting`` ends in an adoption placement.
    """

    row: Ints
    child: Ints
    start: Ints
    end: Ints
    until: Ints
    exit: Ints
    adopting: Mask
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
    row = np.flatnonzero(cases.of(begin) + 2 < cases.c_until)
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
    return Periods(row, child, start, end, until, way, adopting, who.block.ids("cla_period", n))


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
    why = np.where(last & care.adopting[of], 4, why)
    placed, status = why != 1, np.isin(why, (0, 1, 4, 5))
    placement = np.cumsum(placed) - 1
    placements = _placements(who, rng, care, of, start, why, placed, last)
    iro = np.full(block.size, NEVER)
    np.maximum.at(iro, care.child, np.maximum(care.until - between(rng, 0, 60, len(length)),
                                              care.start))  # fmt: skip
    need = spread(rng, (60, 5, 4, 10, 12, 3, 1, 5), len(length))
    child = care.child[of]
    legal = np.flatnonzero(status)
    legal_end = _ends(of, start, care.end, legal)
    drawn = spread(rng, list(_LEGAL.values()), len(legal))
    adopted = last[_lasting(of, legal)] & care.adopting[of[legal]]
    codes = taken([*_LEGAL, "E1"], np.where(adopted, len(_LEGAL), drawn))
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


def _lasting(of: Ints, rows: Ints) -> Ints:
    """Return the last spell that the spell at each of ``rows`` runs on to."""
    return following(rows, len(of)) - 1


def _ends(of: Ints, start: Ints, period_end: Ints, rows: Ints) -> Ints:
    """Return when the spell at each of ``rows`` ends: with the next of its period, or with it."""
    chained = following(of[rows], -1) == of[rows]
    return np.where(chained, start[following(rows, 0)], period_end[of[rows]])


def _placements(
    who: People, rng: Rng, care: Periods, of: Ints, start: Ints, why: Ints, placed: Mask, last: Mask
) -> pl.DataFrame:
    rows = np.flatnonzero(placed)
    n, child = len(rows), care.child[of[rows]]
    young = spread(rng, list(_YOUNG.values()), n)
    older = len(_YOUNG) + spread(rng, list(_OLDER.values()), n)
    known = [*_YOUNG, *_OLDER, "A5", "A6"]
    kind = np.where(who.age(child, start[rows]) < 15, young, older)
    adopted = last[_lasting(of, rows)] & care.adopting[of[rows]]
    kind = np.where(adopted, len(known) - 1 - chance(rng, 0.3, n), kind)
    label = np.array(known)[kind]
    home = label == "P1"
    provider = np.where(home, 0, 1 + spread(rng, (55, 3, 1, 30, 11), n))
    provider = np.where(np.isin(label, _UNPROVIDED), -1, provider)
    inspected = np.isin(label, _INSPECTED)
    agency = between(rng, 0, _HOMES - 1, n)
    urn = joined(taken(["SC9", "29"], agency // 4 % 5 // 4), text(10_000 + agency))
    spot = np.where(home, homes.current(who)[child], PROVIDERS + agency)
    miles = np.where(home, 0, np.round(rng.exponential(14, n), 1))
    nowhere = np.isin(label, ("T2", "Z1"))
    end = _ends(of, start, care.end, rows)
    moved = following(of[rows], -1) == of[rows]
    other = spread(rng, (40, 8, 3, 3, 1, 14, 8, 6, 10, 0, 1, 6), n)
    same = np.isin(why[following(rows, 0)], (3, 5)) & chance(rng, 0.7, n)
    change = np.where(moved, np.where(same, 9, other), -1)
    return frame(
        "ssd_cla_placement", clap_cla_placement_id=who.block.ids("placement", n),
        clap_cla_id=care.ids.gather(of[rows]), clap_person_id=who.id(child),
        clap_cla_placement_start_date=start[rows], clap_cla_placement_type=taken(known, kind),
        clap_cla_placement_urn=kept(urn, inspected),
        clap_cla_placement_distance=np.where(nowhere, 999.9, miles),
        clap_cla_placement_provider=taken(ssd().code_lists["placement_provider"].codes, provider),
        clap_cla_placement_postcode=kept(places.postcodes(spot), ~nowhere),
        clap_cla_placement_end_date=end,
        clap_cla_placement_change_reason=taken(
            ssd().code_lists["placement_change_reason"].codes, change
        ),
    )  # fmt: skip
