"""The front door: contacts, early help, referrals, assessments and their factors."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic import names
from scrambler.synthetic.block import (
    NEVER,
    Mask,
    between,
    chance,
    expand,
    spread,
    taken,
)
from scrambler.synthetic.cases import (
    ASSESSED,
    CARE,
    NFA,
    PROTECTION,
    SIX_YEARS,
    Cases,
    worker_ids,
)
from scrambler.synthetic.frames import Frames, either, frame, joined, kept
from scrambler.synthetic.outcomes import outcomes
from scrambler.synthetic.people import People
from scrambler.synthetic.places import AUTHORITIES

_SOURCE_WEIGHTS = (4, 2, 1, 1, 18, 4, 3, 3, 2, 2, 6, 3, 2, 8, 3, 3, 3, 24, 2, 3, 3, 1)
_NEED_WEIGHTS = (50, 8, 4, 12, 12, 5, 1, 3, 3, 2)
_COMMON_FACTORS = {"3B": 0.3, "4B": 0.3, "17A": 0.2, "16A": 0.18, "2B": 0.16, "1B": 0.15,
                   "4A": 0.14, "18C": 0.12, "3A": 0.1, "14A": 0.08}  # fmt: skip


def contacts(who: People, cases: Cases) -> Frames:
    """Return the contact before every referral, and others that led nowhere."""
    rng, block = who.block.rng("contacts"), who.block
    m = len(cases.c_child)
    extra = expand(spread(rng, (0.2, 0.3, 0.25, 0.15, 0.1), block.size))[0]
    child = np.concatenate([cases.c_child, extra])
    n = len(child)
    led = np.arange(n) < m
    low = np.maximum(who.born[extra], who.last[extra] - SIX_YEARS)
    day = np.concatenate([
        np.maximum(cases.of(cases.referral - between(rng, 0, 2, len(cases.referral))),
                   who.born[cases.c_child]),
        between(rng, low, who.last[extra]),
    ])  # fmt: skip
    what = np.where(led, 0, 1 + spread(rng, (10, 3, 55, 0.5, 0.5, 25, 3, 1, 2), n))
    keys = ("NEW_REFERRAL_FLAG", "EXISTING_REFERRAL_FLAG", "CP_ENQUIRY_FLAG", "NFA_FLAG",
            "NON_AGENCY_ADOPTION_FLAG", "PRIVATE_FOSTERING_FLAG", "ADVICE_FLAG", "MISSING_FLAG",
            "OLA_CP_FLAG", "OTHER_OUTCOMES_EXIST_FLAG")  # fmt: skip
    source = spread(rng, _SOURCE_WEIGHTS, n)
    listed = ssd().code_lists["contact_source"]
    yes = {key: what == place for place, key in enumerate(keys)}
    yes["CP_ENQUIRY_FLAG"] |= led & chance(rng, 0.1, n)
    return {"ssd_contacts": frame(
        "ssd_contacts", cont_contact_id=block.ids("contact", n), cont_person_id=who.id(child),
        cont_contact_date=day, cont_contact_source_code=taken(listed.codes, source),
        cont_contact_source_desc=taken(listed.labels, source),
        cont_contact_outcome_json=outcomes(
            "ssd_contacts", yes, names.sentences(rng, who.names(child)), no=""
        ),
    )}  # fmt: skip


def early_help(who: People) -> Frames:
    """Return early help episodes of about a third of the children."""
    rng, block = who.block.rng("early help"), who.block
    child, _ = expand(spread(rng, (0.68, 0.24, 0.08), block.size))
    n = len(child)
    start = between(rng, np.maximum(who.born, who.last - SIX_YEARS)[child], who.last[child])
    end = start + between(rng, 14, 400, n)
    ended = end <= who.last[child]
    reasons = ssd().code_lists["early_help_end_reason"].codes
    return {"ssd_early_help_episodes": frame(
        "ssd_early_help_episodes", earl_episode_id=block.ids("early_help", n),
        earl_person_id=who.id(child), earl_episode_start_date=start,
        earl_episode_end_date=np.where(ended, end, NEVER),
        earl_episode_reason=names.sentences(rng, who.names(child)),
        earl_episode_end_reason=taken(reasons, np.where(ended, spread(rng, (6, 2, 2), n), -1)),
        earl_episode_organisation=taken(AUTHORITIES, between(rng, 0, len(AUTHORITIES) - 1, n)),
        earl_episode_worker_id=worker_ids(between(rng, 0, block.workers - 1, n)),
    )}  # fmt: skip


def assessed(cases: Cases) -> Mask:
    """Return which children in cases have an assessment."""
    return (cases.of(cases.path) >= ASSESSED) & (cases.of(cases.assessment) <= cases.c_until)


def referrals(who: People, cases: Cases, leaving: pl.Series) -> Frames:
    """Return one row a child in a case.

    ``leaving`` is the closure reason that the way out of care gives, a row; null where none does.
    """
    rng = who.block.rng("referrals")
    n = len(cases.c_child)
    path, seen = cases.of(cases.path), assessed(cases)
    drawn = np.where(
        seen & (path == ASSESSED), 7 + spread(rng, (5, 4), n), np.where(chance(rng, 0.06, n), 4, 6)
    )
    drawn = np.where(cases.c_grown, np.where(chance(rng, 0.3, n), 5, 6), drawn)
    drawn = np.where(cases.c_died, 1, drawn)
    # Most authorities leave a referral open that nothing followed.
    left = (path == NFA) & (cases.c_end > NEVER) & ~cases.c_died & chance(rng, 0.6, n)
    closed = np.where(left, NEVER, cases.c_end)
    codes = taken(ssd().code_lists["closure_reason"].codes, drawn)
    reason = either(leaving.is_not_null().to_numpy(), leaving, codes)
    source = spread(rng, _SOURCE_WEIGHTS, len(cases.family))[cases.c_case]
    need = spread(rng, _NEED_WEIGHTS, len(cases.family))[cases.c_case]
    listed = ssd().code_lists["referral_source"]
    yes = {
        "SINGLE_ASSESSMENT_FLAG": seen,
        "NFA_FLAG": path == NFA,
        "STRATEGY_DISCUSSION_FLAG": path > 2,
        "CLA_REQUEST_FLAG": (path == CARE) & chance(rng, 0.4, n),
        "CP_TRANSFER_IN_FLAG": (path == PROTECTION) & chance(rng, 0.05, n),
    }
    return {"ssd_cin_episodes": frame(
        "ssd_cin_episodes", cine_referral_id=cases.c_id, cine_person_id=who.id(cases.c_child),
        cine_referral_date=cases.of(cases.referral),
        cine_cin_primary_need_code=taken(
            ssd().code_lists["primary_need_cin"].codes,
            np.where((path == NFA) & chance(rng, 0.5, n), -1, need),
        ),
        cine_referral_source_code=taken(listed.codes, source),
        cine_referral_source_desc=taken(listed.labels, source),
        cine_referral_outcome_json=outcomes(
            "ssd_cin_episodes", yes, names.sentences(rng, who.names(cases.c_child)),
            without_nfa=chance(rng, 0.5, n),
        ),
        cine_referral_nfa=path == NFA,
        cine_close_reason=kept(reason, closed > NEVER), cine_close_date=closed,
        cine_referral_team=cases.c_team_id, cine_referral_worker_id=cases.c_worker_id,
    )}  # fmt: skip


def assessments(who: People, cases: Cases) -> Frames:
    """Return an assessment a child in a case, a second in long cases, and the factors found."""
    rng, block = who.block.rng("assessments"), who.block
    path = cases.of(cases.path)
    first = np.flatnonzero(assessed(cases))
    again = np.flatnonzero((cases.c_until - cases.of(cases.assessment) > 300) & chance(
        rng, 0.4, len(path)) & assessed(cases))  # fmt: skip
    row = np.concatenate([first, again])
    n = len(row)
    start = cases.of(cases.assessment)[row] + np.where(np.arange(n) < len(first), 0, 240)
    done = start + between(rng, 15, 45, n)
    # A case closes with its assessments finished.
    closed = cases.c_end[row]
    done = np.where(closed > NEVER, np.minimum(done, closed), done)
    finished = done <= cases.c_until[row]
    nfa = finished & (path[row] == ASSESSED) & chance(rng, 0.6, n)
    yes = {
        "NFA_FLAG": nfa,
        "STRATEGY_DISCUSSION_FLAG": finished & (path[row] > 2),
        "CLA_REQUEST_FLAG": finished & (path[row] == CARE),
        "PROV_OF_SERVICES_FLAG": finished & ~nfa & (path[row] < 3),
        "REFERRAL_TO_OTHER_AGENCY_FLAG": finished & chance(rng, 0.1, n),
    }
    child = cases.c_child[row]
    ids = block.ids("assessment", n)
    return {
        "ssd_cin_assessments": frame(
            "ssd_cin_assessments", cina_assessment_id=ids, cina_person_id=who.id(child),
            cina_referral_id=cases.c_id.gather(row), cina_assessment_start_date=start,
            cina_assessment_child_seen=~chance(rng, 0.06, n),
            cina_assessment_auth_date=np.where(finished, done, NEVER),
            cina_assessment_outcome_json=outcomes(
                "ssd_cin_assessments", yes, names.sentences(rng, who.names(child))
            ),
            cina_assessment_outcome_nfa=nfa, cina_assessment_team=cases.c_team_id.gather(row),
            cina_assessment_worker_id=cases.c_worker_id.gather(row),
        ),
        "ssd_assessment_factors": frame(
            "ssd_assessment_factors", cinf_table_id=block.ids("factors_row", n),
            cinf_assessment_id=ids,
            cinf_assessment_factors_json=factors(
                rng, who.asylum[child],
                (path[row] == ASSESSED) & ~cases.c_grown[row] & ~cases.c_died[row],
            ),
        ).filter(pl.Series(finished)),
    }  # fmt: skip


def factors(rng: np.random.Generator, asylum: Mask, ended: Mask) -> pl.Series:
    """Return a JSON array of factor codes a row, in list order; code 21 alone where there is none.

    Code 9A is for unaccompanied children only. Where the case did not end with its assessment
    (``ended``) a factor is found.
    """
    codes = np.array(ssd().code_lists["assessment_factors"].codes)
    rates = np.array([_COMMON_FACTORS.get(code, 0.03) for code in codes])
    rates[codes == "21"] = 0
    found = rng.random((len(asylum), len(codes))) < rates
    found[:, codes == "9A"] = asylum[:, None]
    found[:, codes == "3B"] |= (~found.any(axis=1) & ~ended)[:, None]
    found[:, codes == "21"] = ~found.any(axis=1, keepdims=True)
    row, place = np.nonzero(found)
    lists = (
        pl.DataFrame({"row": row, "code": taken(codes.tolist(), place)})
        .group_by("row", maintain_order=True)
        .agg(pl.col("code").str.join('","'))
    )
    return joined('["', lists["code"], '"]')
