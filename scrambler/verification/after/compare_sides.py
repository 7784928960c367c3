"""Post-run verification: the source against a committed output, without the key.

Nothing of the scrambling code is called. The rows of both sides cannot be matched without the key,
so this compares what must be equal (rows, empty cells, distinct identifiers, references), looks for
what must be absent (identifiers, names, postcodes, places and rare words of the source, anywhere),
and counts the rules on both sides. It measures how many children their dates single out.

Each side is read once, a batch at a time: first the source, of which hashes and counts stay, then
the output. Tables that others refer to come first, so that little has to wait for them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from scrambler.policy import Assignment, traits_of
from scrambler.resources.memory import give_back
from scrambler.sinks import FolderOutput, Output
from scrambler.sinks.datapackage import DATAPACKAGE
from scrambler.ssd import ColumnSpec, Spec
from scrambler.verification.after.ages import Ages
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.counts import Counts, compare_counts
from scrambler.verification.after.files import (
    all_files,
    as_named,
    named_files,
    no_unused_values,
    nothing_else,
    plain_parquet,
)
from scrambler.verification.after.hunt import Hunt
from scrambler.verification.after.identifier_forms import IdentifierForms
from scrambler.verification.after.key_like import no_key_in, texts_of
from scrambler.verification.after.originals import Originals
from scrambler.verification.after.output import columns_as_named, narrowed, parents_first
from scrambler.verification.after.result import PostRunVerification
from scrambler.verification.after.risk import measure
from scrambler.verification.after.rule_counts import RuleCounts
from scrambler.verification.after.rules_evaluated import evaluate
from scrambler.verification.after.statutory_rows import (
    ChildrenWithErrors,
    StatutoryRows,
    compare_statutory,
)

Readers = Mapping[str, Callable[[], Iterator[pl.DataFrame]]]
"""Reads each table of the source in conformed batches, by name, when called."""


def compare_sides(
    source: Readers,
    held: Mapping[str, Mapping[str, Assignment]],
    out: Output,
    spec: Spec,
) -> PostRunVerification:
    """Compare both sides.

    ``held`` are the columns that the source has, by table, a policy's own among them.
    """
    manifest, result = out.manifest, PostRunVerification()
    result.checks += [*_whole(out), no_key_in(manifest)]
    if not result.checks[0].passed:
        result.notes.append("It is not what the run wrote, so nothing else was examined.")
        return result
    if isinstance(out, FolderOutput):
        result.checks.append(plain_parquet(out.path, [*named_files(manifest)]))
        result.checks.append(no_unused_values(out.path, [*named_files(manifest)]))
    tables = {name: table for name, table in manifest["tables"].items() if name in source}
    result.checks.append(columns_as_named(out, tables, result.notes))
    described = narrowed(out, tables, held)
    order, seed = parents_first(described, spec), secrets.randbits(64)

    counts, rules = Counts(described, seed), RuleCounts(order, seed)
    originals, statutory = Originals(spec, seed), StatutoryRows(seed)
    columns = {name: {c: one.column for c, one in held[name].items()} for name in order}
    for name in order:
        for batch in source[name]():
            counts.add(name, batch)
            originals.learn(columns[name], batch)
            rules.add(name, batch)
            statutory.add(name, batch)
        counts.close(name)
        rules.close(name)
        give_back()

    scrambled = _Output(described, spec, columns, originals, manifest, seed)
    for name in order:
        for batch in out.batches(name, [*described[name]["columns"]]):
            scrambled.add(name, batch)
        scrambled.close(name)
        give_back()
    for name, changed in out.changes():
        for batch in changed:
            scrambled.search(name, batch)
        scrambled.hunt.close()
    for what, texts in (("manifest", texts_of(manifest)), ("description", _described(out))):
        scrambled.hunt.search(pl.Series(texts, dtype=pl.String), what, "keep", mixed=False)
    scrambled.hunt.close()

    if manifest.get("children") is None:
        result.checks.extend(compare_counts(counts, scrambled.counts))
    else:
        result.notes.append("The output holds chosen children only: counts are not compared.")
    result.checks.append(scrambled.forms.check())
    for what, failures in scrambled.hunt.failures.items():
        what = f"values searched for {what} of the source"
        result.checks.append(CheckResult(what, scrambled.hunt.examined, failures))
    dates = _dates(manifest)
    check, notes = evaluate(rules, scrambled.rules, dates)
    result.checks.append(check)
    result.notes += notes
    sides = statutory.evaluate(), scrambled.statutory.evaluate()
    result.errors = ChildrenWithErrors(*(one.children_with_errors for one in sides))
    check, notes = compare_statutory(*sides, dates, _cleared(described), rules.unknown_codes)
    result.checks.append(check)
    result.notes += notes
    result.risks = measure(scrambled.ages.finish(), dates)
    return result


def _dates(manifest: Mapping[str, Any]) -> str:
    """Return what the dates of an output keep; at first there was nothing to choose."""
    return str(manifest.get("dates", "intervals"))


def _cleared(tables: Mapping[str, Any]) -> set[str]:
    """Return the columns that hold nothing, because the policy said so."""
    columns = [column for table in tables.values() for column in table["columns"].items()]
    return {name for name, described in columns if traits_of(described["treatment"]).is_emptied}


class _Output:
    """All that is counted of an output while it is read."""

    def __init__(
        self,
        tables: Mapping[str, Any],
        spec: Spec,
        columns: Mapping[str, Mapping[str, ColumnSpec]],
        originals: Originals,
        manifest: Mapping[str, Any],
        seed: int,
    ) -> None:
        self._columns, self._tables = columns, tables
        self.counts, self.rules = Counts(tables, seed), RuleCounts(tables, seed)
        self.hunt, self.forms = Hunt(originals), IdentifierForms(spec, manifest)
        self.statutory, self.ages = StatutoryRows(seed), Ages(tables, spec, seed, _dates(manifest))

    def add(self, table: str, batch: pl.DataFrame) -> None:
        self.counts.add(table, batch)
        self.rules.add(table, batch)
        self.ages.add(table, batch)
        self.statutory.add(table, batch)
        self.search(table, batch)

    def search(self, table: str, batch: pl.DataFrame) -> None:
        described = self._tables.get(table, {"columns": {}})["columns"]
        for values in batch:
            one = described.get(values.name, {})
            treatment = one.get("treatment", "")
            self.hunt.search(values, values.name, treatment, one.get("mixed", False))
            if traits_of(treatment).is_key:
                self.forms.examine(self._columns[table][values.name], values)

    def close(self, table: str) -> None:
        self.counts.close(table)
        self.rules.close(table)
        self.ages.close(table)
        self.hunt.close()


def _described(out: Output) -> list[str]:
    """Return the texts of the data package; none where the output has none."""
    path = out.path / DATAPACKAGE if isinstance(out, FolderOutput) else None
    if path is None or not path.is_file():
        return []
    return [*texts_of(json.loads(path.read_text("utf-8")))]


def _whole(out: Output) -> list[CheckResult]:
    """Check that the output holds what its manifest names, as it names it, and nothing else."""
    if isinstance(out, FolderOutput):
        files = [*all_files(out.manifest)]
        return [as_named(out.path, files), nothing_else(out.path, files)]
    tables = out.manifest["tables"]
    wrong = sum(out.count(name) != table["rows"] for name, table in tables.items())
    return [
        CheckResult("tables with as many rows as the manifest has", len(tables), wrong),
        CheckResult("tables and views, none but those of the manifest", len(tables), out.unknown()),
    ]
