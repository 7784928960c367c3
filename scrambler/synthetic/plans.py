"""Child in need plans and child protection: enquiries, conferences, plans, reviews, visits.

Siblings in one case share the strategy discussion, the conference and every review meeting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic import names
from scrambler.synthetic.block import (
    NEVER,
    Ints,
    Mask,
    Rng,
    between,
    chance,
    expand,
    following,
    spread,
    taken,
    working,
)
from scrambler.synthetic.cases import CARE, ENQUIRY, IN_NEED, PROTECTION, Cases, worker_ids
from scrambler.synthetic.frames import Frames, frame, kept, yn
from scrambler.synthetic.outcomes import outcomes
from scrambler.synthetic.people import People

_SHARED_NOTES = 0.04
_CP_VISITS = 40_000


@dataclass(frozen=True)
class Visits:
    """Visits of children: which child (or plan row), which day, and the answers recorded."""

    row: Ints
    day: Ints
    seen: Mask
    alone: Mask
    bedroom: Mask


def visits(rng: Rng, start: Ints, until: Ints, every: int) -> Visits:
    """Draw visits about ``every`` days from ``start`` to ``until`` inclusive, a row of these.

    A child is seen alone only when seen, and a bedroom only when the child is.
    """
    row, nth = expand(np.maximum(until - start, 0) // every)
    day = start[row] + nth * every + between(rng, 1, every, len(row))
    seen = ~chance(rng, 0.08, len(row))
    return Visits(
        row, np.minimum(day, until[row]), seen,
        seen & chance(rng, 0.7, len(row)), seen & chance(rng, 0.4, len(row)),
    )  # fmt: skip


def review_days(start: Ints, until: Ints, first: int, then: int) -> tuple[Ints, Ints, Ints]:
    """Return (row, ordinal, day) of reviews ``first`` days after the start, then every ``then``."""
    length = until - start
    row, nth = expand(np.where(length < first, 0, 1 + (length - first) // then))
    return row, nth, start[row] + first + nth * then


def participation(rng: Rng, who: People, children: Ints, days: Ints) -> pl.Series:
    """Return how a child took part in a review: PN0 under 4, else one of the other codes."""
    codes = ssd().code_lists["review_participation"].codes
    other = 1 + spread(rng, (40, 10, 2, 8, 15, 15, 10), len(days))
    return taken(codes, np.where(who.age(children, days) < 4, 0, other))


def protection(who: People, cases: Cases) -> Frames:
    """Return enquiries, conferences, CP plans, their visits and reviews, CIN plans and visits."""
    rng, block = who.block.rng("protection"), who.block
    path, held = cases.of(cases.path), cases.of(cases.enquiry)
    in_care = chance(rng, 0.6, len(cases.family))[cases.c_case]
    row = np.flatnonzero(
        (held <= cases.c_until) & ((path == ENQUIRY) | (path == PROTECTION)
                                   | ((path == CARE) & in_care))
    )  # fmt: skip
    meets = cases.of(cases.conference)[row] < cases.c_until[row]
    unplanned = chance(rng, 0.35, len(cases.family))[cases.c_case][row] & (path[row] == ENQUIRY)
    needed = unplanned | (path[row] == PROTECTION)
    conferred = meets & needed
    n = len(row)
    moved_in = conferred & chance(rng, 0.03, n)
    waits = needed & ~meets & (cases.c_end[row] == NEVER)
    child = cases.c_child[row]
    s47 = block.ids("s47", n)
    over = held[row] + between(rng, 5, 14, n)
    finished = over <= cases.c_until[row]
    nfa = finished & ~conferred & (path[row] == ENQUIRY) & chance(rng, 0.5, n)
    notes = names.sentences(rng, who.names(child))
    tables = {"ssd_s47_enquiry": frame(
        "ssd_s47_enquiry", s47e_s47_enquiry_id=s47, s47e_referral_id=cases.c_id.gather(row),
        s47e_person_id=who.id(child), s47e_s47_start_date=held[row],
        s47e_s47_end_date=np.where(finished, over, NEVER), s47e_s47_nfa=nfa,
        s47e_s47_outcome_json=outcomes("ssd_s47_enquiry", {
            "NFA_FLAG": nfa, "CP_CONFERENCE_FLAG": (conferred & ~moved_in) | waits,
            "LEGAL_ACTION_FLAG": finished & (path[row] == CARE),
            "NFA_CONTINUE_SINGLE_FLAG": finished & ~conferred & ~nfa,
        }, notes),
        s47e_s47_completed_by_team=cases.c_team_id.gather(row),
        s47e_s47_completed_by_worker_id=cases.c_worker_id.gather(row),
    )}  # fmt: skip
    tables |= _conferences(
        who, cases, row[conferred], s47.filter(pl.Series(conferred)), moved_in[conferred]
    )
    return tables | _in_need(who, cases, tables["ssd_cp_visits"])


def _conferences(who: People, cases: Cases, row: Ints, s47: pl.Series, moved_in: Mask) -> Frames:
    """Return the conference of each of these children in cases, and the plans that came of it.

    Who moved in has a conference without an enquiry.
    """
    rng, block = who.block.rng("conferences"), who.block
    n, case, child = len(row), cases.c_case[row], cases.c_child[row]
    planned = cases.path[case] == PROTECTION
    icpc = block.ids("icpc", n)
    meeting = block.ids("meeting", len(cases.family)).gather(case)
    plan = block.ids("cp_plan", n)
    day = cases.conference[case]
    conference = frame(
        "ssd_initial_cp_conference", icpc_icpc_id=icpc, icpc_icpc_meeting_id=meeting,
        icpc_s47_enquiry_id=kept(s47, ~moved_in), icpc_person_id=who.id(child),
        icpc_cp_plan_id=kept(plan, planned),
        icpc_referral_id=cases.c_id.gather(row), icpc_icpc_transfer_in=moved_in,
        icpc_icpc_target_date=working(cases.enquiry[case] + 21), icpc_icpc_date=day,
        icpc_icpc_outcome_cp_flag=planned,
        icpc_icpc_outcome_json=outcomes(
            "ssd_initial_cp_conference",
            {"CP_FLAG": planned, "NFA_FLAG": ~planned & chance(rng, 0.4, n),
             "PROV_OF_SERVICES_FLAG": planned & chance(rng, 0.3, n)},
            names.sentences(rng, who.names(child)),
        ),
        icpc_icpc_team=cases.c_team_id.gather(row),
        icpc_icpc_worker_id=cases.c_worker_id.gather(row),
    )  # fmt: skip
    icpc, plan = (ids.filter(pl.Series(planned)) for ids in (icpc, plan))
    came = _planned(who, cases, row[planned], icpc, plan)
    return {"ssd_initial_cp_conference": conference} | came


def _planned(who: People, cases: Cases, row: Ints, icpc: pl.Series, plan: pl.Series) -> Frames:
    """Return the plan of each of these children in cases, its visits and its reviews."""
    rng, block, child = who.block.rng("cp plans"), who.block, cases.c_child[row]
    day = cases.of(cases.conference)[row]
    closed = cases.c_end[row]
    end = np.where(
        closed > NEVER, np.maximum(day + 1, closed - between(rng, 0, 30, len(row))), NEVER
    )
    until = np.where(end > NEVER, end, cases.c_until[row])
    kinds = ssd().code_lists["abuse_category"].codes
    category = spread(rng, (45, 8, 5, 38, 4), len(cases.family))[cases.c_case[row]]
    latest = np.where(chance(rng, 0.15, len(row)), spread(rng, (4, 1, 1, 4, 0), len(row)), category)
    plans = frame(
        "ssd_cp_plans", cppl_cp_plan_id=plan, cppl_referral_id=cases.c_id.gather(row),
        cppl_icpc_id=icpc, cppl_person_id=who.id(child), cppl_cp_plan_start_date=day,
        cppl_cp_plan_end_date=end, cppl_cp_plan_ola=chance(rng, 0.03, len(row)),
        cppl_cp_plan_initial_category=taken(kinds, category),
        cppl_cp_plan_latest_category=taken(kinds, latest),
    )  # fmt: skip
    seen = visits(rng, day, until, 15)
    of, nth, met = review_days(day, until, 90, 180)
    final = (following(of, -1) != of) & (end[of] > NEVER)
    # One number a case and review: siblings meet in the same room on the same day.
    number = cases.c_case[row][of] * 16 + nth
    shared = np.unique(number, return_inverse=True)[1]
    count = len(of)
    return {
        "ssd_cp_plans": plans,
        "ssd_cp_visits": frame(
            "ssd_cp_visits", cppv_cp_visit_id=block.ids("casenote", len(seen.row), _CP_VISITS),
            cppv_person_id=who.id(child[seen.row]), cppv_cp_plan_id=plan.gather(seen.row),
            cppv_cp_visit_date=seen.day, cppv_cp_visit_seen=seen.seen,
            cppv_cp_visit_seen_alone=seen.alone, cppv_cp_visit_bedroom=seen.bedroom,
        ),
        "ssd_cp_reviews": frame(
            "ssd_cp_reviews", cppr_cp_review_id=block.ids("cp_review", count),
            cppr_person_id=who.id(child[of]), cppr_cp_plan_id=plan.gather(of),
            cppr_cp_review_due=met - shared % 9, cppr_cp_review_date=met,
            cppr_cp_review_meeting_id=block.ids("meeting", count, 50_000).gather(shared),
            cppr_cp_review_outcome_continue_cp=~(final & chance(rng, 0.9, count)),
            cppr_cp_review_quorate=~chance(rng, 0.05, count),
            cppr_cp_review_participation=participation(rng, who, child[of], met),
        ),
    }  # fmt: skip


def _in_need(who: People, cases: Cases, protecting: pl.DataFrame) -> Frames:
    """Return CIN plans and visits; some CP casenotes are filed as CIN visits too (C060)."""
    rng, block = who.block.rng("in need"), who.block
    start = cases.of(cases.assessment) + between(rng, 20, 50, len(cases.c_child))
    row = np.flatnonzero((cases.of(cases.path) == IN_NEED) & (start < cases.c_until))
    start, n = start[row], len(row)
    closed = cases.c_end[row]
    end = np.where(closed > NEVER, np.maximum(start + 1, closed - between(rng, 0, 6, n)), NEVER)
    child = cases.c_child[row]
    seen = visits(rng, start, np.where(end > NEVER, end, cases.c_until[row]), 21)
    own = frame(
        "ssd_cin_visits", cinv_cin_visit_id=block.ids("casenote", len(seen.row)),
        cinv_person_id=who.id(child[seen.row]), cinv_cin_visit_date=seen.day,
        cinv_cin_visit_seen=seen.seen, cinv_cin_visit_seen_alone=seen.alone,
        cinv_cin_visit_bedroom=yn(seen.bedroom),
    )  # fmt: skip
    both = protecting.filter(pl.Series(chance(rng, _SHARED_NOTES, protecting.height)))
    names_of = dict(zip(protecting.drop("cppv_cp_plan_id").columns, own.columns, strict=True))
    return {
        "ssd_cin_plans": frame(
            "ssd_cin_plans", cinp_cin_plan_id=block.ids("cin_plan", n),
            cinp_referral_id=cases.c_id.gather(row), cinp_person_id=who.id(child),
            cinp_cin_plan_start_date=start, cinp_cin_plan_end_date=end,
            cinp_cin_plan_team=cases.c_team_id.gather(row),
            cinp_cin_plan_worker_id=worker_ids(between(rng, 0, block.workers - 1, n)),
        ),
        "ssd_cin_visits": pl.concat([own, both.drop("cppv_cp_plan_id").rename(names_of)]),
    }  # fmt: skip
