"""What was sent and what was not: the record of what the receiver holds, between a sender's runs.

Only databases have a sender; a folder's batches are handed over as they are.
"""

from __future__ import annotations

import polars as pl
import pytest

from scrambler.errors import OutputError, VerificationError
from scrambler.payload import content_hash, deletion, partial
from scrambler.staging import MergeSettings, Staged, open_staging, stage
from scrambler.staging.table import TABLE

from .cases import CHANGES, LATER, NOW, SAMPLES, child, fail, first, rows, run, second, send

UPDATED = set(CHANGES) - {"gone"}
CHANGED = [child(way) for way in UPDATED]


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "postgresql":
        url: str = request.getfixturevalue("fresh_postgres_url")
        return url
    return f"sqlite:///{(tmp_path_factory.mktemp('sent') / 'staging.db').as_posix()}"


def of(location: str, *children: str) -> pl.DataFrame:
    return rows(open_staging(location)).filter(pl.col("person_id").is_in(children))


def test_a_deletion_is_sent_once(location: str) -> None:
    """The senders call it unchanged then; finding 1 deleted it again at every staging."""
    stage(location, [first()], NOW)
    send(location)
    assert stage(location, [second()], LATER).deleted == 1
    send(location)
    for _ in range(2):
        before = of(location, child("gone"))
        assert stage(location, [second()], LATER) == Staged(0, 0, second().height, 0)
        after = of(location, child("gone"))
        assert after["submission_status"].item() == "sent"
        assert after["row_state"].item() == "Deleted"
        assert after.drop("row_state").equals(before.drop("row_state"))


def test_those_long_gone_are_no_losses(location: str) -> None:
    stage(location, [first()], NOW)
    send(location)
    few = second().head(second().height // 3)
    stage(location, [few], LATER, MergeSettings(allow_deletions=True))
    send(location)
    assert stage(location, [few], LATER).unchanged == few.height


def test_who_was_never_sent_is_new_and_whole(location: str) -> None:
    """Finding 2: a sender recomputed a fragment from a previous payload that nobody had sent."""
    stage(location, [first()], NOW)
    staged = stage(location, [second()], LATER)
    assert staged == Staged(
        1, len(UPDATED), first().height - len(CHANGES), 0, unsent=len(UPDATED), removed=1
    )
    found = rows(open_staging(location))
    assert set(found["row_state"]) == {"New"}
    assert found["previous_json_payload"].null_count() == found.height
    assert found["partial_json_payload"].to_list() == found["json_payload"].to_list()


def test_what_changes_before_it_is_sent_is_compared_with_what_was(location: str) -> None:
    third = second().with_columns(
        pl.when(pl.col("person_id") == child("code"))
        .then(pl.col("json_payload").str.replace("REFU", "NOBT"))
        .otherwise("json_payload")
        .alias("json_payload")
    )
    third = third.with_columns(content_hash(pl.col("json_payload")).alias("current_hash"))
    stage(location, [first()], NOW)
    send(location)
    stage(location, [second()], LATER)
    assert stage(location, [third], LATER).unsent == 1
    found = of(location, *CHANGED)
    sent = first().filter(pl.col("person_id").is_in(CHANGED)).sort("person_id")
    assert found["previous_json_payload"].to_list() == sent["json_payload"].to_list()
    assert found["previous_hash"].to_list() == sent["current_hash"].to_list()
    parts = partial(found["previous_json_payload"], found["json_payload"]).payloads
    assert found["partial_json_payload"].to_list() == parts.to_list()


def test_after_a_failed_try_the_whole_is_sent(location: str) -> None:
    """The request may have arrived: nobody knows what a difference would be to."""
    stage(location, [first()], NOW)
    send(location)
    stage(location, [second()], LATER)
    fail(location)
    stage(location, [first().filter(pl.col("person_id") != child("gone"))], LATER)
    found = of(location, *CHANGED)
    assert found["previous_json_payload"].null_count() == found.height
    assert found["partial_json_payload"].to_list() == found["json_payload"].to_list()
    assert set(found["submission_status"]) == {"pending"}
    assert set(found["api_response"]) == {"timed out"}


def test_who_was_never_tried_and_is_gone_is_removed(location: str) -> None:
    """Finding 8: a purge of somebody whom the receiver never heard of."""
    stage(location, [first()], NOW)
    staged = stage(location, [second()], LATER)
    assert (staged.removed, staged.deleted) == (1, 0)
    assert not of(location, child("gone")).height


@pytest.mark.parametrize("changed_since", [False, True])
def test_who_was_tried_and_is_gone_is_purged(location: str, changed_since: bool) -> None:
    """Also after a change, which asks for another try and forgets no earlier one."""
    stage(location, [first()], NOW)
    fail(location)
    if changed_since:
        stage(location, [second()], LATER)
    left = first().filter(~pl.col("person_id").is_in(CHANGED))
    staged = stage(location, [left], LATER)
    assert (staged.removed, staged.deleted) == (int(changed_since), len(CHANGED))
    found = of(location, *CHANGED)
    sent = first().filter(pl.col("person_id").is_in(CHANGED)).sort("person_id")
    assert found["json_payload"].to_list() == deletion(sent["json_payload"]).to_list()


def test_who_comes_back_before_the_deletion_was_sent_is_compared_with_what_was(
    location: str,
) -> None:
    stage(location, [first()], NOW)
    send(location)
    left = first().filter(~pl.col("person_id").is_in(CHANGED))
    stage(location, [left], LATER)
    staged = stage(location, [second().filter(pl.col("person_id") != child("new"))], LATER)
    assert (staged.new, staged.updated) == (0, len(CHANGED))
    found = of(location, *CHANGED)
    assert set(found["row_state"]) == {"Updated"}
    sent = first().filter(pl.col("person_id").is_in(CHANGED)).sort("person_id")
    assert found["previous_json_payload"].to_list() == sent["json_payload"].to_list()


def test_who_comes_back_after_a_failed_deletion_is_whole(location: str) -> None:
    stage(location, [first()], NOW)
    send(location)
    left = first().filter(~pl.col("person_id").is_in(CHANGED))
    stage(location, [left], LATER)
    fail(location)
    stage(location, [second().filter(pl.col("person_id") != child("new"))], LATER)
    found = of(location, *CHANGED)
    assert found["previous_json_payload"].null_count() == found.height
    assert found["partial_json_payload"].to_list() == found["json_payload"].to_list()


def test_a_table_of_an_earlier_version_is_mended_once(location: str) -> None:
    """It kept the unsent as previous, and deleted the deleted again; it said Pending."""
    stage(location, [first()], NOW)
    send(location)
    stage(location, [second()], LATER)
    gone = child("gone")
    run(
        location,
        f"UPDATE {TABLE} SET previous_json_payload = json_payload WHERE person_id='{gone}'",
    )
    earlier = "submission_status = 'Pending', partial_json_payload = json_payload"
    names = ", ".join(f"'{one}'" for one in CHANGED)
    run(location, f"UPDATE {TABLE} SET {earlier} WHERE person_id IN ({names})")
    staged = stage(location, [second()], LATER)
    assert staged.mended == len(CHANGED) + 1
    found = of(location, *CHANGED)
    assert found["previous_json_payload"].null_count() == found.height
    assert set(found["submission_status"]) == {"pending"}
    assert of(location, gone)["submission_status"].item() == "sent"
    assert stage(location, [second()], LATER).mended == 0


def test_rows_whose_ids_alone_changed_are_refreshed(location: str) -> None:
    """Finding 10: the hash leaves ids out, and staged ids were those of no output any more."""
    new = first().with_columns(
        legacy_id=pl.concat_str(pl.lit("M"), "legacy_id"),
        json_payload=pl.col("json_payload").str.replace('"mis_child_id":"', '"mis_child_id":"M'),
    )
    assert new["json_payload"].str.contains('"mis_child_id":"M').all()
    stage(location, [first()], NOW)
    waiting = stage(location, [new], LATER)
    assert waiting == Staged(0, 0, first().height, 0, refreshed=first().height)
    found = rows(open_staging(location))
    assert found["partial_json_payload"].to_list() == found["json_payload"].to_list()
    assert set(found["row_state"]) == {"New"}
    send(location)
    assert stage(location, [first()], LATER).refreshed == first().height
    found = rows(open_staging(location))
    assert found["json_payload"].to_list() == first().sort("person_id")["json_payload"].to_list()
    assert found["legacy_id"].to_list() == first().sort("person_id")["legacy_id"].to_list()
    assert set(found["submission_status"]) == {"sent"}
    # The deletion names the child as the receiver knows it.
    few = first().filter(~pl.col("person_id").is_in(CHANGED))
    stage(location, [few], LATER)
    gone = of(location, *CHANGED)
    assert gone["legacy_id"].str.starts_with("M").all()


def test_nested_purges_are_sent_if_asked_for(location: str) -> None:
    for nested in (False, True):
        stage(location, [first()], NOW)
        send(location)
        staged = stage(location, [second()], LATER, MergeSettings(nested_purge=nested))
        plans = "social_care_episodes[].child_in_need_plans[]"
        assert bool(staged.removals.get(plans)) is not nested
        part = of(location, child("plan"))["partial_json_payload"].item()
        assert ('"purge":true' in part) is nested
        send(location)


def test_a_row_called_deleted_whose_child_is_there_is_updated(location: str) -> None:
    """A sender would make a deletion of it, whatever its payload is."""
    stage(location, [first()], NOW)
    send(location)
    run(location, f"UPDATE {TABLE} SET row_state = 'deleted' WHERE person_id = '{child('code')}'")
    assert stage(location, [first()], LATER).updated == 1
    assert of(location, child("code"))["row_state"].item() == "Updated"


def test_a_table_that_the_field_s_builder_emptied_is_known(location: str) -> None:
    """Finding 4: on every run it empties the table and puts its samples there."""
    stage(location, [first()], NOW)
    send(location)
    for after in ([], [SAMPLES]):
        for statement in (f"DELETE FROM {TABLE}", *after):
            run(location, statement)
        for settings in (MergeSettings(), MergeSettings(allow_deletions=True)):
            with pytest.raises(VerificationError, match="--restage sent"):
                stage(location, [second()], LATER, settings)
    restaged = stage(location, [first()], LATER, MergeSettings(restage="sent"))
    assert restaged == Staged(0, 0, first().height, 0)
    # Nothing is sent twice, and changes count from there.
    found = rows(open_staging(location))
    assert set(found["submission_status"]) == {"sent"}
    assert found["person_id"].to_list() == first()["person_id"].sort().to_list()
    staged = stage(location, [second()], LATER)
    assert (staged.new, staged.updated, staged.deleted) == (1, len(UPDATED), 1)


def test_a_table_can_be_filled_again_to_be_sent_again(location: str) -> None:
    stage(location, [first()], NOW)
    run(location, f"DELETE FROM {TABLE}")
    again = MergeSettings(restage="pending")
    assert stage(location, [first()], LATER, again) == Staged(first().height, 0, 0, 0)
    # What the receiver may hold is purged, not forgotten.
    assert stage(location, [second()], LATER).deleted == 1
    with pytest.raises(OutputError, match="is for a table that was emptied"):
        stage(location, [first()], LATER, again)


def test_samples_beside_children_are_removed(location: str) -> None:
    stage(location, [first()], NOW)
    run(location, SAMPLES.replace("(1,", "(100001,").replace("(2,", "(100002,"))
    assert stage(location, [first()], LATER).unchanged == first().height
    assert not of(location, "Child0034", "Child2234").height


def test_a_column_of_another_type_is_named(fresh_postgres_url: str) -> None:
    stage(fresh_postgres_url, [first()], NOW)
    change = "ALTER COLUMN previous_json_payload TYPE jsonb USING NULL"
    run(fresh_postgres_url, f"ALTER TABLE {TABLE} {change}")
    with pytest.raises(OutputError, match=r"previous_json_payload is of the type jsonb"):
        stage(fresh_postgres_url, [first()], NOW)
