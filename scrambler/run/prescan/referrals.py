"""Facts of referrals: what hangs on one, and whether another of the child came after it."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.batch import NO_DAY, Batch
from scrambler.run.prescan.definition import Arrays, IndexDefinition
from scrambler.run.prescan.holds import holds

_NEVER_CLOSED = 10**6

_REFERRALS, _ENQUIRIES = "ssd_cin_episodes", "ssd_s47_enquiry"
_CONFERENCES = "ssd_initial_cp_conference"


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


REFERRALS = (
    holds("assessed", "ssd_cin_assessments", "cina_referral_id", _REFERRALS),
    holds("enquired", _ENQUIRIES, "s47e_referral_id", _REFERRALS),
    holds("conferred", _CONFERENCES, "icpc_referral_id", _REFERRALS),
    holds("in need", "ssd_cin_plans", "cinp_referral_id", _REFERRALS),
    holds("protected", "ssd_cp_plans", "cppl_referral_id", _REFERRALS),
    holds("enquiries conferred", _CONFERENCES, "icpc_s47_enquiry_id", _ENQUIRIES),
    holds("conferences planned", "ssd_cp_plans", "cppl_icpc_id", _CONFERENCES),
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
