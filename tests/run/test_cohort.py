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
from scrambler.errors import SourceError
from scrambler.payload import cohort_size
from scrambler.policy import load_policy
from scrambler.run.cohort import CohortShift, cohort_shift, source_cohort_size
from scrambler.sources import open_source
from scrambler.ssd import ssd

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
@pytest.mark.parametrize("kind", ["parquet", "sqlite"])
def test_the_columns_read_decide(
    tables: Mapping[str, pl.LazyFrame], folder: Path, kind: str, as_of: date
) -> None:
    location = {
        "parquet": str(folder / "parquet"),
        "sqlite": f"sqlite:///{(folder / 'ssd.db').as_posix()}",
    }[kind]
    counted = source_cohort_size(open_source(location), load_policy(ssd()).assignments, as_of)
    assert counted == cohort_size(tables, as_of) > 100


def test_a_source_without_most_tables_has_a_cohort_all_the_same(
    tables: Mapping[str, pl.LazyFrame], tmp_path: Path
) -> None:
    few = {name: tables[name] for name in ("ssd_person", "ssd_cin_plans")}
    for name, frame in few.items():
        frame.collect().drop("pers_expected_dob", strict=False).write_parquet(
            tmp_path / f"{name}.parquet"
        )
    counted = source_cohort_size(open_source(str(tmp_path)), load_policy(ssd()).assignments, AS_OF)
    few["ssd_person"] = few["ssd_person"].drop("pers_expected_dob")
    assert counted == cohort_size(few, AS_OF) > 0


def test_the_shift_is_that_of_the_dates(
    tables: Mapping[str, pl.LazyFrame], folder: Path, tmp_path: Path
) -> None:
    source = open_source(str(folder / "parquet"))
    report = run(str(folder / "parquet"), tmp_path / "out", shift=DateShift(DAYS, DAYS))
    shift = cohort_shift(source, report.plan.prescanned, tmp_path / "out", AS_OF)
    moved = {
        name: frame.with_columns(pl.selectors.temporal().dt.offset_by(f"-{DAYS}d"))
        for name, frame in tables.items()
    }
    assert (shift.before, shift.after) == (cohort_size(tables, AS_OF), cohort_size(moved, AS_OF))
    assert shift.before > shift.after


def test_a_damaged_source_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ssd_person.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceError):
        source_cohort_size(open_source(str(tmp_path)), load_policy(ssd()).assignments, AS_OF)


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
