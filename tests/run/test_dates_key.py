"""Releases of several epochs under one dates key: dates agree, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kernels.digest import digest
from scrambler import api, synthetic
from scrambler.batch import Batch
from scrambler.batch.dates import DateShift, Keep
from scrambler.errors import EpochError, OutputError, VerificationError
from scrambler.keys import dates_key, epoch_file
from scrambler.keys.dates_key import DatesKey
from scrambler.run.prescan import facts
from tests.outputs import manifest_of
from tests.pairing import in_order_of_output

TABLES = ("ssd_person", "ssd_cin_episodes", "ssd_cin_assessments", "ssd_permanence")

Release = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    for name, frame in synthetic.build(80):
        if name in TABLES:
            frame.write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture
def key(tmp_path: Path) -> Path:
    dates_key.create(tmp_path / "dates.key")
    return tmp_path / "dates.key"


def release(source: Path, folder: Path, name: str, key: Path | None, keep: Keep) -> Release:
    """The tables of an epoch of its own, rows in the order of their true keys."""
    epoch, out, shift = folder / f"{name}.epoch", folder / name, DateShift(keep=keep)
    epoch_file.create(epoch)
    report = api.run(source, out, epoch=epoch, dates_key=key, shift=shift)
    assert report.verdict is not None
    assert report.verdict.passed
    assert report.dates_key == (key is not None)
    found = {}
    for table, rows in in_order_of_output(source, epoch, shift).items():
        after = pl.read_parquet(out / f"tables/{table}/*.parquet")
        order = rows.select(pl.struct(pl.all()).rank("ordinal")).to_series().arg_sort()
        found[table] = after[order]
    return found


def alike(one: Release, other: Release) -> tuple[float, int]:
    """The share of days that are equal, and how many ids are; clocks are those of each epoch."""
    dates, ids = [], 0
    for table, rows in one.items():
        for column, values in rows.to_dict(as_series=True).items():
            if values.dtype.is_temporal():
                days = values.cast(pl.Date) == other[table][column].cast(pl.Date)
                dates += days.drop_nulls().to_list()
            elif column.endswith("_id"):
                ids += len({*values.drop_nulls()} & {*other[table][column].drop_nulls()})
    return float(np.mean(dates)), ids


@pytest.mark.parametrize("keep", ["working-days", "order"])
def test_releases_under_one_key_agree_in_dates_alone(
    keep: Keep, source: Path, key: Path, tmp_path: Path
) -> None:
    first, second = (release(source, tmp_path, name, key, keep) for name in ("one", "two"))
    assert alike(first, second) == (1.0, 0)
    if keep == "order":
        other = release(source, tmp_path, "three", None, keep)
        share, ids = alike(first, other)
        assert share < 0.3  # 1 or 2 in 100 by chance, but for those that hold no real day
        assert ids == 0


def test_the_check_stops_dates_that_follow_from_another_key(
    source: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Batch, "movers", lambda batch, subjects: subjects)
        with pytest.raises(VerificationError, match="not moved by their child's days"):
            api.run(source, tmp_path / "out", dates_key=key)
    # The children of the index, which both sides ask, by a key that everybody knows.
    monkeypatch.setattr(facts, "digest", lambda text, _: digest(text, "00" * 32))
    with pytest.raises(VerificationError, match="not moved by their child's days"):
        api.run(source, tmp_path / "out", dates_key=key)


def test_a_delta_wants_the_dates_key_of_its_output(source: Path, key: Path, tmp_path: Path) -> None:
    epoch, out = tmp_path / "epoch", tmp_path / "out"
    epoch_file.create(epoch)
    api.run(source, out, epoch=epoch, dates_key=key)
    said = manifest_of(out)["dates_key"]
    assert said not in DatesKey.load(key).fingerprint
    other = tmp_path / "other.key"
    dates_key.create(other)
    for wrong in (None, other):
        with pytest.raises(OutputError, match="another dates key, or none"):
            api.run(source, out, epoch=epoch, dates_key=wrong, delta=True)
    report = api.run(source, out, epoch=epoch, dates_key=key, delta=True)
    assert not any(sum(table.values()) for table in (report.changes or {}).values())


def test_a_dates_key_never_lies_in_an_output(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    inside = tmp_path / "out/dates.key"
    dates_key.create(inside)
    with pytest.raises(EpochError, match="inside the output"):
        api.run(source, tmp_path / "out", dates_key=inside)


def test_rows_of_a_child_that_is_in_no_person_table_move_by_their_epoch(
    key: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name, frame in synthetic.build(60, dirty=True):
        if name in (*TABLES, "ssd_cohort"):
            known = frame.slice(3) if name == "ssd_person" else frame
            known.write_parquet(source / f"{name}.parquet")
    report = api.run(source, tmp_path / "out", dates_key=key)
    assert report.verdict is not None
    assert report.verdict.passed
