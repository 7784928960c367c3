"""What a payload says without the ids that systems give: the measure of whether a child changed.

Source: payload_fields.csv, ``(transport) hash``. The known builder hashes UTF-16 text of a
projection of its own; ours is the payload itself without its ``*_id`` keys, in UTF-8. ``worker_id``
stays: it is a registration number that Social Work England gives, and data (attr 53), so that
another worker is a change.
"""

from __future__ import annotations

import polars as pl
import polars_hash  # noqa: F401 - registers the `chash` namespace

SYSTEM_IDS = (
    "la_child_id",
    "mis_child_id",
    "social_care_episode_id",
    "child_and_family_assessment_id",
    "child_in_need_plan_id",
    "section_47_assessment_id",
    "child_protection_plan_id",
    "child_looked_after_placement_id",
)
"""The keys left out."""

# In JSON a quote inside a text follows a backslash, so `"…_id":"` can only be a key. None of these
# is ever the last member of its object.
_ID_MEMBER = rf'"(?:{"|".join(SYSTEM_IDS)})":"(?:[^"\\]|\\.)*",?'


def projection(payloads: pl.Expr) -> pl.Expr:
    """Return canonical payloads without the members of `SYSTEM_IDS`; nulls stay null."""
    return payloads.str.replace_all(_ID_MEMBER, "")


def content_hash(payloads: pl.Expr) -> pl.Expr:
    """Return the SHA-256 (32 bytes) of each payload's projection; nulls stay null."""
    digest: pl.Expr = projection(payloads).chash.sha2_256()  # type: ignore[attr-defined]
    return digest.str.decode("hex")
