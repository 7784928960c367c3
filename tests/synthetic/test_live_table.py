"""The live staging table is what the payload builder makes of the tables beside it."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from scrambler.payload import build, content_hash, validate
from scrambler.payload.shape import payload_shape
from scrambler.synthetic import AS_OF
from tests.synthetic.conftest import Tables

LIVE = "ssd_api_data_staging"
PATHS = {f"{node.path}.{key}" for node in payload_shape().walk() for key in node.leaves}


def paths(value: Any, path: str = "$") -> set[str]:
    """Every path of a value that is no object and no list of them."""
    if isinstance(value, dict):
        return {found for key, one in value.items() for found in paths(one, f"{path}.{key}")}
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return {found for one in value for found in paths(one, f"{path}[]")}
    return {path}


def test_clean_rows_are_the_payloads_of_the_tables(clean: Tables) -> None:
    rows = clean[LIVE]
    built = build({name: frame.lazy() for name, frame in clean.items()}, AS_OF)
    assert rows.select(built.columns).sort("person_id").equals(built.sort("person_id"))
    assert validate(rows["json_payload"]).is_empty()


@pytest.mark.parametrize("kind", ["clean", "dirty"])
def test_every_path_of_a_payload_is_there(kind: str, request: pytest.FixtureRequest) -> None:
    rows = request.getfixturevalue(kind)[LIVE]
    assert len(PATHS) == 66
    assert set().union(*(paths(json.loads(text)) for text in rows["json_payload"])) == PATHS


def test_the_record_is_what_a_sender_leaves(clean: Tables) -> None:
    rows = clean[LIVE]
    same = pl.col("previous_json_payload") == pl.col("json_payload")
    by_state = {
        "New": pl.col("previous_json_payload").is_null(),
        "Updated": ~same & pl.col("partial_json_payload").is_not_null(),
        "Unchanged": same & (pl.col("submission_status") == "Sent"),
        "Deleted": same,
    }
    for state, holds in by_state.items():
        found = rows.filter(pl.col("row_state") == state)
        assert found.height > 20
        assert found.select(holds.all()).item(), state
    hashes = rows.select(content_hash(pl.col("previous_json_payload"))).to_series()
    assert hashes.equals(rows["previous_hash"])


def test_builders_keep_older_rows_of_a_child(dirty: Tables) -> None:
    rows = dirty[LIVE]
    several = rows.group_by("person_id").agg(pl.col("id").n_unique().alias("rows"))
    assert rows["id"].is_unique().all()
    assert set(several["rows"]) == {1, 2}
