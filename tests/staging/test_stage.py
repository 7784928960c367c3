"""The merge: what is new, changed, the same and gone, on every kind of place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import adbc_driver_sqlite.dbapi
import polars as pl
import pytest

from scrambler.errors import OutputError, VerificationError
from scrambler.payload import content_hash, deletion, partial
from scrambler.staging import MergeSettings, Staged, open_staging, stage
from scrambler.staging.table import TABLE

from ..conftest import execute
from .cases import CHANGES, LATER, NOW, child, first, rows, second, send, states

UPDATED = set(CHANGES) - {"gone"}


def test_a_first_staging_is_all_new(location: str) -> None:
    staged = stage(location, first().iter_slices(17), NOW)
    found = rows(open_staging(location))
    assert staged == Staged(first().height, 0, 0, 0, 0)
    assert found["person_id"].to_list() == sorted(first()["person_id"])
    assert found["id"].to_list() == list(range(1, first().height + 1))
    for column in ("legacy_id", "json_payload", "current_hash"):
        assert found[column].to_list() == first().sort("person_id")[column].to_list()
    # Nobody has anything of a new child: the part to send is the whole.
    assert found["partial_json_payload"].to_list() == found["json_payload"].to_list()
    assert set(found["submission_status"]) == {"pending"}
    for column in (
        "previous_json_payload", "previous_hash", "submission_timestamp", "api_response",
    ):  # fmt: skip
        assert found[column].null_count() == found.height
    assert set(found["last_updated"].cast(pl.String).str.head(19)) == {"2025-05-20 10:30:00"}


def test_ten_ways_of_change_touch_ten_children(location: str) -> None:
    stage(location, [first()], NOW)
    send(location)
    before = rows(open_staging(location))
    staged = stage(location, second().iter_slices(20), LATER)
    after = rows(open_staging(location))
    same = first().height - len(CHANGES)
    plans = "social_care_episodes[].child_in_need_plans[]"
    has_sender = location.startswith(("sqlite", "postgresql"))
    assert (staged.removals.get(plans, 0) > 0) is has_sender
    assert replace(staged, removals={}) == Staged(1, len(UPDATED), same, 1, 0)
    assert states(after) == {
        "New": {child("new")},
        "Deleted": {child("gone")},
        "Updated": {child(way) for way in UPDATED},
        "Unchanged": set(first()["person_id"]) - {child(way) for way in CHANGES},
    }
    # Untouched to the byte, but for the state.
    kept = after.filter(row_state="Unchanged").drop("row_state")
    assert kept.equals(before.join(kept, on="person_id", how="semi").drop("row_state"))
    moved = after.filter(pl.col("row_state").is_in(["Updated", "Deleted"]))
    was = before.join(moved, on="person_id", how="semi")
    assert moved["id"].to_list() == was["id"].to_list()
    assert moved["previous_json_payload"].to_list() == was["json_payload"].to_list()
    assert moved["previous_hash"].to_list() == was["current_hash"].to_list()
    assert set(moved["last_updated"].cast(pl.String).str.head(19)) == {"2025-05-21 10:30:00"}
    updated = after.filter(row_state="Updated")
    sent = second().join(updated, on="person_id", how="semi").sort("person_id")
    assert updated["json_payload"].to_list() == sent["json_payload"].to_list()
    assert updated["current_hash"].to_list() == sent["current_hash"].to_list()
    parts = partial(updated["previous_json_payload"], updated["json_payload"]).payloads
    assert updated["partial_json_payload"].to_list() == parts.to_list()
    gone = after.filter(row_state="Deleted")
    assert gone["json_payload"].to_list() == deletion(gone["previous_json_payload"]).to_list()
    assert json.loads(gone["json_payload"].item()) == {
        "la_child_id": child("gone"),
        "mis_child_id": gone["legacy_id"].item(),
        "purge": True,
    }
    assert gone["current_hash"].item() == gone.select(content_hash(pl.col("json_payload"))).item()


def test_the_same_again_changes_nothing(location: str) -> None:
    stage(location, [first()], NOW)
    send(location)
    stage(location, [second()], LATER)
    send(location)
    before = rows(open_staging(location))
    staged = stage(location, second().iter_slices(1000), LATER + timedelta(days=1))
    after = rows(open_staging(location))
    assert staged == Staged(0, 0, second().height, 0, 0)
    assert after.drop("row_state").equals(before.drop("row_state"))
    # A child that is gone stays gone, and is not deleted twice.
    assert states(after) == {
        "Deleted": {child("gone")},
        "Unchanged": set(second()["person_id"]),
    }


def test_a_child_that_comes_back_is_new(location: str) -> None:
    stage(location, [first()], NOW)
    send(location)
    stage(location, [second()], LATER)
    send(location)
    staged = stage(location, [first()], LATER)
    back = rows(open_staging(location)).filter(person_id=child("gone"))
    assert (staged.new, staged.deleted) == (1, 1)
    assert back["row_state"].item() == "New"
    assert back["previous_json_payload"].item() is None
    assert back["partial_json_payload"].item() == back["json_payload"].item()


def test_everybody_may_go_if_one_says_so(location: str) -> None:
    stage(location, [first()], NOW)
    send(location)
    before = rows(open_staging(location))
    few = first().head(first().height // 2 - 1)
    for left in (first().clear(), few):
        with pytest.raises(VerificationError, match="--allow-deletions"):
            stage(location, [left], LATER)
        assert rows(open_staging(location)).equals(before)
    gone = stage(location, [few], LATER, MergeSettings(allow_deletions=True)).deleted
    assert gone == first().height - few.height
    # Half of what is left may go; those gone already do not count.
    most = few.head(few.height - few.height // 2)
    assert stage(location, [most], LATER).deleted == few.height // 2
    assert (
        stage(location, [few.clear()], LATER, MergeSettings(allow_deletions=True)).deleted
        == most.height
    )
    assert set(rows(open_staging(location))["row_state"]) == {"Deleted"}


def test_what_was_sent_goes_back_to_pending(tmp_path: Path) -> None:
    file = tmp_path / "sent.db"
    location = f"sqlite:///{file.as_posix()}"
    stage(location, [first()], NOW)
    with adbc_driver_sqlite.dbapi.connect(str(file)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET submission_status = 'sent', api_response = 'receipt', "
            "submission_timestamp = '2025-05-20 11:00:00'"
        )
        connection.commit()
    staged = stage(location, [second()], LATER)
    assert staged.unsent == 0
    after = rows(open_staging(location))
    changed = after.filter(pl.col("row_state") == "Updated")
    assert set(changed["submission_status"]) == {"pending"}
    assert changed["api_response"].null_count() == changed.height
    assert changed["submission_timestamp"].null_count() == changed.height
    same = after.filter(row_state="Unchanged")
    assert set(same["submission_status"]) == {"sent"}
    assert set(same["api_response"]) == {"receipt"}
    assert set(same["submission_timestamp"]) == {"2025-05-20 11:00:00"}


def test_an_invalid_payload_stops_all_of_them(location: str) -> None:
    stage(location, [first()], NOW)
    before = rows(open_staging(location))
    bad = second().with_columns(
        pl.when(pl.col("person_id") == child("code"))
        .then(pl.col("json_payload").str.replace('"ethnicity":"REFU"', '"ethnicity":"secret"'))
        .otherwise("json_payload")
        .alias("json_payload")
    )
    with pytest.raises(VerificationError) as caught:
        stage(location, bad.iter_slices(10), LATER)
    assert str(caught.value).splitlines() == [
        "Payloads of 1 children are not valid; nothing was staged:",
        f"$.child_details.ethnicity breaks `enum`: 1 children, such as {child('code')}",
        f"$.child_details.ethnicity breaks `maxLength`: 1 children, such as {child('code')}",
    ]
    assert "secret" not in str(caught.value)
    assert rows(open_staging(location)).equals(before)


@pytest.mark.parametrize(
    "change",
    [
        {"person_id": pl.lit("someone-else")},
        {"legacy_id": pl.lit(None)},
        {"current_hash": pl.lit(None)},
        {"json_payload": pl.lit("no json")},
    ],
)
def test_a_row_that_is_not_its_payload_s_is_refused(
    change: dict[str, pl.Expr], tmp_path: Path
) -> None:
    with pytest.raises(VerificationError, match="nothing was staged"):
        stage(str(tmp_path / "out"), [first().head(3).with_columns(**change)], NOW)
    assert not (tmp_path / "out").exists()


def test_two_payloads_of_a_child_are_refused(location: str) -> None:
    with pytest.raises(VerificationError, match="3 children have more than one payload"):
        stage(location, [first(), first().head(3)], NOW)


def test_an_error_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[pl.DataFrame]:
        yield first()
        raise OutputError("the tables went away")

    for location in (f"sqlite:///{(tmp_path / 'x.db').as_posix()}", str(tmp_path / "x")):
        with pytest.raises(OutputError, match="went away"):
            stage(location, broken(), NOW)
    assert list(tmp_path.iterdir()) == []


def test_long_and_foreign_texts_survive(location: str) -> None:
    name = 'é🧒"\\' * 15_000
    texts = (
        first()
        .head(2)
        .with_columns(
            pl.col("json_payload").str.replace(
                r'"first_name":"[^"]*"', '"first_name":' + json.dumps(name, ensure_ascii=False)
            )
        )
    )
    texts = texts.with_columns(content_hash(pl.col("json_payload")).alias("current_hash"))
    stage(location, [texts], NOW)
    found = rows(open_staging(location))
    assert json.loads(found["json_payload"][0])["child_details"]["first_name"] == name


@pytest.mark.parametrize(
    "location",
    [
        "ssd_api_data_staging",
        "out/ssd_api_data_staging.parquet",
        "postgresql://u:pw@h/db?table=SSD_API_DATA_STAGING",
        "odbc:Driver={x};Table=dbo.ssd_api_data_staging;Pwd=pw",
        "sqlite:///ssd_api_data_staging",
    ],
)
def test_the_live_table_is_refused(location: str) -> None:
    with pytest.raises(OutputError, match="never written to") as caught:
        stage(location, [first()], NOW)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("location", ["mssql://u:pw@h/db", "https://u:pw@h", "mysql://h/db"])
def test_other_places_are_refused(location: str) -> None:
    with pytest.raises(OutputError) as caught:
        open_staging(location)
    assert "pw" not in str(caught.value)


def test_a_view_onto_the_live_table_is_refused(fresh_postgres_url: str, tmp_path: Path) -> None:
    made = (
        "CREATE TABLE ssd_api_data_staging (person_id text)",
        f"CREATE VIEW {TABLE} AS SELECT * FROM ssd_api_data_staging",
    )
    execute(fresh_postgres_url, *made)
    file = tmp_path / "view.db"
    with adbc_driver_sqlite.dbapi.connect(str(file)) as connection, connection.cursor() as cursor:
        for statement in made:
            cursor.execute(statement)
        connection.commit()
    for location in (fresh_postgres_url, f"sqlite:///{file.as_posix()}"):
        with pytest.raises(OutputError, match="leads to another"):
            stage(location, [first()], NOW)


def test_rows_beyond_one_a_child_are_refused(fresh_postgres_url: str) -> None:
    stage(fresh_postgres_url, [first()], NOW)
    execute(
        fresh_postgres_url,
        f"INSERT INTO {TABLE} (person_id, json_payload) VALUES (NULL, '{{}}')",
    )
    with pytest.raises(OutputError, match="1 rows more than children"):
        stage(fresh_postgres_url, [second()], LATER)


def test_rows_of_hand_made_tests_are_merged_or_refused(fresh_postgres_url: str) -> None:
    stage(fresh_postgres_url, [first()], NOW)
    execute(
        fresh_postgres_url,
        f"INSERT INTO {TABLE} (person_id, json_payload, submission_status) "
        "VALUES ('sample', 'canary no json', 'sent')",
    )
    with pytest.raises((OutputError, VerificationError)) as caught:
        stage(fresh_postgres_url, [second()], LATER)
    assert "canary" not in str(caught.value)


def test_a_time_of_day_is_written_to_the_second(tmp_path: Path) -> None:
    location = f"sqlite:///{(tmp_path / 'clock.db').as_posix()}"
    stage(location, [first()], datetime(2025, 5, 20, 10, 30, 59, 999_999))
    assert set(rows(open_staging(location))["last_updated"]) == {"2025-05-20 10:30:59"}


def test_what_another_run_committed_meanwhile_stays(tmp_path: Path) -> None:
    """Both began when there was no file; the one that aborts must not remove it."""
    location = f"sqlite:///{(tmp_path / 'shared.db').as_posix()}"

    def slow() -> Iterator[pl.DataFrame]:
        yield first().head(1)
        stage(location, [first()], NOW)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage(location, slow(), LATER)
    assert rows(open_staging(location)).height == first().height


LIVE = "ssd_api_data_staging"
LEADS = {
    "partition": (
        f"CREATE TABLE {LIVE} (LIKE anon_form) PARTITION BY LIST (row_state)",
        f"CREATE TABLE {TABLE} PARTITION OF {LIVE} DEFAULT",
    ),
    "partitioned": (
        f"CREATE TABLE {TABLE} (LIKE anon_form) PARTITION BY LIST (row_state)",
        f"CREATE TABLE {LIVE} PARTITION OF {TABLE} DEFAULT",
    ),
    "child": (
        f"CREATE TABLE {LIVE} (LIKE anon_form)",
        f"CREATE TABLE {TABLE} () INHERITS ({LIVE})",
    ),
    "parent": (
        f"CREATE TABLE {TABLE} (LIKE anon_form)",
        f"CREATE TABLE {LIVE} () INHERITS ({TABLE})",
    ),
    "rule": (
        f"CREATE TABLE {LIVE} (LIKE anon_form)",
        f"CREATE TABLE {TABLE} (LIKE anon_form)",
        f"CREATE RULE r AS ON INSERT TO {TABLE} DO ALSO INSERT INTO {LIVE} SELECT NEW.*",
    ),
    "trigger": (
        f"CREATE TABLE {TABLE} (LIKE anon_form)",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        f"CREATE TRIGGER t AFTER INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION f()",
    ),
}


@pytest.mark.parametrize("way", LEADS)
def test_only_a_plain_table_is_written(fresh_postgres_url: str, way: str) -> None:
    """A write to anything else may reach the live table."""
    stage(fresh_postgres_url, [first()], NOW)
    execute(fresh_postgres_url, f"ALTER TABLE {TABLE} RENAME TO anon_form", *LEADS[way])
    with pytest.raises(OutputError, match="leads to another"):
        stage(fresh_postgres_url, [first()], NOW)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (f"CREATE VIEW {TABLE.upper()} AS SELECT * FROM anon_form", "leads to another"),
        (
            f"CREATE TABLE {TABLE.upper()} AS SELECT * FROM anon_form; CREATE TRIGGER t AFTER "
            f"INSERT ON {TABLE.upper()} BEGIN DELETE FROM anon_form; END",
            "leads to another",
        ),
        (f"CREATE TABLE {TABLE.upper()} (id INTEGER, person_id TEXT)", "made by something else"),
    ],
)
def test_sqlite_tables_are_found_in_any_case(tmp_path: Path, made: str, said: str) -> None:
    file = tmp_path / "x.db"
    location = f"sqlite:///{file.as_posix()}"
    stage(location, [first()], NOW)
    connection = sqlite3.connect(file)
    connection.executescript(f"ALTER TABLE {TABLE} RENAME TO anon_form; {made}")
    connection.close()
    with pytest.raises(OutputError, match=said):
        stage(location, [first()], NOW)
