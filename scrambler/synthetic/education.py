"""Special educational needs: the chain from request through assessment to the plan."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic import numbers
from scrambler.synthetic.block import (
    NEVER,
    Ints,
    Mask,
    between,
    drawn_to,
    expand,
    pick,
    spread,
    taken,
    yearly,
)
from scrambler.synthetic.frames import Frames, frame, kept
from scrambler.synthetic.people import YEAR, People

_SHARE = 0.22
_YES, _NO, _PENDING, _WITHDRAWN, _HISTORICAL = range(5)


def education(who: People) -> tuple[Mask, Frames]:
    """Return which children have an active plan, and the six tables of the chain.

    A second request is made only when the first came to nothing, so a child has one plan at most.
    """
    rng, block = who.block.rng("education"), who.block
    asked = (who.dob > NEVER) & (who.last - who.dob > 3 * YEAR)
    child = pick(rng, asked, _SHARE)
    n = len(child)
    ids = numbers.uuids(rng, n)
    upn, learner = who.upn.gather(child), who.last[child] - who.dob[child] > 14 * YEAR
    uln = kept(numbers.ulns(block.children()[child]), learner)
    neither = upn.is_null().to_numpy() & ~learner
    reasons = ssd().code_lists["upn_unknown_send"].codes
    send = frame(
        "ssd_send", send_table_id=ids, send_person_id=who.id(child), send_upn=upn, send_uln=uln,
        send_upn_unknown=taken(reasons, np.where(neither, spread(rng, (5, 1, 1, 1, 1, 1, 1), n),
                                                 -1)),
    )  # fmt: skip
    first = spread(rng, (70, 10, 8, 8, 4), n)
    again = np.isin(first, (_NO, _WITHDRAWN)) & (who.last[child] - who.dob[child] > 5 * YEAR)
    of, nth = expand(1 + again)
    outcome = np.where(nth == 0, first[of], spread(rng, (60, 10, 20, 10, 0), len(of)))
    pupil = child[of]
    low = np.maximum(who.dob[pupil] + int(2.2 * YEAR), who.last[pupil] - int(5 * YEAR))
    room = np.maximum(who.last[pupil] - low, 10) // 2
    day = np.minimum(low + nth * room + between(rng, 0, room - 60), who.last[pupil])
    decided = day + between(rng, 20, 42, len(of))
    outcome = np.where((decided > who.last[pupil]) & (outcome < _PENDING), _PENDING, outcome)
    request = block.ids("ehcp_request", len(of))
    requests = frame(
        "ssd_ehcp_requests", ehcr_ehcp_request_id=request, ehcr_send_table_id=ids.gather(of),
        ehcr_ehcp_req_date=day,
        ehcr_ehcp_req_outcome_date=np.where(outcome < _PENDING, decided, NEVER),
        ehcr_ehcp_req_outcome=taken(ssd().code_lists["ehcp_request_outcome"].codes, outcome),
    )  # fmt: skip
    planned, chain = _assessed(who, request, pupil, decided, outcome)
    return planned, {"ssd_send": send, "ssd_ehcp_requests": requests} | chain


def _assessed(
    who: People, request: pl.Series, pupil: Ints, decided: Ints, outcome: Ints
) -> tuple[Mask, Frames]:
    """Return who has an active plan, and assessment, named plan, active plan and needs."""
    rng, block = who.block.rng("plans"), who.block
    row = np.flatnonzero(np.isin(outcome, (_YES, _HISTORICAL)))
    n, child = len(row), pupil[row]
    result = np.where(outcome[row] == _HISTORICAL, _HISTORICAL,
                      spread(rng, (80, 8, 8, 4), n))  # fmt: skip
    day = decided[row] + between(rng, 40, 100, n)
    result = np.where((day > who.last[child]) & (result < _PENDING), _PENDING, result)
    ids = block.ids("ehcp_assessment", n)
    assessment = frame(
        "ssd_ehcp_assessment", ehca_ehcp_assessment_id=ids,
        ehca_ehcp_request_id=request.gather(row),
        ehca_ehcp_assessment_outcome_date=np.where(result < _PENDING, day, NEVER),
        ehca_ehcp_assessment_outcome=taken(
            ssd().code_lists["ehcp_assessment_outcome"].codes, result
        ),
        ehca_ehcp_assessment_exceptions=taken("10", 1 - (rng.random(n) < 0.1)),
    )  # fmt: skip
    named = np.flatnonzero((result == _YES) & (day + 40 <= who.last[child]))
    start, pupil = day[named] + between(rng, 5, 40, len(named)), child[named]
    start = drawn_to(block.rng("school year"), 0.6, start, yearly(9, 1),
                     day[named] + 5, day[named] + 40)  # fmt: skip
    count = len(named)
    died = who.death[pupil] > NEVER
    over = start + between(rng, 200, 3000, count)
    ceased = np.where(died, who.death[pupil], np.where(over <= who.last[pupil], over, NEVER))
    why = np.where(died, 7, np.array([0, 1, 2, 3, 4, 5, 6, 8])[spread(rng, [1] * 8, count)])
    named_plan = frame(
        "ssd_ehcp_named_plan", ehcn_named_plan_id=block.ids("ehcp_named_plan", count),
        ehcn_ehcp_asmt_id=ids.gather(named), ehcn_named_plan_start_date=start,
        ehcn_named_plan_ceased_date=ceased,
        ehcn_named_plan_ceased_reason=taken(
            ssd().code_lists["ehcp_ceased_reason"].codes, np.where(ceased > NEVER, why, -1)
        ),
    )  # fmt: skip
    live = np.flatnonzero(ceased == NEVER)
    plan = block.ids("ehcp_plan", len(live))
    reviewed = np.where(
        who.last[pupil[live]] - start[live] > 300,
        between(rng, start[live] + 250, who.last[pupil[live]]), NEVER,
    )  # fmt: skip
    active = frame(
        "ssd_ehcp_active_plans", ehcp_active_ehcp_id=plan,
        ehcp_ehcp_request_id=request.gather(row[named[live]]),
        ehcp_active_ehcp_last_review_date=reviewed,
    )  # fmt: skip
    of, nth = expand(1 + spread(rng, (55, 45), len(live)))
    kind = (between(rng, 0, 11, len(live))[of] + nth * between(rng, 1, 11, len(of))) % 12
    needs = frame(
        "ssd_sen_need", senn_table_id=block.ids("sen_need_row", len(of)),
        senn_active_ehcp_id=plan.gather(of),
        senn_active_ehcp_need_type=taken(ssd().code_lists["sen_need_type"].codes, kind),
        senn_active_ehcp_need_rank=taken("12", nth),
    )  # fmt: skip
    planned = np.zeros(block.size, dtype=np.bool_)
    planned[pupil[live]] = True
    return planned, {
        "ssd_ehcp_assessment": assessment, "ssd_ehcp_named_plan": named_plan,
        "ssd_ehcp_active_plans": active, "ssd_sen_need": needs,
    }  # fmt: skip
