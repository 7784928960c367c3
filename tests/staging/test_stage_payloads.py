"""From a committed output into staging: the whole cohort or nothing, and only what is whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import scrambler
from scrambler import api, phases
from scrambler.errors import EpochError, OutputError, SourceError, UsageError, VerificationError
from scrambler.keys import epoch_file
from scrambler.live_payload import stage_live
from scrambler.payload import build as build_payloads
from scrambler.sinks import open_output
from scrambler.staging import MergeSettings, review
from scrambler.staging import stage_payloads as handover
from scrambler.staging.stage_payloads import output_tables, payloads, stage_payloads
from scrambler.synthetic import AS_OF, build
from tests.outputs import manifest_of

CHILDREN = 60
FEW = ("ssd_person", "ssd_cin_episodes", "ssd_cin_assessments", "ssd_api_data_staging")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few tables of constructed children."""
    folder = tmp_path_factory.mktemp("source")
    tables = dict(build(CHILDREN, seed=3))
    for table in FEW:
        tables[table].write_parquet(folder / f"{table}.parquet")
    return folder


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "epoch"
    epoch_file.create(path)
    return path


@pytest.fixture(scope="module")
def out(source: Path, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a run. Not to be changed."""
    path = tmp_path_factory.mktemp("run") / "out"
    api.run(str(source), path, epoch=key)
    return path


def test_the_whole_cohort_is_staged_and_counted(out: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "staging")
    first = stage_payloads(str(out), target, as_of=AS_OF)
    assert first.payloads == first.counts["new"] == review(target).rows > CHILDREN / 3
    assert first.as_of == AS_OF
    again = stage_payloads(str(out), target, as_of=AS_OF)
    assert again.counts["unchanged"] == first.payloads
    assert [again.counts[state] for state in ("new", "updated", "deleted")] == [0, 0, 0]


def test_slices_make_no_difference(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = output_tables(open_output(out))
    monkeypatch.setattr(handover, "CHILDREN_A_SLICE", 7)
    slices = list(payloads(tables, AS_OF))
    assert len(slices) > 3
    assert_frame_equal(pl.concat(slices), build_payloads(tables, AS_OF))


def test_ids_that_a_source_holds_as_integers_are_text(source: Path, tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"
    numbers.mkdir()
    ids = {"ssd_person": "pers_person_id", "ssd_cin_episodes": "cine_person_id"}
    for table, column in ids.items():
        frame = pl.read_parquet(source / f"{table}.parquet")
        frame.cast({column: pl.Int32}).write_parquet(numbers / f"{table}.parquet")
    api.run(str(numbers), tmp_path / "out")
    held = pl.read_parquet(tmp_path / "out/tables/ssd_person/*.parquet")
    assert held["pers_person_id"].dtype.is_integer()
    built = pl.concat(payloads(output_tables(open_output(tmp_path / "out")), AS_OF))
    assert built.height > CHILDREN / 3
    assert set(built["person_id"]) <= set(held["pers_person_id"].cast(pl.String))


def test_a_folder_without_a_manifest_is_refused(source: Path, out: Path, tmp_path: Path) -> None:
    copied = tmp_path / "out"
    shutil.copytree(out, copied)
    (copied / "manifest.json").unlink()
    for folder in (copied, source, tmp_path / "nowhere"):
        with pytest.raises(OutputError, match="manifest"):
            stage_payloads(str(folder), str(tmp_path / "staging"), as_of=AS_OF)
    assert not (tmp_path / "staging").exists()


@pytest.mark.parametrize("damage", ["changed", "removed", "exchanged"])
def test_an_output_that_is_not_whole_is_refused(out: Path, tmp_path: Path, damage: str) -> None:
    copied = tmp_path / "out"
    shutil.copytree(out, copied)
    files = manifest_of(copied)["tables"]["ssd_person"]["files"]
    path = copied / files[0]["path"]
    if damage == "removed":
        path.unlink()
    elif damage == "changed":
        pl.read_parquet(path).head(10).write_parquet(path)
    else:
        other = manifest_of(copied)["tables"]["ssd_cin_episodes"]["files"]
        path.write_bytes((copied / other[0]["path"]).read_bytes())
    with pytest.raises(OutputError, match="ssd_person"):
        stage_payloads(str(copied), str(tmp_path / "staging"), as_of=AS_OF)


@pytest.mark.parametrize(
    ("kept", "said"),
    [({"children": 5}, "--children"), ({"tables": ["ssd_person", "ssd_cin_episodes"]}, "--tables")],
)
def test_part_of_an_output_is_no_cohort(
    source: Path, out: Path, tmp_path: Path, kept: dict[str, Any], said: str
) -> None:
    """Whoever is not in it would be Deleted, and the verdict would be PASSED."""
    target = str(tmp_path / "staging")
    staged = stage_payloads(str(out), target, as_of=AS_OF).payloads
    api.run(str(source), tmp_path / "part", **kept)
    with pytest.raises(OutputError, match=said):
        stage_payloads(
            str(tmp_path / "part"),
            target,
            as_of=AS_OF,
            settings=MergeSettings(allow_deletions=True),
        )
    assert review(target, state="New").rows == staged


def test_a_wrong_day_deletes_nobody(out: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "staging")
    staged = stage_payloads(str(out), target, as_of=AS_OF).payloads
    wrong = AS_OF.replace(year=1950)
    with pytest.raises(VerificationError, match=f"{staged} of the {staged} children"):
        stage_payloads(str(out), target, as_of=wrong)
    assert (
        stage_payloads(
            str(out), target, as_of=wrong, settings=MergeSettings(allow_deletions=True)
        ).counts["deleted"]
        == staged
    )


def test_files_that_the_manifest_does_not_name_are_not_read(out: Path, tmp_path: Path) -> None:
    copied = tmp_path / "out"
    shutil.copytree(out, copied)
    path = copied / manifest_of(copied)["tables"]["ssd_person"]["files"][0]["path"]
    shutil.copy(path, path.with_name("part-99999.parquet"))
    assert_frame_equal(
        pl.concat(payloads(output_tables(open_output(copied)), AS_OF)),
        pl.concat(payloads(output_tables(open_output(out)), AS_OF)),
    )


@pytest.mark.parametrize("source", ["mssql://jo:hunter2@db/ssd", "odbc:PWD=hunter2"])
def test_a_source_is_no_output_and_its_password_is_not_shown(source: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="--from-staging") as raised:
        stage_payloads(source, str(tmp_path / "staging"))
    assert "hunter2" not in str(raised.value)


def test_the_target_is_not_inside_the_output(out: Path) -> None:
    with pytest.raises(OutputError, match="inside"):
        stage_payloads(str(out), str(out / "staging"), as_of=AS_OF)


def test_live_payloads_are_staged_scrambled(
    source: Path, out: Path, key: Path, tmp_path: Path
) -> None:
    target = str(tmp_path / "staging")
    done = stage_live(str(source), target, epoch=key, shift=api.DateShift())
    live = pl.read_parquet(source / "ssd_api_data_staging.parquet")
    staged = pl.read_parquet(tmp_path / "staging/*.parquet")
    assert done.as_of is None
    assert live.height >= done.payloads == done.counts["new"] == staged.height > CHILDREN / 3
    assert not set(staged["person_id"]) & set(live["person_id"])
    # The same child has the same id by either road.
    people = pl.read_parquet(out / "tables/ssd_person/*.parquet")["pers_person_id"]
    assert set(staged["person_id"]) <= set(people)


def test_a_live_table_must_be_there(out: Path, key: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="ssd_api_data_staging"):
        stage_live(str(out), str(tmp_path / "staging"), epoch=key, shift=api.DateShift())


def test_the_epoch_file_stays_out_of_the_target(source: Path, tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    epoch_file.create(tmp_path / "staging/epoch")
    with pytest.raises(EpochError, match="lies in"):
        stage_live(
            str(source),
            str(tmp_path / "staging"),
            epoch=tmp_path / "staging/epoch",
            shift=api.DateShift(),
        )


def test_the_package_offers_them_all() -> None:
    assert scrambler.stage_payloads is stage_payloads
    assert scrambler.stage_live is stage_live
    assert scrambler.review is review
    assert scrambler.run_phase is phases.run_phase
    assert scrambler.phase_ledger is phases.phase_ledger


def test_order_only_dates_come_by_the_live_road_too(
    source: Path, key: Path, tmp_path: Path
) -> None:
    staged = []
    for dates in ("intervals", "order"):
        stage_live(
            str(source),
            str(tmp_path / dates),
            epoch=key,
            shift=api.DateShift(keep="order" if dates == "order" else "intervals"),
        )
        staged.append(pl.read_parquet(tmp_path / dates / "*.parquet").sort("person_id"))
    assert staged[0]["person_id"].equals(staged[1]["person_id"])
    assert not staged[0]["json_payload"].equals(staged[1]["json_payload"])
    with pytest.raises(UsageError, match="--offset-days"):
        stage_live(
            str(source), str(tmp_path / "no"), epoch=key, shift=api.DateShift(14, 20, "order")
        )


def test_a_manifest_without_its_parts_is_refused(out: Path, tmp_path: Path) -> None:
    copied = tmp_path / "out"
    shutil.copytree(out, copied)
    for content in ("{}", "[]", '{"tables": {}}', ""):
        (copied / "manifest.json").write_text(content)
        with pytest.raises(OutputError, match="manifest"):
            stage_payloads(str(copied), str(tmp_path / "staging"), as_of=AS_OF)
