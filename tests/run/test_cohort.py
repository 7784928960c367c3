"""The cohort by the source's dates and by the output's, from the few columns that decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from scrambler import synthetic
from scrambler.api import fake, run
from scrambler.batch.dates import DateShift
from scrambler.payload import cohort_size
from scrambler.run.cohort import CohortShift

AS_OF = synthetic.AS_OF
CHILDREN = 300
DAYS = 60


@pytest.fixture(scope="module")
def tables() -> Mapping[str, pl.LazyFrame]:
    return {table: frame.lazy() for table, frame in synthetic.build(CHILDREN)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source")
    fake(str(path / "parquet"), CHILDREN)
    fake(f"sqlite:///{(path / 'ssd.db').as_posix()}", CHILDREN)
    return path


@pytest.mark.parametrize("as_of", [AS_OF, date(2026, 3, 31), date(2025, 3, 30)])
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.battery("cohort", f"days of {kind}"))
        for kind in ("parquet", "sqlite")
    ],
)
def test_the_columns_read_decide(
    tables: Mapping[str, pl.LazyFrame], folder: Path, kind: str, as_of: date, tmp_path: Path
) -> None:
    location = {
        "parquet": str(folder / "parquet"),
        "sqlite": f"sqlite:///{(folder / 'ssd.db').as_posix()}",
    }[kind]
    shift = run(location, tmp_path / "out", verify=False, as_of=as_of).cohort
    assert shift is not None
    assert shift.before == cohort_size(tables, as_of) > 100


def test_a_source_without_most_tables_has_a_cohort_all_the_same(
    tables: Mapping[str, pl.LazyFrame], tmp_path: Path
) -> None:
    few = {name: tables[name] for name in ("ssd_person", "ssd_cin_plans")}
    for name, frame in few.items():
        source = tmp_path / "source"
        source.mkdir(exist_ok=True)
        frame.collect().drop("pers_expected_dob", strict=False).write_parquet(
            source / f"{name}.parquet"
        )
    shift = run(str(tmp_path / "source"), tmp_path / "out", verify=False, as_of=AS_OF).cohort
    few["ssd_person"] = few["ssd_person"].drop("pers_expected_dob")
    assert shift is not None
    assert shift.before == cohort_size(few, AS_OF) > 0


def test_the_shift_is_that_of_the_dates(
    tables: Mapping[str, pl.LazyFrame], folder: Path, tmp_path: Path
) -> None:
    days = DateShift(DAYS, DAYS, "intervals")
    shift = run(str(folder / "parquet"), tmp_path / "out", shift=days, as_of=AS_OF).cohort
    assert shift is not None
    moved = {
        name: frame.with_columns(pl.selectors.temporal().dt.offset_by(f"-{DAYS}d"))
        for name, frame in tables.items()
    }
    assert (shift.before, shift.after) == (cohort_size(tables, AS_OF), cohort_size(moved, AS_OF))
    assert shift.before > shift.after


@pytest.mark.parametrize(
    ("before", "after", "wide"),
    [
        (1000, 1000, False),
        (1000, 900, False),
        (1000, 899, True),
        (1000, 1101, True),
        (0, 0, False),
        (0, 1, True),
    ],
)
def test_more_than_a_tenth_is_warned_of(before: int, after: int, wide: bool) -> None:
    shift = CohortShift(AS_OF, before, after)
    assert shift.wide is wide
    assert ("--offset-days" in str(shift)) is wide
