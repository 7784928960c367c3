"""Payloads of a whole constructed database: the reference's, and valid to the last one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from scrambler import synthetic
from scrambler.payload import build, cohort_size, validate
from scrambler.sinks import open_output
from scrambler.ssd import ssd
from scrambler.staging.stage_payloads import output_tables
from tests.conftest import Scrambled

from . import reference


@pytest.fixture(scope="module")
def tables() -> Mapping[str, pl.DataFrame]:
    return dict(synthetic.build(300))


@pytest.mark.parametrize("as_of", [synthetic.AS_OF, date(2025, 3, 30), date(2024, 2, 29)])
def test_payloads_are_the_reference_s_and_valid(
    tables: Mapping[str, pl.DataFrame], as_of: date
) -> None:
    frames = {table: frame.lazy() for table, frame in tables.items()}
    built = build(frames, as_of)
    payloads = [json.loads(text) for text in built["json_payload"]]
    rows = {table: frame.to_dicts() for table, frame in tables.items()}
    assert {row["la_child_id"]: row for row in payloads} == reference.build(rows, as_of)
    assert len(payloads) == cohort_size(frames, as_of) > 100
    assert validate(built["json_payload"]).rows() == []


def test_payloads_of_scrambled_dirt_are_the_reference_s_and_valid(dirty: Scrambled) -> None:
    tables = output_tables(open_output(dirty.out))
    people = tables["ssd_person"].collect()
    assert set(people["pers_ethnicity"]) & set(ssd().code_lists["ethnicity"].labels)
    built = build(tables, synthetic.AS_OF)
    rows = {table: frame.collect().to_dicts() for table, frame in tables.items()}
    expected = reference.build(rows, synthetic.AS_OF)
    payloads = [json.loads(text) for text in built["json_payload"]]
    assert {row["la_child_id"]: row for row in payloads} == expected
    assert validate(built["json_payload"]).rows() == []
