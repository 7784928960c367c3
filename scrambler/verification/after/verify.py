"""Compares a source and its output from both sides, without the key."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from scrambler.batch.cast import conform
from scrambler.errors import EpochError, PolicyError, ScramblerError
from scrambler.errors.boundary import fault_at
from scrambler.evidence import Record, evidence_beside
from scrambler.evidence.write import write_report
from scrambler.keys.epoch import Epoch
from scrambler.policy import Assignment, Policy, load_policy
from scrambler.resources.limits import BATCH_ROWS
from scrambler.resources.progress import OVERALL, Progress, heard
from scrambler.sinks import Output, open_output
from scrambler.sources import open_source
from scrambler.ssd import ssd
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.compare_sides import compare_sides
from scrambler.verification.after.result import PostRunVerification
from scrambler.verification.attacks import attack


def verify(
    source: Path | str,
    out: Path | str,
    *,
    policy: Path | str | None = None,
    schema: str | None = None,
    progress: Progress | bool | None = None,
    out_schema: str | None = None,
    attacks: Path | None = None,
) -> PostRunVerification:
    """Compare ``source`` and a committed ``out`` from both sides, without the key.

    ``out_schema`` is that of an output in PostgreSQL. ``policy`` is that of the run, which knows
    columns that the shipped one does not. What the output has and the source lacks is a fault.
    Reads each side once, in batches: some 10 bytes an identifier of the source and 300 bytes a
    child stay in memory. The result says whether all passed. ``attacks`` is the epoch file of the
    run: with it attacks on the output are tried and scored, for which each side is read again.
    The result is kept next to the output.
    """
    began = time.monotonic()
    spec, output = ssd(), open_output(out, out_schema)
    folds = output.manifest.get("ids") == "fold"
    epoch = Epoch.load(attacks) if attacks else None
    if epoch and epoch.fingerprint != output.manifest.get("epoch"):
        raise EpochError(f"The epoch file {attacks} is not that of the run that wrote {output}.")
    manifest, rules = output.manifest, load_policy(spec, policy)
    reader, told = open_source(source, schema), heard(progress)
    held, missing = reader.tables(), list[str]()
    known, chosen = _known_columns(manifest, rules), dict[str, dict[str, Assignment]]()
    for table, assignments in known.items():
        if table not in held:
            missing.append(table)
            continue
        chosen[table] = {name: a for name, a in assignments.items() if name.lower() in held[table]}
        missing += [f"{table}.{name}" for name in assignments if name not in chosen[table]]

    told.begin(OVERALL, sum(reader.count(table) for table in chosen))

    def read(table: str) -> Iterator[pl.DataFrame]:
        columns = chosen[table]
        told.begin(table, reader.count(table))
        with fault_at(table):
            for frame in reader.read(table, list(columns), BATCH_ROWS) if columns else ():
                typed = conform(frame, columns)
                yield in_capitals(typed, columns) if folds else typed
                told.advance(table, frame.height)

    with fault_at("post-run verification"):
        readers = {table: partial(read, table) for table in chosen}
        result = compare_sides(readers, chosen, output, spec)
        if epoch:
            result.attacks = attack(readers, output, spec, epoch)
    columns = sum(len(assignments) for assignments in known.values())
    result.checks.append(
        CheckResult(
            "tables and columns that the source has too", len(known) + columns, len(missing)
        )
    )
    if missing:
        result.notes.append(f"The source lacks, though the output has it: {', '.join(missing)}.")
    if folds:
        result.notes.append("Identifiers of the source were compared without case, as in the run.")
    if manifest.get("policy") != rules.digest:
        result.notes.append("The policy is not that of the run: give that with --policy.")
    _keep(output, result, time.monotonic() - began)
    return result


def _keep(output: Output, result: PostRunVerification, seconds: float) -> None:
    """Keep the result where people look for it; where that cannot be, it is said in a note."""
    evidence = evidence_beside(output.path)
    if evidence is None:
        return
    fingerprint = output.fingerprint
    summary = result.summary()
    try:
        evidence.keep(Record.now("verify", fingerprint, result.passed, seconds, summary))
        page = write_report(evidence, output.manifest, fingerprint)
        result.evidence = f"The page to judge it by: {page}"
    except ScramblerError as error:
        result.evidence = f"The result is not kept: {error}"


def in_capitals(frame: pl.DataFrame, columns: Mapping[str, Assignment]) -> pl.DataFrame:
    """Return the frame with all identifiers in capitals and without blanks around them."""
    ids = [n for n, a in columns.items() if a.traits.is_key and frame.schema[n] == pl.String]
    return frame.with_columns(pl.col(ids).str.strip_chars().str.to_uppercase())


def _known_columns(manifest: Mapping[str, Any], rules: Policy) -> dict[str, dict[str, Assignment]]:
    """Return the assignment of every column of an output; PolicyError where there is none."""
    known: dict[str, dict[str, Assignment]] = {}
    findings = []
    for table, described in manifest["tables"].items():
        assignments = rules.assignments.get(table, {})
        known[table] = {n: assignments[n] for n in described["columns"] if n in assignments}
        if unknown := len(described["columns"]) - len(known[table]):
            findings.append(
                f"{table}: the output has {unknown} columns that no policy names. Give the policy "
                "of the run with --policy."
            )
    if findings:
        raise PolicyError(findings)
    return known
