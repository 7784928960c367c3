"""What a delta is refused for, why, and that a refusal leaves everything as it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from scrambler.batch.dates import DateShift
from scrambler.errors import EpochError, OutputError, PolicyError, ScramblerError, UsageError
from scrambler.keys.epoch_file import create
from tests.run.delta.conftest import Town

Difference = Callable[[Town], dict[str, Any]]


def other_epoch(town: Town) -> dict[str, Any]:
    create(town.folder / "other")
    return {"epoch": town.folder / "other"}


def other_policy(town: Town) -> dict[str, Any]:
    path = town.folder / "policy.csv"
    path.write_text(
        "table,column,treatment,parameters,reason\nssd_address,addr_address_json,clear,,\n",
        encoding="utf-8",
    )
    return {"policy": path}


def table_gone(town: Town) -> dict[str, Any]:
    (town.source / "ssd_address.parquet").unlink()
    return {}


def table_come(town: Town) -> dict[str, Any]:
    empty = pl.DataFrame(schema={"moth_table_id": pl.String, "moth_person_id": pl.String})
    empty.write_parquet(town.source / "ssd_mother.parquet")
    return {}


def column_gone(town: Town) -> dict[str, Any]:
    path = town.source / "ssd_contacts.parquet"
    pl.read_parquet(path).drop("cont_contact_source_desc").write_parquet(path)
    return {}


def type_changed(town: Town) -> dict[str, Any]:
    path = town.source / "ssd_disability.parquet"
    frame = pl.read_parquet(path)
    frame.with_columns(disa_table_id=pl.int_range(1, pl.len() + 1)).write_parquet(path)
    return {}


def other_widths(town: Town) -> dict[str, Any]:
    path = town.out / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["pseudonyms"]["lengths"]["person"] -= 1
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return {}


def tables_chosen(town: Town) -> dict[str, Any]:
    return {"tables": ("ssd_person",)}


def damaged(path: str) -> Difference:
    def damage(town: Town) -> dict[str, Any]:
        file = town.out / path
        file.write_bytes(file.read_bytes()[:-7] + b"garbage")
        return {}

    return damage


def rewritten(path: str) -> Difference:
    """As many rows, of other content: what a table holds is looked at, not how long it is."""

    def rewrite(town: Town) -> dict[str, Any]:
        _scribble(town.out / path)
        return {}

    return rewrite


def _scribble(file: Path) -> None:
    schema = pq.read_schema(file)
    frame = pl.read_parquet(file).with_columns(pl.col(pl.String).str.replace_all(".", "x"))
    pq.write_table(frame.to_arrow().cast(schema), file)


def changes_rewritten(town: Town) -> dict[str, Any]:
    """What an earlier delta left, and the next one would carry over under its own manifest."""
    town.edit("ssd_contacts", lambda rows: rows.slice(3))
    town.run()
    _scribble(town.out / "changes/000001/ssd_contacts/part-00000.parquet")
    return {}


def missing(path: str) -> Difference:
    def remove(town: Town) -> dict[str, Any]:
        (town.out / path).unlink()
        return {}

    return remove


def without_state(town: Town) -> dict[str, Any]:
    manifest = town.out / "manifest.json"
    town.run(delta=False, epoch=None, replace=True)
    assert manifest.is_file()
    return {}


def other_children(town: Town) -> dict[str, Any]:
    town.run(delta=False, replace=True, children=5)
    return {}


@pytest.mark.parametrize(
    ("difference", "error", "reason"),
    [
        (other_epoch, EpochError, "same epoch"),
        (without_state, EpochError, "same epoch"),
        (lambda _: {"epoch": None}, UsageError, "--epoch"),
        (other_policy, PolicyError, "another policy"),
        (table_gone, OutputError, "ssd_address"),
        (table_come, OutputError, "ssd_mother"),
        (column_gone, OutputError, "ssd_contacts.cont_contact_source_desc"),
        (type_changed, EpochError, "Pseudonyms of disability_row"),
        (other_widths, OutputError, "other widths or types"),
        (tables_chosen, OutputError, "ssd_contacts, ssd_disability"),
        (lambda _: {"shift": DateShift(14, 121)}, OutputError, "--offset-days"),
        (lambda _: {"shift": DateShift(keep="order")}, OutputError, "--dates"),
        (lambda _: {"children": 5}, UsageError, "--children"),
        (other_children, OutputError, "--children"),
        (lambda _: {"replace": True}, UsageError, "--replace"),
        (damaged("state/ssd_send/part-00000.parquet"), OutputError, "state of ssd_send"),
        (missing("state/ssd_send/part-00000.parquet"), OutputError, "state of ssd_send"),
        (damaged("tables/ssd_send/part-00000.parquet"), OutputError, "state of ssd_send"),
        (missing("tables/ssd_send/part-00000.parquet"), OutputError, "state of ssd_send"),
        (rewritten("tables/ssd_send/part-00000.parquet"), OutputError, "state of ssd_send"),
        (changes_rewritten, OutputError, "changes of run 000001"),
        (missing("manifest.json"), OutputError, "manifest"),
    ],
)
def test_refused_with_the_reason(
    town: Town, difference: Difference, error: type[ScramblerError], reason: str
) -> None:
    options = difference(town)
    before, epoch = town.files(), town.epoch.read_bytes()
    with pytest.raises(error) as refusal:
        town.run(**options)
    assert reason in str(refusal.value)
    assert type(refusal.value) is error
    assert town.files() == before
    assert town.epoch.read_bytes() == epoch
    assert not town.out.with_name("out.incomplete").exists()


def test_there_must_be_an_output(town: Town) -> None:
    shutil.rmtree(town.out)
    with pytest.raises(OutputError, match="without --delta"):
        town.run()
    assert not town.out.exists()


def test_after_a_refusal_the_same_terms_still_work(town: Town, tmp_path: Path) -> None:
    with pytest.raises(EpochError):
        town.run(**other_epoch(town))
    assert town.changed() == {}
