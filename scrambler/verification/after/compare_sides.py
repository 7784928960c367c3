"""Post-run verification: the source against a committed output, without the key.

Nothing of the scrambling code is called. The rows of both sides cannot be matched without the key,
so this compares what must be equal (rows, empty cells, distinct identifiers, references), at what
must be absent (identifiers, names and postcodes of the source, anywhere), and at the rules.
It measures how many children their dates single out.

One table of the source is held in memory at a time, and of all tables the columns that rules about
several need, which are short. The output is read column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from scrambler.policy import traits_of
from scrambler.resources.limits import BATCH_ROWS
from scrambler.ssd import Spec
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.counts import MIXED, Counts
from scrambler.verification.after.files import as_named, named_files, nothing_else, plain_parquet
from scrambler.verification.after.hunt import Hunt
from scrambler.verification.after.key_like import no_key_in
from scrambler.verification.after.risk import Risk, measure
from scrambler.verification.after.rules_evaluated import RulesEvaluated


@dataclass
class PostRunVerification:
    """The checks that were made, and notes on what could not be checked.

    ``risks`` are figures and no checks: they cannot fail.
    """

    checks: list[CheckResult] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True when every check passed."""
        return all(check.passed for check in self.checks)

    def summary(self) -> dict[str, object]:
        """Return the figures, JSON-ready."""
        return {
            "passed": self.passed,
            "checks": [
                {"what": check.what, "examined": check.examined, "failures": check.failures}
                for check in self.checks
            ],
            "risks": [
                {"dates_known": one.known, "children": one.children, "unique": one.unique}
                for one in self.risks
            ],
            "notes": self.notes,
        }


Readers = Mapping[str, Callable[[], pl.DataFrame]]
"""Reads each conformed table of the source, by name, when called."""


def compare_sides(
    source: Readers, out: Path, manifest: Mapping[str, Any], spec: Spec
) -> PostRunVerification:
    """Compare both sides.

    ``manifest`` is the output's own, without columns that tables of the source lack.
    """
    result = PostRunVerification()
    files = [*named_files(manifest)]
    result.checks += [as_named(out, files), nothing_else(out, files), no_key_in(manifest)]
    if not result.checks[0].passed:
        result.notes.append("The files are not those of the run, so nothing else was examined.")
        return result
    result.checks.append(plain_parquet(out, files))
    tables = {name: table for name, table in manifest["tables"].items() if name in source}
    scrambled = {name: _opened(out, table) for name, table in tables.items()}
    held = {name: frame.collect_schema().names() for name, frame in scrambled.items()}
    result.checks.append(_there(held, tables, result))
    tables = {name: _narrowed(table, held[name]) for name, table in tables.items()}
    dates = manifest.get("dates", "intervals")
    counts, hunt, rules = Counts(), Hunt(), RulesEvaluated(dates)
    for name, table in tables.items():
        before = source[name]()
        counts.add(table, before, scrambled[name])
        for column in spec.tables[name].columns.values():
            if column.name in before.columns:
                hunt.learn(column, before)
        rules.add(name, before, scrambled[name])
        del before
    if manifest.get("children") is None:
        result.checks.extend(counts.checks())
    else:
        result.notes.append("The output holds chosen children only: counts are not compared.")
    examined = sum(_search(hunt, table, scrambled[name]) for name, table in tables.items())
    for what, failures in hunt.failures.items():
        result.checks.append(
            CheckResult(f"values searched for {what} of the source", examined, failures)
        )
    result.checks.append(rules.finish(scrambled))
    result.notes.extend(rules.notes)
    result.risks = measure(scrambled, tables, dates, spec)
    return result


def _opened(out: Path, table: Mapping[str, Any]) -> pl.LazyFrame:
    return pl.scan_parquet([out / file["path"] for file in table["files"]])


def _search(hunt: Hunt, table: Mapping[str, Any], rows: pl.LazyFrame) -> int:
    """Search all text of one table of the output; return how many values that were."""
    examined = 0
    for column, dtype in rows.select(*table["columns"]).collect_schema().items():
        if dtype != pl.String:
            continue
        treatment = table["columns"][column]["treatment"]
        # Whole, since how many different identifiers there are matters; others may be long.
        whole = traits_of(treatment).is_key
        for values in (
            [rows.select(column).collect().to_series()] if whole else _parts(rows, column)
        ):
            examined += len(values)
            hunt.search(values.drop_nulls().unique(), column, treatment, column in MIXED)
    return examined


def _parts(rows: pl.LazyFrame, column: str) -> Iterator[pl.Series]:
    for part in rows.select(column).collect_batches(chunk_size=BATCH_ROWS):
        yield part.to_series()


def _there(
    held: Mapping[str, Collection[str]], tables: Mapping[str, Any], result: PostRunVerification
) -> CheckResult:
    """Look for what the manifest names: what is absent is not examined."""
    named = [(name, column) for name, table in tables.items() for column in table["columns"]]
    lost = [f"{name}.{column}" for name, column in named if column not in held[name]]
    if lost:
        result.notes.append(f"The output lacks what its manifest names: {', '.join(lost)}.")
    return CheckResult("columns of the manifest that the output has", len(named), len(lost))


def _narrowed(table: Mapping[str, Any], held: Collection[str]) -> dict[str, Any]:
    """Return the manifest's table with the columns that the output has."""
    columns = {name: column for name, column in table["columns"].items() if name in held}
    return {**table, "columns": columns}
