"""The comparisons still work: every contestant runs and does the whole work. Never a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bench.compare import main
from bench.contestants import CONTESTANTS
from bench.duckdb_script import script
from bench.measure import Result, Sample, child
from bench.sections import SECTIONS, Section, same_rows
from bench.server import empty, postgresql
from scrambler import check, fake

RIVALS = {"Polars copy", "DuckDB script", "run", "run, unverified"}
# Long texts and small tables are contested by the rivals of ``tables``, over other sources.
CONTESTED = {
    "tables": RIVALS,
    "two-large": {*RIVALS, "Polars script"},
    "postgres": {"read and drop", "ConnectorX, read and drop", "run"},
    "fake": {"Polars copy", "fake"},
    "growth": {"run, 50 children", "run, 500 children", "verify, 500 children"},
    "payload": {"Polars copy", "payloads", "payloads, staged"},
    "help-time": {"python", "scrambler --help", "import scrambler.api"},
}


def worked_here(name: str, **arguments: object) -> Sample:
    """Let a contestant work in this process, with what one of its own would be handed."""
    tables = CONTESTANTS[name](**json.loads(json.dumps(arguments, default=str)))()
    return Sample(1.0, 1.0, 1.0, None, tables)


@contextmanager
def emptied(server: str) -> Iterator[str]:
    empty(server)
    yield server


@pytest.fixture
def figures(section: str, tmp_path: Path) -> dict[str, Any]:
    """One comparison, test-sized; the JSON it writes is what it returns.

    Contestants work in this process, but for one that has its own.
    """
    document = tmp_path / "figures.json"
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("POLARS_MAX_THREADS", "2")  # which a contestant would set, too late here
        patch.setattr("bench.sections.child", worked_here)
        patch.setattr("bench.workspace.child", worked_here)
        if section == "postgres":
            server = stack.enter_context(postgresql())
            patch.setattr("bench.sections.postgresql", lambda: emptied(server))
        found = main([f"--{section}", "--small", "--out", str(document)])
    assert json.loads(document.read_text(encoding="utf-8")) == json.loads(json.dumps(found))
    figures: dict[str, Any] = found["sections"][section]
    return figures


@pytest.mark.battery("benchmarks", "sections")
@pytest.mark.parametrize("section", CONTESTED)
def test_every_contestant_worked(section: str, figures: dict[str, Any]) -> None:
    contestants = figures["contestants"].values()
    assert figures["contestants"].keys() == CONTESTED[section]
    assert figures["goals"]
    assert section == "help-time" or all(one["rows"] for one in contestants)
    if section in ("tables", "two-large", "postgres"):
        tables = [one["tables"] for one in contestants]
        assert sum(tables[0].values()) >= 50
        assert all(other == tables[0] for other in tables)


def test_every_comparison_is_tried() -> None:
    assert SECTIONS.keys() - CONTESTED == {"long-texts", "small-tables"}


def test_a_contestant_works_in_a_process_of_its_own(tmp_path: Path) -> None:
    sample = child("fake", target=tmp_path / "source", children=1)
    assert 0 < sample.seconds < sample.process_seconds
    assert sample.tables == rows_in(tmp_path / "source")
    with pytest.raises(RuntimeError, match="fake failed"):
        child("fake", target=tmp_path / "source", children=-1)


def rows_in(source: Path) -> dict[str, int]:
    return {
        file.stem: pl.scan_parquet(file).select(pl.len()).collect().item()
        for file in sorted(source.glob("*.parquet"))
    }


def test_contestants_with_other_rows_are_not_compared() -> None:
    results = {
        name: Result(1.0, 1.0, 1.0, None, {"ssd_person": rows}, (1.0,))
        for name, rows in (("copy", 2), ("run", 3))
    }
    with pytest.raises(RuntimeError, match="run has other rows than copy: ssd_person"):
        same_rows(Section("copy", results))


@pytest.fixture(scope="module")
def rival(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A source, and the tables that the DuckDB script makes of it."""
    folder = tmp_path_factory.mktemp("rival")
    source, out, sql = folder / "source", folder / "out", folder / "script.sql"
    fake(str(source), 200)
    plan = check(str(source))
    sql.write_text(script(source, out, plan.tables), encoding="utf-8")
    tables = [planned.table.name for planned in plan.tables]
    CONTESTANTS["duckdb_script"](script=sql, out=out, tables=tables)()
    return source, out / "tables"


def test_the_script_writes_what_a_run_writes(rival: tuple[Path, Path]) -> None:
    source, out = rival
    for planned in check(str(source)).tables:
        empty = pl.DataFrame(pl.from_arrow(planned.schema.empty_table()))
        before = pl.read_parquet(source / f"{planned.table.name}.parquet")
        after = pl.read_parquet(out / planned.table.name / "*.parquet")
        assert after.schema == empty.schema
        assert after.height == before.height
        for name, assignment in planned.assignments.items():
            kept = before.height if assignment.treatment == "clear" else before[name].null_count()
            assert after[name].null_count() == kept, name


def test_the_script_replaces_what_a_run_replaces(rival: tuple[Path, Path]) -> None:
    source, out = rival
    for planned in check(str(source)).tables:
        before = pl.read_parquet(source / f"{planned.table.name}.parquet")
        after = pl.read_parquet(out / planned.table.name / "*.parquet")
        for name, assignment in planned.assignments.items():
            if assignment.treatment in ("identifier", "postcode", "address_json", "free_text"):
                assert survivors(before[name], after[name]) == 0, name
            if assignment.treatment == "identifier":
                assert after[name].n_unique() == before[name].n_unique(), name


def survivors(before: pl.Series, after: pl.Series) -> int:
    """Count the values of ``after`` that stood in ``before``, sentinels aside."""
    real = before.drop_nulls().unique()
    real = real.filter(~real.is_in(["", "XXXXXXX"]))
    return int(after.is_in(real.implode()).sum())
