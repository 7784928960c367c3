"""Workers, teams, and who worked with which child when."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.ssd import ssd
from scrambler.synthetic import names
from scrambler.synthetic.block import (
    NEVER,
    TODAY,
    Block,
    Ints,
    between,
    chance,
    expand,
    pick,
    spread,
    taken,
    text,
)
from scrambler.synthetic.cases import CARE, IN_NEED, Cases, staff_ids, team_ids, worker_ids
from scrambler.synthetic.frames import Frames, either, frame, joined, kept
from scrambler.synthetic.people import People

SERVICES = 4

_TEAM_KINDS = ("Assessment", "Safeguarding", "Looked After", "Leaving Care", "Early Help",
               "Disability", "Adoption", "Court")  # fmt: skip
_AREAS = ("North", "South", "East", "West", "Central", "Coast", "Valley", "Hill")
_SERVICES = ("Family Help", "Child Protection", "Corporate Parenting", "Inclusion")
_SOCIAL, _OTHER = (0, 1, 2, 3, 5, 8, 9), (4, 6, 7)
"""Places in the list of job titles: of social workers, and of others."""

_OF_TEN = 8
"""So many of ten workers are registered social workers."""


def team_names(count: int) -> pl.Series:
    """Return the name of each team; the first ``SERVICES`` are the services above the others."""
    place = np.arange(count)
    named = joined(
        taken(_AREAS, place // len(_TEAM_KINDS) % len(_AREAS)), " ",
        taken(_TEAM_KINDS, place % len(_TEAM_KINDS)), " Team ", text(1 + place // 64),
    )  # fmt: skip
    service = joined(taken(_SERVICES, place % SERVICES), " Service")
    return either(place < SERVICES, service, named)


def workforce(block: Block) -> Frames:
    """Return the tables about nobody's child: professionals and departments."""
    rng, n = block.rng("workforce"), block.workers
    place, team = np.arange(n), np.arange(block.teams)
    social = place % 10 < _OF_TEN
    title = np.where(social, np.array(_SOCIAL)[spread(rng, (40, 20, 8, 6, 5, 6, 1), n)],
                     np.array(_OTHER)[spread(rng, (10, 5, 4), n)])  # fmt: skip
    name = joined(names.forenames(rng, np.full(n, 2)), " ", names.surnames(rng, n))
    known = team_names(block.teams)
    parent = np.where(team < SERVICES, -1, team % SERVICES)
    return {
        "ssd_department": frame(
            "ssd_department", dept_team_id=team_ids(team), dept_team_name=known,
            dept_team_parent_id=team_ids(parent), dept_team_parent_name=taken(known, parent),
        ),
        "ssd_professionals": frame(
            "ssd_professionals", prof_professional_id=worker_ids(place),
            prof_staff_id=staff_ids(place), prof_professional_name=name,
            prof_social_worker_registration_no=kept(
                joined("SW", text(1_000_000 + place)), social
            ),
            prof_agency_worker_flag=chance(rng, 0.15, n),
            prof_professional_job_title=taken(ssd().code_lists["job_title"].codes, title),
            prof_professional_caseload=between(rng, 0, 28, n),
            prof_professional_department=taken(known, between(rng, 0, block.teams - 1, n)),
            prof_full_time_equivalency=_hours(rng.random(n)),
        ),
    }  # fmt: skip


def _hours(share: NDArray[np.float64]) -> pl.Series:
    """Return the share of a full week a worker works."""
    return pl.Series(np.select([share < 0.7, share < 0.8, share < 0.9], [1.0, 0.8, 0.6], 0.5))


def registered(workers: Ints) -> Ints:
    """Return a registered social worker for each worker: the worker, or one close by."""
    return workers - workers % 10 + workers % 10 % _OF_TEN


def involvements(who: People, cases: Cases) -> Frames:
    """Return one to three workers a child and case in turn, and a second role for some."""
    rng = who.block.rng("involvements")
    n = len(cases.c_child)
    path = cases.of(cases.path)
    referral = cases.of(cases.referral)
    length = cases.c_until - referral
    changes = np.minimum(1 + spread(rng, (0.5, 0.3, 0.2), n), 1 + length // 60)
    row, nth = expand(changes)
    begin = referral[row]
    step = length[row] // changes[row]
    last = nth == changes[row] - 1
    start = begin + nth * step
    end = np.where(last, cases.c_end[row], begin + (nth + 1) * step)
    # At the end of the financial year some leave whose case goes on.
    staying = last & (end == NEVER) & (path[row] == IN_NEED) & (start < TODAY - 1)
    end[pick(who.block.rng("leaving workers"), staying, 0.02)] = TODAY - 1
    worker = registered((cases.of(cases.worker)[row] + nth * 17) % who.block.workers)

    second = np.flatnonzero((path >= IN_NEED) & chance(rng, 0.8, n))
    role = np.where(path[second] == CARE, spread(rng, (2, 0, 2, 2, 1, 0), len(second)),
                    spread(rng, (0, 3, 0, 0, 2, 2), len(second)))  # fmt: skip
    row = np.concatenate([row, second])
    count = len(row)
    start = np.concatenate([start, np.minimum(referral[second] + 5, cases.c_until[second])])
    end = np.concatenate([end, cases.c_end[second]])
    worker = np.concatenate([worker, between(rng, 0, who.block.workers - 1, len(second))])
    roles = ("CW", *ssd().code_lists["other_role"].codes)
    role = np.concatenate([np.zeros(len(last), dtype=np.int64), role + 1])
    ended = end > NEVER
    told = chance(rng, 0.8, count) | (role == 0)
    reason = np.where(ended & told, spread(rng, (3, 2, 2, 1, 4, 1, 1, 1, 0, 1),
                                                             count), -1)  # fmt: skip
    table = frame(
        "ssd_involvements",
        invo_involvements_id=who.block.ids("involvement", count),
        invo_professional_id=worker_ids(worker),
        invo_professional_role_id=taken(roles, role),
        invo_professional_team=cases.c_team_id.gather(row),
        invo_person_id=who.id(cases.c_child[row]),
        invo_involvement_start_date=start,
        invo_involvement_end_date=np.minimum(end, TODAY),
        invo_worker_change_reason=taken(ssd().code_lists["worker_change_reason"].codes, reason),
        invo_referral_id=cases.c_id.gather(row),
    )
    return {"ssd_involvements": table}
