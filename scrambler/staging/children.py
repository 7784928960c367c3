"""The children of a staging table: which are looked at, and what an index says of all of them."""

# ruff: noqa: S608 - what stands in these texts is a constant or held against a pattern

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from scrambler.staging.review import refuse_no_id
from scrambler.staging.staging import Staging
from scrambler.staging.table import ERROR, PENDING, TABLE

_REASONS = {
    "referral": "$.social_care_episodes[0].social_care_episode_id",
    "child in need plan": "$.social_care_episodes[*].child_in_need_plans[0]",
    "child protection plan": "$.social_care_episodes[*].child_protection_plans[0]",
    "in care": "$.social_care_episodes[*].child_looked_after_placements[0]",
    "care leaver": "$.social_care_episodes[*].care_leavers",
    "adoption": "$.social_care_episodes[*].adoption",
}
_SLICE = 2_000
_COLUMNS = (
    "person_id, row_state, submission_status, json_payload, previous_json_payload, "
    "partial_json_payload, api_response"
)


def index_of(staging: Staging) -> pl.DataFrame:
    """Return a row for each child: id, state, status, reasons, characters and whether in error.

    ``reasons`` say what of the cohort a payload has, joined by commas; ordered by id.
    """
    found = staging.query(
        f"SELECT person_id, row_state, submission_status, json_payload FROM {TABLE} "
        "ORDER BY person_id"
    )
    payload = pl.col("json_payload")
    reasons = [
        pl.when(payload.str.json_path_match(path).is_not_null()).then(pl.lit(name))
        for name, path in _REASONS.items()
    ]
    status = pl.col("submission_status").str.to_lowercase()
    return found.select(
        "person_id",
        pl.col("row_state").fill_null(""),
        pl.col("submission_status").fill_null(""),
        reasons=pl.concat_str(reasons, separator=", ", ignore_nulls=True),
        characters=payload.str.len_chars(),
        error=status == ERROR,
        sent=status.is_in([PENDING, ERROR]),
    )


def sample(ids: pl.Series, count: int, seed: int) -> list[str]:
    """Return ``count`` ids at random, the same for a seed and the same children, in their order."""
    order = ids.hash(seed).arg_sort().head(count)
    return [str(one) for one in ids.gather(order).sort()]


def rows_of(staging: Staging, ids: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Yield the rows of these children, some thousand at a time. OutputError for what is no id."""
    for one in ids:
        refuse_no_id(one)
    with staging.looking() as ask:
        for start in range(0, len(ids), _SLICE):
            named = ", ".join(f"'{one}'" for one in ids[start : start + _SLICE])
            yield ask(
                f"SELECT {_COLUMNS} FROM {TABLE} WHERE person_id IN ({named}) ORDER BY person_id"
            )
