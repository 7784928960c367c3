"""Deltas from end to end: known changes in the source, known counts, the changed rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scrambler import api
from scrambler.ssd.working_days import bank_holidays
from tests.outputs import Tables, hashes_of, manifest_of
from tests.run.delta.conftest import TABLES, Rows, Town, counts, rows_of

PEOPLE = {
    "ssd_person": "pers_person_id",
    "ssd_address": "addr_person_id",
    "ssd_disability": "disa_person_id",
    "ssd_contacts": "cont_person_id",
    "ssd_cla_episodes": "clae_person_id",
    "ssd_send": "send_person_id",
}


def later(column: str, *rows: int) -> pl.Expr:
    """Move a date of these rows of the source by a week: a day may be lost in a weekend."""
    chosen = pl.int_range(pl.len()).is_in(rows)
    return pl.when(chosen).then(pl.col(column).dt.offset_by("1w")).otherwise(pl.col(column))


def working_days_between(first: pl.Series, last: pl.Series) -> list[int]:
    """The working days after the first day up to the last, by NumPy's own calendar."""
    ends = [day.cast(pl.Date).to_numpy().astype("datetime64[D]") + 1 for day in (first, last)]
    return [int(one) for one in np.busday_count(*ends, holidays=bank_holidays())]


def in_state(changes: pl.DataFrame, *states: str) -> Rows:
    return rows_of(changes.filter(pl.col("row_state").is_in(states)).drop("row_state"))


def check_changes(town: Town, run: str, before: Tables, changed: dict[str, dict[str, int]]) -> None:
    """What a run wrote leads from the old tables to the new ones, which are a full run's."""
    assert {path.name for path in (town.out / "changes" / run).glob("*")} == changed.keys()
    for table, frame in town.tables().items():
        now, then = rows_of(frame), rows_of(before[table])
        come, gone = now - then, then - now
        if table not in changed:
            assert not come
            assert not gone
            continue
        rows = town.changes(run, table)
        assert {s: rows.filter(row_state=s).height for s in counts()} == changed[table]
        assert in_state(rows, "New", "Updated") == come
        assert in_state(rows, "Deleted") <= gone
        assert rows.columns == [*frame.columns, "row_state"]
    full = town.folder / f"full-{run}"
    api.run(str(town.source), full, epoch=town.epoch, verify=False)
    assert hashes_of(full) == hashes_of(town.out)


def test_no_change_gives_an_empty_delta_and_the_same_bytes(town: Town) -> None:
    before = town.files()
    assert town.changed() == {}
    after = town.files()
    assert before.keys() == after.keys()
    assert {path for path in before if before[path] != after[path]} == {"manifest.json"}
    (entry,) = manifest_of(town.out)["changes"]
    assert entry["run"] == "000001"
    assert entry["tables"] == {table: counts() | {"files": []} for table in TABLES}


def test_new_rows(town: Town) -> None:
    before = town.tables()
    town.edit(
        "ssd_address",
        lambda rows: pl.concat(
            [rows, rows.head(3).with_columns(pl.col("addr_table_id").cast(pl.String) + "77")]
        ),
    )
    changed = town.changed()
    assert changed == {"ssd_address": counts(new=3)}
    check_changes(town, "000001", before, changed)


def test_rows_whose_key_comes_to_repeat_are_told_from_those_that_were_there(town: Town) -> None:
    """Finding 11: old rows of such a key were written Deleted and New, equal to the byte."""
    for run, table in enumerate(("ssd_disability", "ssd_cla_episodes"), 1):
        before = town.tables()
        town.edit(table, lambda rows: pl.concat([rows, rows.head(2)]))
        changed = town.changed()
        assert changed[table]["New"] == 2
        assert changed[table]["Deleted"] == 0
        check_changes(town, f"{run:06}", before, changed)


def test_the_deleted_come_first(town: Town) -> None:
    """Whoever applies changes in order by what rows hold would else lose what came."""
    town.edit(
        "ssd_contacts",
        lambda rows: rows.with_columns(
            cont_contact_id=pl.when(pl.int_range(pl.len()) < 3)
            .then(pl.col("cont_contact_id").cast(pl.String) + "9")
            .otherwise("cont_contact_id")
        ),
    )
    assert town.changed() == {"ssd_contacts": counts(new=3, deleted=3)}
    states = town.changes("000001", "ssd_contacts")["row_state"].to_list()
    assert states == ["Deleted"] * 3 + ["New"] * 3


def test_changed_rows(town: Town) -> None:
    before, original = town.tables(), town.read("ssd_contacts")["cont_contact_date"]
    chosen = (0, 5, 9, original.len() - 1)
    town.edit("ssd_contacts", lambda rows: rows.with_columns(later("cont_contact_date", *chosen)))
    changed = town.changed()
    assert changed == {"ssd_contacts": counts(updated=4)}
    check_changes(town, "000001", before, changed)
    pairs = town.changes("000001", "ssd_contacts").join(
        before["ssd_contacts"], on="cont_contact_id"
    )
    # As many working days as the week of the source had: five, less bank holidays.
    was = original.gather(chosen)
    due = working_days_between(was, was.dt.offset_by("1w"))
    found = working_days_between(pairs["cont_contact_date_right"], pairs["cont_contact_date"])
    assert sorted(found) == sorted(due)


def test_removed_rows_are_told_as_they_were(town: Town) -> None:
    before = town.tables()
    town.edit("ssd_contacts", lambda rows: pl.concat([rows.head(10), rows.slice(15)]))
    changed = town.changed()
    assert changed == {"ssd_contacts": counts(deleted=5)}
    check_changes(town, "000001", before, changed)
    gone = town.changes("000001", "ssd_contacts")
    same = [one for one in before["ssd_contacts"].columns if one in gone.columns]
    assert (
        gone.height
        == gone.join(before["ssd_contacts"], on=same, how="semi", nulls_equal=True).height
    )


def test_rows_that_come_back_are_new_and_as_they_were(town: Town) -> None:
    first, rows = town.files("tables"), town.read("ssd_contacts")
    town.edit("ssd_contacts", lambda rows: rows.slice(4))
    assert town.changed() == {"ssd_contacts": counts(deleted=4)}
    gone = town.files("changes")
    town.edit("ssd_contacts", lambda _: rows)
    before = town.tables()
    changed = town.changed()
    assert changed == {"ssd_contacts": counts(new=4)}
    check_changes(town, "000002", before, changed)
    assert town.files("tables") == first
    assert gone.items() <= town.files("changes").items()
    assert [entry["run"] for entry in manifest_of(town.out)["changes"]] == ["000001", "000002"]


def test_everything_at_once_and_the_rest_untouched(town: Town) -> None:
    before, files = town.tables(), town.files("tables")
    town.edit(
        "ssd_contacts",
        lambda rows: pl.concat(
            [
                rows.slice(2).with_columns(later("cont_contact_date", 0)),
                rows.head(1).with_columns(cont_contact_id=pl.lit("987654321")),
            ]
        ),
    )
    town.edit("ssd_address", lambda rows: rows.slice(1))
    changed = town.changed()
    assert changed == {
        "ssd_contacts": counts(new=1, updated=1, deleted=2),
        "ssd_address": counts(deleted=1),
    }
    check_changes(town, "000001", before, changed)
    after = town.files("tables")
    touched = {Path(path).parent.name for path in after if after[path] != files[path]}
    assert touched == {"ssd_contacts", "ssd_address"}


def test_a_parent_that_moves_to_another_child_takes_its_rows_along(town: Town) -> None:
    before = town.tables()
    requests = town.read("ssd_ehcp_requests").filter(pl.col("ehcr_ehcp_req_date").is_not_null())
    parent = requests["ehcr_send_table_id"][0]
    moved = requests.filter(pl.col("ehcr_send_table_id") == parent)
    below = town.read("ssd_ehcp_assessment").filter(
        pl.col("ehca_ehcp_request_id").is_in(moved["ehcr_ehcp_request_id"].implode())
        & pl.col("ehca_ehcp_assessment_outcome_date").is_not_null()
    )
    own = town.read("ssd_send").filter(pl.col("send_table_id") == parent)["send_person_id"][0]
    other = next(p for p in town.read("ssd_person")["pers_person_id"] if p != own)
    town.edit(
        "ssd_send",
        lambda rows: rows.with_columns(
            send_person_id=pl.when(pl.col("send_table_id") == parent)
            .then(pl.lit(other))
            .otherwise("send_person_id")
        ),
    )
    changed = town.changed()
    assert changed["ssd_send"] == counts(updated=1)
    assert changed["ssd_ehcp_requests"] == counts(updated=moved.height)
    assert changed.get("ssd_ehcp_assessment", counts()) == counts(updated=below.height)
    check_changes(town, "000001", before, changed)


def test_a_changed_person_touches_nobody_else(town: Town) -> None:
    before = town.tables()
    town.edit("ssd_person", lambda rows: rows.with_columns(later("pers_dob", 7)))
    changed = town.changed()
    assert changed["ssd_person"] == counts(updated=1)
    check_changes(town, "000001", before, changed)
    person = town.changes("000001", "ssd_person")["pers_person_id"]
    for table in changed.keys() & PEOPLE.keys():
        assert town.changes("000001", table)[PEOPLE[table]].is_in(person.implode()).all()


def test_batches_do_not_matter(town: Town) -> None:
    state = pl.read_parquet(town.out / "state" / "ssd_contacts" / "*.parquet")
    assert town.changed(batch_rows=50) == {}
    assert pl.read_parquet(town.out / "state" / "ssd_contacts" / "*.parquet").equals(state)


def test_another_order_of_the_source_is_no_change(town: Town) -> None:
    town.edit("ssd_contacts", lambda rows: rows.reverse())
    assert town.changed() == {}


def test_rows_without_keys_or_with_one_key_are_counted_as_often_as_they_occur(town: Town) -> None:
    no_key = pl.lit(None, pl.String).alias("cont_contact_id")
    contacts = town.read("ssd_contacts")
    first = contacts.head(1)
    # Two rows of one key, two equal rows, two equal rows without a key.
    dirt = pl.concat(
        [
            first.with_columns(later("cont_contact_date", 0)),
            contacts[1:2],
            contacts[2:3].with_columns(no_key),
            contacts[2:3].with_columns(no_key),
        ]
    )
    town.edit("ssd_contacts", lambda rows: pl.concat([rows, dirt]))
    before = town.tables()
    changed = town.changed()
    assert changed == {"ssd_contacts": counts(new=4)}
    check_changes(town, "000001", before, changed)
    assert town.changed() == {}
    before = town.tables()
    town.edit("ssd_contacts", lambda rows: rows.slice(1).head(rows.height - 2))
    changed = town.changed()
    assert changed == {"ssd_contacts": counts(deleted=2)}
    check_changes(town, "000003", before, changed)


def test_a_table_that_was_empty_and_is_so_again(town: Town) -> None:
    rows = town.read("ssd_disability")
    town.edit("ssd_disability", lambda rows: rows.clear())
    assert town.changed() == {"ssd_disability": counts(deleted=rows.height)}
    assert town.changed() == {}
    town.edit("ssd_disability", lambda _: rows)
    assert town.changed() == {"ssd_disability": counts(new=rows.height)}


def test_the_state_holds_numbers_only_and_none_without_an_epoch_file(town: Town) -> None:
    for table, frame in town.tables().items():
        state = pl.read_parquet(town.out / "state" / table / "*.parquet")
        assert state.schema == {"key": pl.UInt64, "fingerprint": pl.Binary}
        assert state.height == frame.height
        assert set(state["fingerprint"].bin.size().to_list()) == {16}
    town.run(delta=False, epoch=None, replace=True)
    assert not (town.out / "state").exists()
    assert all(not table["state"] for table in manifest_of(town.out)["tables"].values())


def test_a_disk_without_links_keeps_earlier_changes_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    town.edit("ssd_contacts", lambda rows: rows.slice(1))
    town.run()
    changes = town.files("changes")
    monkeypatch.setattr("os.link", refuse)
    assert town.changed() == {}
    assert town.files("changes") == changes


def test_post_run_verification_knows_every_file(town: Town) -> None:
    town.edit("ssd_contacts", lambda rows: rows.slice(1))
    town.run()
    named, others, *_ = api.verify(str(town.source), town.out).checks
    # Rows and state of each table, one file of changes, and the description.
    assert (named.examined, named.failures) == (2 * len(TABLES) + 2, 0)
    assert others.passed
    (town.out / "changes" / "000001" / "stray.parquet").write_bytes(b"")
    named, others, *_ = api.verify(str(town.source), town.out).checks
    assert named.passed
    assert others.failures == 1


def test_a_number_in_changes_that_a_later_source_holds_is_emptied(town: Town) -> None:
    """It was invented, and now it is somebody's: of earlier changes, and of rows that are gone."""
    people = town.read("ssd_person").drop_nulls("pers_upn")["pers_person_id"].to_list()
    leaver, mover, other = people[:3]
    changed = pl.col("pers_person_id").is_in([leaver, mover])
    legacy = pl.col("pers_legacy_id") + pl.when(changed).then(pl.lit("x")).otherwise(pl.lit(""))
    town.edit("ssd_person", lambda rows: rows.with_columns(pers_legacy_id=legacy))
    town.run()
    first = town.changes("000001", "ssd_person")
    given = first.filter(pl.col("row_state") == "Updated")["pers_upn"].drop_nulls().to_list()
    assert len(given) == 2
    old = town.files("changes/000001")

    upn = pl.col("pers_upn")
    others = {other: given[0], people[3]: given[1]}
    known = pl.col("pers_person_id").replace_strict(others, default=None)
    town.edit(
        "ssd_person",
        lambda rows: rows.filter(pl.col("pers_person_id") != leaver).with_columns(
            pl.coalesce(known, upn).alias("pers_upn")
        ),
    )
    town.run()
    for run in ("000001", "000002"):
        rows = town.changes(run, "ssd_person")
        assert not {*rows["pers_upn"]} & {*given}
    # Nothing else is another than it was.
    after = town.changes("000001", "ssd_person")
    assert_frame_equal(after.drop("pers_upn"), first.drop("pers_upn"))
    assert after["pers_upn"].null_count() == first["pers_upn"].null_count() + 2
    assert town.files("changes/000001").keys() == old.keys()
    checks = api.verify(str(town.source), town.out).checks
    assert [check.what for check in checks if not check.passed] == []
