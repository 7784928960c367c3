from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from scrambler.errors import VerificationError
from scrambler.payload import build, build_slices, validate

from . import reference
from .samples import AS_OF, HOSTILE, Rows, frames, sample


def parsed(rows: Rows, as_of: date = AS_OF) -> dict[str, Any]:
    built = build(frames(rows), as_of)
    return {row["la_child_id"]: row for row in map(json.loads, built["json_payload"])}


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(
    "as_of",
    [
        pytest.param(day, marks=pytest.mark.battery("rounds", f"payloads of {day}"), id=str(day))
        for day in (AS_OF, date(2025, 1, 15), date(2024, 2, 29), date(2023, 4, 1))
    ],
)
def test_every_payload_is_the_reference_s(seed: int, as_of: date) -> None:
    rows = sample(seed)
    assert parsed(rows, as_of) == reference.build(rows, as_of)


def test_texts_are_canonical_and_keep_the_order_of_the_facts() -> None:
    for seed in range(6):
        rows = sample(seed)
        expected = reference.build(rows, AS_OF)
        built = build(frames(rows), AS_OF)
        for text in built["json_payload"]:
            payload = json.loads(text)
            # The reference names its keys in the order of payload_fields.csv.
            assert json.dumps(payload) == json.dumps(expected[payload["la_child_id"]])
            assert json.dumps(payload, ensure_ascii=False, separators=(",", ":")) == text


def test_the_order_in_which_rows_arrive_changes_nothing() -> None:
    rows = sample(3)
    backwards = {table: found[::-1] for table, found in rows.items()}
    assert build(frames(rows), AS_OF).equals(build(frames(backwards), AS_OF))


@pytest.mark.parametrize("slices", [1, 2, 7, 1000])
def test_slices_add_up_to_the_whole(slices: int) -> None:
    tables = frames(sample(4))
    parts = list(build_slices(tables, AS_OF, slices))
    assert pl.concat(parts).equals(build(tables, AS_OF))
    assert max(map(len, parts)) == -(-sum(map(len, parts)) // slices)


def test_parquet_is_read_as_memory_is(tmp_path: Any) -> None:
    tables = frames(sample(5))
    for table, frame in tables.items():
        frame.sink_parquet(tmp_path / f"{table}.parquet")
    scanned = {table: pl.scan_parquet(tmp_path / f"{table}.parquet") for table in tables}
    assert build(scanned, AS_OF).equals(build(tables, AS_OF))


def test_columns_and_types() -> None:
    built = build(frames(sample(1)), AS_OF)
    assert dict(built.schema) == {
        "person_id": pl.String,
        "legacy_id": pl.String,
        "json_payload": pl.String,
        "current_hash": pl.Binary,
    }
    assert set(built["current_hash"].bin.size()) == {32}
    for row in built.iter_rows(named=True):
        payload = json.loads(row["json_payload"])
        assert row["person_id"] == payload["la_child_id"]
        assert row["legacy_id"] == payload.get("mis_child_id")


def test_the_hash_is_of_the_payload_without_ids() -> None:
    def without_ids(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without_ids(v) for k, v in value.items() if not k.endswith("_id")}
        return [without_ids(item) for item in value] if isinstance(value, list) else value

    for row in build(frames(sample(2)), AS_OF).iter_rows(named=True):
        text = json.dumps(
            without_ids(json.loads(row["json_payload"])), ensure_ascii=False, separators=(",", ":")
        )
        assert row["current_hash"] == hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_was(text: str) -> None:
    rows = child(pers_forename=text, pers_surname=text * 3)
    details = parsed(rows)["p1"]["child_details"]
    assert (details["first_name"], details["surname"]) == (text, text * 3)


def test_an_empty_database_has_no_payloads() -> None:
    built = build({}, AS_OF)
    assert built.height == 0
    assert built.columns == ["person_id", "legacy_id", "json_payload", "current_hash"]


def test_absent_tables_and_columns_leave_keys_out() -> None:
    assert parsed(child()) == {
        "p1": {
            "la_child_id": "p1",
            "purge": False,
            "child_details": {
                "date_of_birth": "2015-06-01",
                "sex": "U",
                "disabilities": ["NONE"],
                "uasc_flag": False,
                "purge": False,
            },
            "social_care_episodes": [
                {"social_care_episode_id": "r1", "referral_date": "2024-05-01", "purge": False}
            ],
        }
    }


def test_the_first_payload_of_the_facts_by_hand() -> None:
    rows = child(pers_legacy_id=" L1 ", pers_sex="F", pers_ethnicity="WBRI") | {
        "ssd_sdq_scores": [
            {
                "csdq_person_id": "p1",
                "csdq_sdq_completed_date": datetime(2024, 6, 14),
                "csdq_sdq_score": 20,
            }
        ]
    }
    assert build(frames(rows), AS_OF)["json_payload"].to_list() == [
        '{"la_child_id":"p1","mis_child_id":"L1","purge":false,'
        '"child_details":{"date_of_birth":"2015-06-01","sex":"F","ethnicity":"WBRI",'
        '"disabilities":["NONE"],"uasc_flag":false,"purge":false},'
        '"health_and_wellbeing":{"sdq_assessments":[{"date":"2024-06-14","score":20}],'
        '"purge":false},'
        '"social_care_episodes":[{"social_care_episode_id":"r1","referral_date":"2024-05-01",'
        '"purge":false}]}'
    ]


def test_ids_that_the_cut_makes_one_are_refused_without_being_named() -> None:
    rows = child()
    twins = [rows["ssd_person"][0] | {"pers_person_id": "q" * 20 + tail} for tail in ("one", "two")]
    referrals = [
        rows["ssd_cin_episodes"][0]
        | {"cine_person_id": twin["pers_person_id"], "cine_referral_id": f"r{number}"}
        for number, twin in enumerate(twins)
    ]
    tables = frames({"ssd_person": twins, "ssd_cin_episodes": referrals})
    with pytest.raises(VerificationError, match="1 children") as raised:
        build(tables, AS_OF)
    assert "qqq" not in str(raised.value)


def test_hexadecimal_ids_make_valid_payloads_without_0x() -> None:
    """Scrambled ids are hexadecimal; everything else here is what the schema takes."""
    hexed = {
        table: [
            {
                name: hashlib.sha256(value.encode()).hexdigest()[:20]
                if name.endswith("_id") and isinstance(value, str) and "role" not in name
                else value
                for name, value in row.items()
            }
            for row in found
        ]
        for table, found in child(pers_legacy_id="L", pers_upn="un3").items()
    }
    payloads = build(frames(hexed), AS_OF)["json_payload"]
    assert validate(payloads).height == 0
    ids = re.findall(r'_id":"([^"]*)"', "".join(payloads))
    assert len(ids) == 3
    assert not any("0x" in value.lower() for value in ids)


def child(**person: Any) -> Rows:
    """One child with one open referral; every other table and column is absent."""
    return {
        "ssd_person": [{"pers_person_id": "p1", "pers_dob": datetime(2015, 6, 1)} | person],
        "ssd_cin_episodes": [
            {
                "cine_referral_id": "r1",
                "cine_person_id": "p1",
                "cine_referral_date": datetime(2024, 5, 1),
                "cine_close_date": None,
            }
        ],
    }
