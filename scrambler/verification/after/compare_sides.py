"""A second look, independent of the run: the source against a committed output, without the key.

Nothing of the scrambling code is called. The rows of both sides cannot be matched without the key,
so this looks at what must be equal (rows, empty cells, distinct identifiers, references), at what
must be absent (identifiers, names and postcodes of the source, anywhere), and at the rules.
It measures how many children their dates single out.

One table of the source is held in memory at a time, and of all tables the columns that rules about
several need, which are short. The output is read column by column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from scrambler.resources.limits import BATCH_ROWS
from scrambler.ssd import Spec
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.counts import MIXED, Counts
from scrambler.verification.after.hunt import Hunt
from scrambler.verification.after.judged import Judged
from scrambler.verification.after.risk import Risk, measure


@dataclass
class PostRunVerification:
    """What was looked at, and notes on what could not be.

    ``risks`` are figures and no checks: they cannot fail.
    """

    lines: list[CheckResult] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True when every check passed."""
        return all(line.passed for line in self.lines)

    def summary(self) -> dict[str, object]:
        """Return the figures, JSON-ready."""
        return {
            "passed": self.passed,
            "checks": [
                {"what": line.what, "examined": line.examined, "found": line.found}
                for line in self.lines
            ],
            "risks": [
                {"dates_known": one.known, "children": one.children, "alone": one.alone}
                for one in self.risks
            ],
            "notes": self.notes,
        }


Readers = Mapping[str, Callable[[], pl.DataFrame]]
"""Reads each conformed table of the source, by name, when called."""


def compare_sides(
    source: Readers, out: Path, manifest: Mapping[str, Any], spec: Spec
) -> PostRunVerification:
    """Look at both sides.

    ``manifest`` is the output's own, without columns that tables of the source lack.
    """
    result = PostRunVerification()
    result.lines.append(_files(out, manifest))
    if not result.passed:
        result.notes.append("The files are not those of the run, so nothing else was looked at.")
        return result
    tables = {name: table for name, table in manifest["tables"].items() if name in source}
    scrambled = {name: pl.scan_parquet(out / "tables" / name / "*.parquet") for name in tables}
    held = {name: frame.collect_schema().names() for name, frame in scrambled.items()}
    result.lines.append(_there(held, tables, result))
    tables = {name: _narrowed(table, held[name]) for name, table in tables.items()}
    dates = manifest.get("dates", "intervals")
    counts, hunt, judged = Counts(), Hunt(), Judged(dates)
    for name, table in tables.items():
        before = source[name]()
        counts.add(table, before, scrambled[name])
        for column in spec.tables[name].columns.values():
            if column.name in before.columns:
                hunt.learn(column, before)
        judged.add(name, before, scrambled[name])
        del before
    if manifest.get("children") is None:
        result.lines.extend(counts.lines())
    else:
        result.notes.append("The output holds chosen children only: counts are not compared.")
    looked = sum(_search(hunt, table, scrambled[name]) for name, table in tables.items())
    for what, found in hunt.found.items():
        result.lines.append(CheckResult(f"values searched for {what} of the source", looked, found))
    result.lines.append(judged.finish(scrambled))
    result.notes.extend(judged.notes)
    result.risks = measure(scrambled, tables, dates, spec)
    return result


def _files(out: Path, manifest: Mapping[str, Any]) -> CheckResult:
    tables = [*manifest["tables"].values()]
    changed = [table for run in manifest.get("changes", []) for table in run["tables"].values()]
    parts = [part for table in tables + changed for part in table["files"]]
    parts += [part for table in tables for part in table.get("state", [])]
    wrong = 0
    for part in parts:
        path = out / part["path"]
        if not path.is_file():
            wrong += 1
            continue
        with path.open("rb") as file:
            wrong += hashlib.file_digest(file, "sha256").hexdigest() != part["sha256"]
    listed = {part["path"] for part in parts}
    found = {path.relative_to(out).as_posix() for path in out.rglob("*.parquet")}
    return CheckResult("files as the manifest has them", len(parts), wrong + len(found - listed))


def _search(hunt: Hunt, table: Mapping[str, Any], rows: pl.LazyFrame) -> int:
    """Search all text of one table of the output; return how many values that were."""
    looked = 0
    for column, dtype in rows.select(*table["columns"]).collect_schema().items():
        if dtype != pl.String:
            continue
        treatment = table["columns"][column]["treatment"]
        # Whole, since how many different identifiers there are matters; others may be long.
        whole = treatment == "identifier"
        for values in (
            [rows.select(column).collect().to_series()] if whole else _parts(rows, column)
        ):
            looked += len(values)
            hunt.search(values.drop_nulls().unique(), column, treatment, column in MIXED)
    return looked


def _parts(rows: pl.LazyFrame, column: str) -> Iterator[pl.Series]:
    for part in rows.select(column).collect_batches(chunk_size=BATCH_ROWS):
        yield part.to_series()


def _there(
    held: Mapping[str, Collection[str]], tables: Mapping[str, Any], result: PostRunVerification
) -> CheckResult:
    """Look for what the manifest names: without it, nothing is looked at there."""
    named = [(name, column) for name, table in tables.items() for column in table["columns"]]
    lost = [f"{name}.{column}" for name, column in named if column not in held[name]]
    if lost:
        result.notes.append(f"The output lacks what its manifest names: {', '.join(lost)}.")
    return CheckResult("columns of the manifest that the output has", len(named), len(lost))


def _narrowed(table: Mapping[str, Any], held: Collection[str]) -> dict[str, Any]:
    """Return the manifest's table with the columns that the output has."""
    columns = {name: column for name, column in table["columns"].items() if name in held}
    return {**table, "columns": columns}
