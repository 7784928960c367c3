"""Checks a source, and scrambles it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from dataclasses import replace as updated
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scrambler.batch import RunContext
from scrambler.batch.dates import DateShift
from scrambler.errors import (
    EpochError,
    OutputError,
    PolicyError,
    SourceError,
    UsageError,
    VerificationError,
)
from scrambler.errors.boundary import fault_at
from scrambler.files.paths import in_output, new_file, path_of
from scrambler.keys.epoch import Epoch, opened
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.payload import window
from scrambler.policy import read_policy
from scrambler.resources.limits import BATCH_ROWS
from scrambler.resources.memory import give_back
from scrambler.resources.progress import OVERALL, Progress, Silent
from scrambler.run.check import check_of
from scrambler.run.cohort import CohortShift, cohort_shift
from scrambler.run.delta import Changes, ensure_compatible
from scrambler.run.local import Local, Written
from scrambler.run.manifest import build_manifest, run_parameters
from scrambler.run.misfits import ensure_fits, ensure_readable
from scrambler.run.parts import Work, merged
from scrambler.run.plan import Plan, make_plan
from scrambler.run.prescan import prescan
from scrambler.sinks import Destination, ParquetSink, destination_of
from scrambler.sinks.manifest import read_manifest
from scrambler.sources import Source, open_source
from scrambler.sources.steady import SteadySource
from scrambler.ssd import ssd
from scrambler.verification import (
    KeyBook,
    Verdict,
    conclude,
    known_answers,
    refuse_key,
    try_flags,
    write_flags,
)


@dataclass(frozen=True)
class Report:
    """What a run did: the plan it followed, rows by table, the verdict, and how long it took.

    ``verdict`` is None for a dry run and for a run without verification. ``cohort``
    says what the offsets cost the payload cohort; None where only part was scrambled. ``changes``
    counts the rows New, Updated and Deleted by table; None for a run that was no delta. ``shift``
    says how dates moved. ``out`` is the place of the output, in words without a password.
    """

    plan: Plan
    rows: dict[str, int]
    verdict: Verdict | None
    seconds: float
    cohort: CohortShift | None = None
    changes: dict[str, dict[str, int]] | None = None
    shift: DateShift = field(default_factory=DateShift)
    out: str = ""


def check(
    source: str,
    *,
    policy: Path | None = None,
    schema: str | None = None,
    tables: Sequence[str] = (),
    drop_unknown: bool = False,
    strict: bool = False,
    catalogue: bool = False,
    rows: bool = False,
    progress: Progress | None = None,
) -> Plan:
    """Hold the policy against the source's schema; PolicyError has all findings.

    Then one row of each table is read, or with ``rows`` all of them, and none is shown:
    SourceError has all that cannot be read, or does not fit its type. With ``catalogue`` no row is.
    """
    if catalogue and rows:
        raise UsageError("--catalogue reads no row, --rows reads all of them: choose one.")
    spec = ssd()
    reader = open_source(source, schema)
    plan = make_plan(
        reader.tables(),
        read_policy(spec, policy),
        spec,
        tables=tables,
        drop_unknown=drop_unknown,
        strict=strict,
    )
    if rows:
        ensure_fits(plan, reader, progress or Silent())
    elif not catalogue:
        ensure_readable(plan, reader)
    return updated(plan, plain=reader.plain, schema_found=reader.schema_found)


def run(
    source: str,
    out: Path | str,
    *,
    epoch: Path | None = None,
    policy: Path | None = None,
    schema: str | None = None,
    tables: Sequence[str] = (),
    children: int | None = None,
    batch_rows: int = BATCH_ROWS,
    shift: DateShift | None = None,
    drop_unknown: bool = False,
    strict: bool = False,
    replace: bool = False,
    dry_run: bool = False,
    verify: bool = True,
    flags: Path | None = None,
    progress: Progress | None = None,
    delta: bool = False,
    as_of: date | None = None,
    out_schema: str | None = None,
) -> Report:
    """Scramble ``source`` into ``out``, committed whole or not at all.

    ``out`` is a folder, ``sqlite:///FILE`` or ``postgresql://...``; there ``out_schema`` is the
    schema that is made, ``scrambled`` without it. Of these only a folder can be compared with.
    ``epoch`` is a file made by ``scrambler epoch new``; without one the key is born and destroyed
    with the run. ``shift`` says how dates move, 14 to 90 days back without it. ``children``
    limits the output to that many children. ``delta`` replaces an earlier output of the same
    epoch, policy and schema, and adds to it what changed since. ``as_of`` is the day the payload
    cohort is counted for, today without it. VerificationError when a check fails; nothing is
    committed then.
    """
    began = time.monotonic()
    place = destination_of(out, out_schema)
    shift = shift or DateShift()
    if batch_rows < 1 or (children is not None and children < 1):
        raise UsageError("Rows of a batch and children are counted from 1.")
    if flags is not None:
        flags = new_file(flags, place.path, "The list of flags")
    if epoch is not None and in_output(path_of(epoch, "An epoch"), place.path):
        raise EpochError(
            f"The epoch file {epoch} lies inside the output. Whoever gets the output would get the "
            "key: keep the file somewhere else."
        )
    if delta:
        _may_be_delta(place, epoch, children, replace)
    spec = ssd()
    rules = read_policy(spec, policy)
    opened_source = open_source(source, schema)
    reader = SteadySource(opened_source)
    plan = make_plan(
        reader.tables(), rules, spec, tables=tables, drop_unknown=drop_unknown, strict=strict
    )
    plan = updated(plan, plain=reader.plain, schema_found=reader.schema_found)
    if not plan.tables:
        raise PolicyError(
            ["The policy leaves out every table asked for: nothing is to be written."]
        )
    if not reader.count("ssd_person"):
        raise SourceError(
            "ssd_person of the source has no rows, so nobody is in it. Is it the right database "
            "and schema?"
        )
    if dry_run:
        if epoch is not None:
            plan.under(Epoch.load(epoch).forms)
        counts = {planned.table.name: reader.count(planned.table.name) for planned in plan.tables}
        seconds = time.monotonic() - began
        return Report(plan, counts, None, seconds, shift=shift, out=str(place))
    if children is not None and "pers_person_id" not in plan.prescanned.get("ssd_person", ()):
        raise UsageError("--children chooses from ssd_person, which the source or policy lacks.")
    progress = progress or Silent()
    owned = opened(epoch) if epoch else nullcontext(Epoch.new())
    with owned as key, place.sink(replace=replace or delta) as sink:
        place.refuse_source(source, opened_source)
        plan = plan.under(key.forms)
        pseudonyms = Pseudonyms(key, spec.domains, plan.forms.lengths, plan.forms.numeric)
        context = RunContext(spec, pseudonyms, shift)
        agreed = run_parameters(plan, key, rules.digest, shift, children)
        earlier = _earlier(place, plan, agreed) if delta else None
        read_ahead(plan, context, reader, batch_rows, progress)
        reader.read_for_the_last_time()
        chosen = context.indexes["person"].tokens[:children] if children is not None else None
        check, pairs = None, None
        if verify:
            forms = plan.forms
            known_answers(
                lambda: Pseudonyms(Epoch.new(), spec.domains, forms.lengths, forms.numeric)
            )
            sizes = {one.table.name: reader.count(one.table.name) for one in plan.tables}
            assignments = {one.table.name: one.assignments for one in plan.tables}
            check, pairs = check_of(context, assignments, sizes), KeyBook(sink.scratch / "keys")
            if flags is not None:
                try_flags(flags)
        whole, day = children is None and not tables, as_of or date.today()
        counted = window(day) if whole else None
        keeps_state = epoch is not None and place.is_folder
        work = Work(context, check, pairs, chosen, keeps_state, counted)
        scratch = sink.scratch / "unsorted"
        driver = Local(work, reader, sink, scratch, batch_rows, progress)
        written, results = driver.tables(plan.tables)
        shutil.rmtree(scratch, ignore_errors=True)
        totals, verdict = merged(results), None
        if check and pairs:
            found = {name: one.found for name, one in totals.items() if one.found}
            verdict = conclude(check, found, pairs)
            if flags is not None:
                write_flags(flags, found.values())
        give_back()
        if verdict and not verdict.passed:
            raise VerificationError(
                "Verification failed; nothing was committed:\n" + "\n".join(verdict.faults())
            )
        changes = None
        if earlier is not None:
            assert isinstance(sink, ParquetSink)  # noqa: S101 - a delta is of a folder
            changes = _compare(Changes(sink, earlier), written, progress)
        sides = {table: total.cohort for table, total in totals.items()}
        cohort = cohort_shift(sides, day) if whole else None
        manifest = build_manifest(
            plan,
            agreed,
            {table: files.parts for table, files in written.items()},
            {table: files.state for table, files in written.items()},
            changes.entries() if changes else [],
            verdict,
        )
        if check:
            refuse_key(check, manifest)
        if epoch is not None:
            key.forms = plan.forms.under(key.forms)
            key.save(epoch)
        sink.commit(manifest)
    rows = {table: files.rows for table, files in written.items()}
    return Report(
        plan,
        rows,
        verdict,
        time.monotonic() - began,
        cohort,
        changes=changes.counts if changes else None,
        shift=shift,
        out=str(place),
    )


def _may_be_delta(
    place: Destination, epoch: Path | None, children: int | None, replace: bool
) -> None:
    if not place.is_folder:
        raise UsageError(
            "--delta is for an output folder: databases keep no state of rows to compare with."
        )
    if epoch is None:
        raise UsageError(
            "A delta needs the epoch file that the output was made with: give it with --epoch."
        )
    if children is not None:
        raise UsageError(
            "A delta is of the whole output: which children are chosen would change with the "
            "source. Leave out --children."
        )
    if replace:
        raise UsageError(
            "--delta compares with the earlier output, --replace starts anew: choose one."
        )


def _earlier(place: Destination, plan: Plan, agreed: Mapping[str, object]) -> dict[str, Any]:
    """Return the manifest of the output that a delta is to be compared with, if it may be."""
    out = place.path
    assert out is not None  # noqa: S101 - a delta is of a folder
    if not out.exists():
        raise OutputError(
            f"There is no output {out} to compare with. Make it with a run without --delta."
        )
    manifest = read_manifest(out)
    schemas = {planned.table.name: planned.schema for planned in plan.tables}
    ensure_compatible(out, manifest, agreed, schemas)
    return manifest


def _compare(changes: Changes, written: Mapping[str, Written], progress: Progress) -> Changes:
    progress.begin("changes", sum(files.rows for files in written.values()))
    for table, files in written.items():
        with fault_at(f"changes of {table}"):
            changes.add(table, files.parts, files.state)
        progress.advance("changes", files.rows)
    return changes


def read_ahead(
    plan: Plan, context: RunContext, source: Source, batch_rows: int, progress: Progress
) -> None:
    """Survey the source: fill the context's indexes and the epoch's allocations."""
    rows = sum(source.count(table) for table in plan.prescanned)
    later, seen = sum(source.count(planned.table.name) for planned in plan.tables), [0]
    progress.begin(OVERALL, rows + later)
    progress.begin("prescan", rows)

    def read(table: str, columns: list[str]) -> Iterator[pl.DataFrame]:
        with fault_at(table):
            for frame in source.read(table, columns, batch_rows):
                yield frame
                seen.append(frame.height)
                progress.advance("prescan", frame.height)

    prescan(context, plan.prescanned, read)
    # Tables that no index is made of are not read, and some are read twice.
    progress.advance("prescan", max(0, rows - sum(seen)))
    give_back()
