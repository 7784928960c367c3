"""What a report says of a staging table: counts, and what a sender would send."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scrambler.staging import review, sample_of
from scrambler.staging.table import ERROR, PENDING
from scrambler.staging.timeline import timeline

_SAMPLES = 2


def look_at_staging(location: str) -> dict[str, Any]:
    """Return the counts by state and status at ``location``, JSON-ready.

    ``would_be_sent`` are the rows that are pending or in error, as senders take them.
    """
    counts = review(location).counts
    sent = (one.rows for one in counts if one.submission_status.lower() in (PENDING, ERROR))
    return {
        "counts": [asdict(one) for one in counts],
        "rows": sum(one.rows for one in counts),
        "would_be_sent": sum(sent),
        "samples": _samples(location),
    }


def _samples(location: str) -> list[dict[str, Any]]:
    """Return some children's timelines; what was staged is scrambled or constructed."""
    found = []
    for child in sample_of(location, _SAMPLES):
        record = review(location, child=child).record or {}
        events = [
            {"day": one.day, "what": one.what, "details": [list(pair) for pair in one.details]}
            for one in timeline(record["json_payload"])
        ]
        found.append({"child": child, "row_state": record["row_state"] or "", "events": events})
    return found
