"""The live table is counted and judged in memory; nothing that a row holds comes out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from scrambler.api import DateShift, Silent
from scrambler.errors import SourceError
from scrambler.phases.live_table import LIVE
from scrambler.phases.phase import Outcome, Request
from scrambler.staging.table import LIVE_TABLE as TABLE
from scrambler.synthetic import build

CANARY = "Cassowary-4417"


@pytest.fixture(scope="module")
def live() -> pl.DataFrame:
    return dict(build(200))[TABLE]


def look(folder: Path, rows: pl.DataFrame, name: str = TABLE) -> Outcome:
    rows.write_parquet(folder / f"{name}.parquet")
    return LIVE.run(Request(folder, Silent(), DateShift(), source=str(folder)))


def failed(outcome: Outcome) -> list[str]:
    return [check.what for check in outcome.checks if not check.passed]


def first(column: str, value: str | None) -> pl.Expr:
    """``column`` with ``value`` in its first row."""
    row = pl.int_range(pl.len())
    return pl.when(row == 0).then(pl.lit(value, pl.String)).otherwise(column).alias(column)


def test_rows_are_counted_by_state(live: pl.DataFrame, tmp_path: Path) -> None:
    outcome = look(tmp_path, live)
    assert outcome.passed
    by_state = live.group_by("submission_status", "row_state").len().rows()
    counts = {f"{status}.{state}".lower(): count for status, state, count in by_state}
    assert counts.items() <= outcome.counts.items()
    sent = sum(n for name, n in counts.items() if name.startswith(("pending", "error")))
    assert outcome.counts["rows"] == live.height
    assert outcome.counts["would_be_sent"] == sent > 0
    assert outcome.counts["posts"] == -(-sent // 100)


def test_states_are_compared_as_the_sender_compares_them(
    live: pl.DataFrame, tmp_path: Path
) -> None:
    shouted = live.with_columns(
        pl.col("submission_status").str.to_uppercase(), pl.col("row_state").str.pad_end(10)
    )
    assert look(tmp_path, shouted) == look(tmp_path, live)


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("json_payload", "{" + CANARY, "every payload keeps the schema"),
        ("json_payload", f'{{"{CANARY}":1}}', "every payload keeps the schema"),
        ("json_payload", None, "every payload keeps the schema"),
        ("person_id", CANARY, "ids of row and payload agree"),
        ("legacy_id", CANARY, "ids of row and payload agree"),
        ("legacy_id", None, "ids of row and payload agree"),
        ("submission_status", CANARY, "every state is a known one"),
        ("row_state", None, "every state is a known one"),
    ],
)
def test_what_is_wrong_fails_and_is_not_quoted(
    live: pl.DataFrame, tmp_path: Path, column: str, value: str | None, check: str
) -> None:
    outcome = look(tmp_path, live.with_columns(first(column, value)))
    assert failed(outcome) == [check]
    assert CANARY not in repr(outcome)


def test_a_breach_is_said_by_path_and_rule(live: pl.DataFrame, tmp_path: Path) -> None:
    broken = pl.col("json_payload").str.replace('"sex":"."', f'"sex":"{CANARY}"')
    outcome = look(tmp_path, live.with_columns(broken))
    assert outcome.counts["invalid"] == live.height
    assert any("$.child_details.sex" in note for note in outcome.notes)
    assert CANARY not in repr(outcome)


def test_two_rows_of_a_child_fail(live: pl.DataFrame, tmp_path: Path) -> None:
    assert failed(look(tmp_path, pl.concat([live, live.head(2)]))) == ["one row a child"]


def test_an_empty_table_sends_nothing(live: pl.DataFrame, tmp_path: Path) -> None:
    outcome = look(tmp_path, live.clear())
    assert failed(outcome) == ["there are rows to send"]
    assert outcome.counts["rows"] == 0


def test_what_is_left_over_is_never_read(live: pl.DataFrame, tmp_path: Path) -> None:
    leftovers = ("previous_json_payload", "partial_json_payload", "api_response", "current_hash")
    assert look(tmp_path, live.drop(leftovers)) == look(tmp_path, live)


def test_an_older_build_has_no_legacy_id(live: pl.DataFrame, tmp_path: Path) -> None:
    assert look(tmp_path, live.drop("legacy_id")) == look(tmp_path, live)


def test_the_live_table_must_be_there(live: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no table ssd_api_data_staging"):
        look(tmp_path, live, "ssd_api_data_staging_anon")
    with pytest.raises(SourceError, match="json_payload"):
        look(tmp_path, live.drop("json_payload"))
