"""What a report says of a staging table: counts, and what a sender would send."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scrambler.staging import review
from scrambler.staging.table import ERROR, PENDING


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
        "samples": [],
    }
