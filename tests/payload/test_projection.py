from __future__ import annotations

import hashlib
import json
import re

import polars as pl
import pytest

from scrambler.payload import content_hash, projection, schema
from scrambler.payload.projection import SYSTEM_IDS

from .samples import HOSTILE


def projected(text: str | None) -> str | None:
    found: str | None = pl.DataFrame({"x": [text]}).select(projection(pl.col("x"))).item()
    return found


def test_the_ids_of_the_schema_go_but_a_worker_s() -> None:
    keys = set(re.findall(r'"([a-z0-9_]+_id)"', json.dumps(schema()["properties"])))
    assert keys - {"worker_id"} == set(SYSTEM_IDS)


def test_another_worker_is_a_change() -> None:
    texts = [f'{{"care_worker_details":[{{"worker_id":"{swe}"}}]}}' for swe in ("SW1", "SW2")]
    one, other = pl.DataFrame({"x": texts}).select(content_hash(pl.col("x"))).to_series()
    assert one != other


def test_every_system_id_goes_and_nothing_else() -> None:
    text = (
        '{"la_child_id":"a","mis_child_id":"b","purge":false,"social_care_episodes":'
        '[{"social_care_episode_id":"c","care_worker_details":'
        '[{"worker_id":"d","start_date":"2020-01-01"},{"worker_id":"e"}],"purge":false}]}'
    )
    assert projected(text) == (
        '{"purge":false,"social_care_episodes":'
        '[{"care_worker_details":'
        '[{"worker_id":"d","start_date":"2020-01-01"},{"worker_id":"e"}],"purge":false}]}'
    )


@pytest.mark.parametrize(
    "text", [*HOSTILE, '"a_id":"x",', 'x_id":"y', "_id", 'ends with \\"_id":"', "a_id"]
)
def test_a_text_that_looks_like_an_id_stays(text: str) -> None:
    [inside] = (
        pl.DataFrame({"first_name": [text]}).select(pl.struct("first_name").struct.json_encode())
    ).to_series()
    with_id = '{"la_child_id":"p1",' + inside[1:]
    assert projected(with_id) == inside


def test_the_hash_is_sha256_of_utf8_text() -> None:
    texts = [
        '{"la_child_id":"a","first_name":"Zoë"}',
        '{"la_child_id":"b","first_name":"Zoë"}',
        None,
    ]
    found = pl.DataFrame({"x": texts}).select(content_hash(pl.col("x"))).to_series().to_list()
    digest = hashlib.sha256('{"first_name":"Zoë"}'.encode()).digest()
    assert found == [digest, digest, None]
