"""Identifiers that differ in case alone: one or two, as the epoch's first run settles it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.errors import EpochError
from scrambler.keys import epoch as epochs
from scrambler.keys import epoch_file
from tests.command import Command
from tests.outputs import manifest_of, tables_of

PERSON, CONTACT, BACK = "pers_person_id", "cont_person_id", "cont_contact_id"


def _lettered(column: str) -> pl.Expr:
    return (pl.lit("A") + pl.col(column)).alias(column)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The same children: `tidy` in capitals, `mixed` with small letters and blanks in contacts."""
    folder = tmp_path_factory.mktemp("ids")
    api.fake(str(folder / "whole"), 40)
    person = pl.read_parquet(folder / "whole/ssd_person.parquet").with_columns(_lettered(PERSON))
    contacts = pl.read_parquet(folder / "whole/ssd_contacts.parquet")
    tidy = contacts.with_columns(_lettered(CONTACT))
    mixed = tidy.with_columns(pl.col(CONTACT).str.to_lowercase() + "  ")
    for name, table in (("tidy", tidy), ("mixed", mixed)):
        (folder / name).mkdir()
        person.write_parquet(folder / name / "ssd_person.parquet")
        table.write_parquet(folder / name / "ssd_contacts.parquet")
    return {name: folder / name for name in ("tidy", "mixed")}


def _joined(out: Path) -> int:
    tables = tables_of(out)
    people, contacts = tables["ssd_person"], tables["ssd_contacts"]
    return contacts.join(people, left_on=CONTACT, right_on=PERSON, how="semi").height


def test_what_a_server_holds_equal_stays_so(sources: Mapping[str, Path], tmp_path: Path) -> None:
    exact, fold = tmp_path / "exact", tmp_path / "fold"
    report = api.run(sources["mixed"], exact)
    contacts = tables_of(exact)["ssd_contacts"].height
    assert report.verdict
    assert (report.ids, _joined(exact)) == ("exact", 0)
    ids = pl.read_parquet(sources["mixed"] / "ssd_contacts.parquet")[CONTACT].n_unique()
    assert report.verdict.case_alone == ids
    report = api.run(sources["mixed"], fold, ids="fold")
    assert report.verdict
    assert (report.ids, _joined(fold), report.verdict.case_alone) == ("fold", contacts, 0)
    assert manifest_of(fold)["ids"] == "fold"
    seen = api.verify(sources["mixed"], fold)
    assert seen.passed
    assert any("without case" in note for note in seen.notes)


def test_ids_without_small_letters_have_one_pseudonym_in_both(
    sources: Mapping[str, Path], tmp_path: Path
) -> None:
    epoch_file.create(tmp_path / "epoch")
    key = epochs.Epoch.load(tmp_path / "epoch").key
    outs = {}
    for ids in ("exact", "fold"):
        epochs.Epoch(key).save(tmp_path / "epoch")
        api.run(sources["tidy"], tmp_path / ids, epoch=tmp_path / "epoch", ids=ids)
        outs[ids] = tables_of(tmp_path / ids)["ssd_contacts"]
    assert outs["exact"].equals(outs["fold"])
    api.run(sources["mixed"], tmp_path / "mixed", epoch=tmp_path / "epoch")
    assert tables_of(tmp_path / "mixed")["ssd_contacts"][CONTACT].equals(outs["fold"][CONTACT])


def test_the_first_run_of_an_epoch_settles_it(
    sources: Mapping[str, Path], tmp_path: Path, scrambler: Command
) -> None:
    path = tmp_path / "epoch"
    epoch_file.create(path)
    assert epochs.Epoch.load(path).ids is None
    run = ("run", sources["mixed"], tmp_path / "out", "--epoch", path)
    assert "Identifiers that differ in case alone are one" in scrambler(*run, "--ids", "fold").out
    assert epochs.Epoch.load(path).ids == "fold"
    done = scrambler(*run, "--replace", "--ids", "exact")
    assert (done.code, "settled: --ids fold" in done.err) == (7, True)
    assert scrambler(*run, "--delta").code == 0
    assert epochs.Epoch.load(path).folds


def test_an_exact_run_says_how_many(
    sources: Mapping[str, Path], tmp_path: Path, scrambler: Command
) -> None:
    said = scrambler("run", sources["mixed"], tmp_path / "out").out
    assert "Identifiers that another one is but for its case: " in said
    assert "--ids fold" in said


def test_epochs_of_before_were_exact(tmp_path: Path) -> None:
    made = epochs.Epoch.new()
    made.allocations["upn/upn"] = epochs.Allocation.empty()
    made.save(tmp_path / "epoch")
    loaded = epochs.Epoch.load(tmp_path / "epoch")
    assert loaded.settle_ids(None, "fold") == "exact"
    with pytest.raises(EpochError, match="settled"):
        loaded.settle_ids("fold", None)


@pytest.mark.parametrize(
    ("asked", "of_source", "settled"),
    [(None, None, "exact"), (None, "fold", "fold"), ("exact", "fold", "exact")],
)
def test_who_settles_it(asked: epochs.Ids, of_source: epochs.Ids, settled: str) -> None:
    assert epochs.Epoch.new().settle_ids(asked, of_source) == settled
