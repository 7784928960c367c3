"""What a phase shows of its staging: read back from the target, not taken from the merge."""

from __future__ import annotations

import json

import polars as pl

from scrambler.phases.phase import Check
from scrambler.ssd.row_states import DELETED
from scrambler.staging import review
from scrambler.staging.stage_payloads import StagingReport


def handed_over(done: StagingReport, target: str) -> tuple[Check, ...]:
    """Return whether there were payloads, and whether ``target`` now holds one row for each.

    That they are valid needs no check of its own: a payload that is not stops the staging of all.
    """
    counts = review(target).counts
    rows = sum(count.rows for count in counts if count.row_state.lower() != DELETED.lower())
    return (
        Check("payloads built, each valid", done.payloads > 0, f"{done.payloads:,}"),
        Check("one row staged for each", rows == done.payloads, f"{rows:,} read back"),
    )


def received(target: str, child: pl.DataFrame) -> Check:
    """Return whether ``target`` holds the one payload in ``child``, by its id, with its hash."""
    sent = child.row(0, named=True)
    record = review(target, child=sent["person_id"]).record or {}
    same = (
        json.loads(record.get("json_payload") or "null") == json.loads(sent["json_payload"])
        and record.get("legacy_id") == sent["legacy_id"]
        and record.get("current_hash") == sent["current_hash"].hex()
    )
    size = len(sent["json_payload"])
    return Check("its payload comes back as staged", same, f"{size:,} characters")
