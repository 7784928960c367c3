"""A second look, independent of the run: the source against a committed output, without the key.

Nothing of the scrambling code is called. The rows of both sides cannot be matched without the key,
so this looks at what must be equal (rows, empty cells, distinct identifiers, references), at what
must be absent (identifiers, names and postcodes of the source, anywhere), and at the rules.
It measures how many children their dates single out.
The source is held in memory as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from scrambler.rules import RULES
from scrambler.spec import Spec
from scrambler.verification.hunt import Hunt
from scrambler.verification.risk import Risk, measure


@dataclass(frozen=True)
class Line:
    """One check: how many things it looked at and how many faults it found."""

    what: str
    looked_at: int
    found: int

    @property
    def passed(self) -> bool:
        """True when no fault was found."""
        return self.found == 0


@dataclass
class SecondLook:
    """What was looked at, and notes on what could not be.

    ``risks`` are figures and no checks: they cannot fail.
    """

    lines: list[Line] = field(default_factory=list)
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
                {"what": line.what, "looked_at": line.looked_at, "found": line.found}
                for line in self.lines
            ],
            "risks": [
                {"dates_known": one.known, "children": one.children, "alone": one.alone}
                for one in self.risks
            ],
            "notes": self.notes,
        }


Frames = Mapping[str, pl.DataFrame]


def compare_sides(source: Frames, out: Path, manifest: Mapping[str, Any], spec: Spec) -> SecondLook:
    """Look at both sides. ``source`` holds the conformed tables, ``manifest`` the output's own."""
    result = SecondLook()
    tables = {name: table for name, table in manifest["tables"].items() if name in source}
    result.lines.append(_files(out, manifest))
    if not result.passed:
        result.notes.append("The files are not those of the run, so nothing else was looked at.")
        return result
    scrambled = {name: pl.read_parquet(out / "tables" / name / "*.parquet") for name in tables}
    result.lines.append(_there(scrambled, tables, result))
    tables = {name: _common(table, source[name], scrambled[name]) for name, table in tables.items()}
    if manifest.get("children") is None:
        result.lines.extend(_counts(source, scrambled, tables))
    else:
        result.notes.append("The output holds chosen children only: counts are not compared.")
    result.lines.extend(_hunt(source, scrambled, tables, spec))
    dates = manifest.get("dates", "intervals")
    result.lines.extend(_rules(source, scrambled, dates, result))
    result.risks = measure(scrambled, tables, dates, spec)
    return result


def _files(out: Path, manifest: Mapping[str, Any]) -> Line:
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
    return Line("files as the manifest has them", len(parts), wrong + len(found - listed))


def _there(scrambled: Frames, tables: Mapping[str, Any], result: SecondLook) -> Line:
    """Look for what the manifest names: without it, nothing is looked at there."""
    named = [(name, column) for name, table in tables.items() for column in table["columns"]]
    lost = [f"{name}.{column}" for name, column in named if column not in scrambled[name].columns]
    if lost:
        result.notes.append(f"The output lacks what its manifest names: {', '.join(lost)}.")
    return Line("columns of the manifest that the output has", len(named), len(lost))


def _common(table: Mapping[str, Any], before: pl.DataFrame, after: pl.DataFrame) -> dict[str, Any]:
    """Return the manifest's table with the columns that both sides have."""
    both = set(before.columns) & set(after.columns)
    held = {name: column for name, column in table["columns"].items() if name in both}
    return {**table, "columns": held}


def _counts(source: Frames, scrambled: Frames, tables: Mapping[str, Any]) -> Iterator[Line]:
    rows = sum(source[name].height != scrambled[name].height for name in tables)
    yield Line("tables with as many rows", len(tables), rows)
    nulls = distinct = looked = identifiers = 0
    for name, table in tables.items():
        for column, held in table["columns"].items():
            if held["treatment"] in ("clear", "keep"):
                continue
            before, after = source[name][column], scrambled[name][column]
            looked += 1
            nulls += before.null_count() != after.null_count()
            if held["treatment"] == "identifier" and column not in _MIXED:
                identifiers += 1
                sides = [values.cast(pl.String).str.strip_chars() for values in (before, after)]
                distinct += sides[0].n_unique() != sides[1].n_unique()
    yield Line("columns with as many nulls", looked, nulls)
    yield Line("identifier columns with as many different identifiers", identifiers, distinct)


_MIXED = {
    "pers_upn",  # UN codes are redrawn
    "cine_referral_worker_id",  # names of workers may share an invented name
    "clea_care_leaver_personal_advisor",
    "link_identifier_value",  # one value may stand under two types
}


def _hunt(
    source: Frames, scrambled: Frames, tables: Mapping[str, Any], spec: Spec
) -> Iterator[Line]:
    hunt = Hunt()
    for name, frame in source.items():
        for column in spec.tables[name].columns.values():
            if column.name in frame.columns:
                hunt.learn(column, frame)
    looked = 0
    for name, table in tables.items():
        for column, held in table["columns"].items():
            values = scrambled[name][column]
            if values.dtype == pl.String:
                looked += len(values)
                every = values.drop_nulls().unique()
                hunt.search(every, column, held["treatment"], column in _MIXED)
    yield Line("values searched for identifiers of the source", looked, hunt.identifiers_found)
    yield Line("values searched for names of the source", looked, hunt.names_found)
    yield Line("values searched for postcodes of the source", looked, hunt.postcodes_found)


def _rules(source: Frames, scrambled: Frames, dates: str, result: SecondLook) -> Iterator[Line]:
    sides = [{name: frame.lazy() for name, frame in side.items()} for side in (source, scrambled)]
    held = broken = 0
    unjudged = []
    for rule in RULES:
        if not (rule.hard and rule.violations):
            continue
        before, after = (rule.violations(side) for side in sides)
        if before is None or after is None:
            unjudged.append(rule.id)
        elif rule.kept_by(dates):
            held += 1
            # Rows that broke it already are no leave for others to.
            broken += after > before
            if after > before:
                result.notes.append(
                    f"{rule.id} is broken by {after} rows of the output and {before} of the source."
                )
        elif before == 0 and after:
            why = rule.unordered if rule.kept else rule.why
            result.notes.append(f"{rule.id} is not kept, by design: {why}")
    if unjudged:
        result.notes.append(
            "Rules not judged, for want of a table or column: " + ", ".join(unjudged) + "."
        )
    yield Line("hard rules that scrambling keeps", held, broken)
