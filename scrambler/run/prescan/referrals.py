"""Facts of referrals: what hangs on one, and whether another of the child came after it."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.batch import NO_DAY, Batch
from scrambler.run.prescan.definition import Arrays, IndexDefinition
from scrambler.run.prescan.holds import holds

_NEVER_CLOSED = 10**6

_REFERRALS, _ENQUIRIES = "ssd_cin_episodes", "ssd_s47_enquiry"
_CONFERENCES, _REVIEWS = "ssd_initial_cp_conference", "ssd_cp_reviews"


def _referral(batch: Batch) -> Arrays:
    return {
        "token": batch.rows,
        "child": batch.subjects,
        "made": batch.moved("cine_referral_date").astype(np.int32),
        "closed": batch.moved("cine_close_date").astype(np.int32),
    }


def _superseded(arrays: Arrays) -> Arrays:
    """Find the open referrals that are no open case: another of the child is later, or overlaps.

    Those were made, and left open, without further action.
    """
    rows = (
        pl.DataFrame(arrays)
        .filter(pl.col("made") != NO_DAY, pl.col("child") != 0)
        .with_columns(pl.col("closed").replace(NO_DAY, _NEVER_CLOSED))
        .sort("child", "made", "closed", "token")
    )
    token, child, made, closed = (
        rows[name].to_numpy() for name in ("token", "child", "made", "closed")
    )
    again = child[1:] == child[:-1]
    # The latest close so far starts anew with each child, as later children have higher numbers.
    number = np.concatenate([[0], np.cumsum(~again)])[: len(child)] << 32
    until = (np.maximum.accumulate(number + closed) - number)[:-1]
    superseded = np.zeros(len(child), dtype=bool)
    superseded[1:] = again & (until > made[1:])
    superseded[:-1] |= again
    superseded &= closed == _NEVER_CLOSED
    return {"token": token, "superseded": superseded.astype(np.uint8)}


def _ended(batch: Batch) -> Arrays:
    end = batch.moved("cppl_cp_plan_end_date")
    ended = end != NO_DAY
    return {"token": batch.token("cppl_cp_plan_id")[ended], "end": end[ended].astype(np.int32)}


def _review(batch: Batch) -> Arrays:
    plans, ends = batch.token("cppr_cp_plan_id"), batch.ask("cp plans ended")
    held = batch.moved("cppr_cp_review_date")
    end = ends.get("end", plans, NO_DAY) if ends else np.full(len(batch), NO_DAY)
    ended = (end != NO_DAY) & (end >= held)
    return {
        "token": batch.rows,
        "plan": plans,
        "held": held.astype(np.int32),
        "ended": ended.astype(np.uint8),
    }


def _last_of_plan(arrays: Arrays) -> Arrays:
    """Find the last reviews of plans that ended then or later: all of one day are the last."""
    rows = pl.DataFrame(arrays).filter(pl.col("plan") != 0)
    last = pl.col("held") == pl.col("held").max().over("plan")
    found = rows.select("token", closing=(last & (pl.col("ended") == 1)).cast(pl.UInt8))
    return {name: found[name].to_numpy() for name in found.columns}


REFERRALS = (
    holds("assessed", "ssd_cin_assessments", "cina_referral_id", _REFERRALS),
    holds("enquired", _ENQUIRIES, "s47e_referral_id", _REFERRALS),
    holds("conferred", _CONFERENCES, "icpc_referral_id", _REFERRALS),
    holds("in need", "ssd_cin_plans", "cinp_referral_id", _REFERRALS),
    holds("protected", "ssd_cp_plans", "cppl_referral_id", _REFERRALS),
    holds("enquiries conferred", _CONFERENCES, "icpc_s47_enquiry_id", _ENQUIRIES),
    holds("conferences planned", "ssd_cp_plans", "cppl_icpc_id", _CONFERENCES),
    holds("requests assessed", "ssd_ehcp_assessment", "ehca_ehcp_request_id", "ssd_ehcp_requests"),
    holds("assessments planned", "ssd_ehcp_named_plan", "ehcn_ehcp_asmt_id", "ssd_ehcp_assessment"),
    IndexDefinition(
        "cp plans ended",
        "ssd_cp_plans",
        ("cppl_cp_plan_id", "cppl_cp_plan_end_date", "cppl_person_id"),
        _ended,
        (_REVIEWS,),
        stage=1,
    ),
    IndexDefinition(
        "cp reviews",
        _REVIEWS,
        ("cppr_cp_plan_id", "cppr_person_id", "cppr_cp_review_date"),
        _review,
        (_REVIEWS,),
        _last_of_plan,
        stage=2,
        by_row=True,
    ),
    IndexDefinition(
        "referrals",
        _REFERRALS,
        ("cine_referral_date", "cine_person_id", "cine_close_date"),
        _referral,
        (_REFERRALS,),
        _superseded,
        stage=1,
        by_row=True,
    ),
)  # fmt: skip
