"""The literal of a run's steps, and what each does."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from scrambler.batch import Batch, RunContext
from scrambler.errors import VerificationError
from scrambler.errors.boundary import fault_at
from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.payload import window
from scrambler.resources.memory import give_back
from scrambler.resources.progress import OVERALL, Progress
from scrambler.run.check_input import check_of
from scrambler.run.cohort import CohortShift, cohort_shift
from scrambler.run.delta import Changes
from scrambler.run.errors import children_with_errors
from scrambler.run.local import Local, Written
from scrambler.run.manifest import build_manifest
from scrambler.run.parts import PartResult, Work, merged
from scrambler.run.plan import Plan
from scrambler.run.prescan import prescan
from scrambler.run.settings import Settings
from scrambler.sinks import ParquetSink, Sink
from scrambler.sinks.datapackage import DATAPACKAGE, datapackage
from scrambler.sources import Source
from scrambler.sources.steady import SteadySource
from scrambler.ssd import ssd
from scrambler.treatments.identifier import without_owned
from scrambler.verification import (
    Check,
    KeyBook,
    Verdict,
    conclude,
    known_answers,
    refuse_manifest,
    refuse_unreviewed,
    try_flags,
    write_flags,
)
from scrambler.verification.after.statutory_rows import ChildrenWithErrors


@dataclass
class Run:
    """A run under way: what it is made by, and what its steps have come to so far."""

    settings: Settings
    plan: Plan
    source: SteadySource
    sink: Sink
    key: Epoch
    context: RunContext
    parameters: Mapping[str, object]
    progress: Progress
    earlier: Mapping[str, Any] | None
    """The manifest of the output that a delta is compared with."""
    check: Check | None = None
    pairs: KeyBook | None = None
    written: dict[str, Written] = field(default_factory=dict)
    totals: dict[str, PartResult] = field(default_factory=dict)
    verdict: Verdict | None = None
    changes: Changes | None = None
    cohort: CohortShift | None = None
    errors: ChildrenWithErrors | None = None
    manifest: Mapping[str, Any] = field(default_factory=dict)
    """What was committed."""


def _try_known_answers(run: Run) -> None:
    """Two fresh epochs on public ids: a key that is ignored shows before anything is read."""
    if run.settings.verify:
        refuse_unreviewed(run.context.spec)
        known_answers(lambda: pseudonyms_of(run.plan, Epoch.new()))
    if run.settings.flags is not None:
        try_flags(run.settings.flags)


def _look_ahead(run: Run) -> None:
    read_ahead(run.plan, run.context, run.source, run.settings.batch_rows, run.progress)
    run.source.read_for_the_last_time()


def _scramble(run: Run) -> None:
    settings, names = run.settings, [one.table.name for one in run.plan.tables]
    if settings.verify:
        sizes = {name: run.source.count(name) for name in names}
        assignments = {one.table.name: one.assignments for one in run.plan.tables}
        run.check = check_of(run.context, assignments, sizes)
        run.pairs = KeyBook(run.sink.scratch / "keys")
    children = settings.children
    work = Work(
        run.context,
        run.check,
        run.pairs,
        run.context.indexes["person"].tokens[:children] if children is not None else None,
        settings.epoch is not None and isinstance(run.sink, ParquetSink),
        window(_day(settings)) if settings.whole else None,
        secrets.randbits(64) if settings.count_errors else None,
    )
    scratch = run.sink.scratch / "unsorted"
    driver = Local(work, run.source, run.sink, scratch, settings.batch_rows, run.progress)
    run.written, results = driver.tables(run.plan.tables)
    run.totals = merged(results)
    shutil.rmtree(scratch, ignore_errors=True)


def _verify(run: Run) -> None:
    if run.check is None or run.pairs is None:
        return
    found = {name: total.found for name, total in run.totals.items() if total.found}
    cleared = {
        f"{name}.{column}": count
        for name, total in run.totals.items()
        for column, count in sorted(total.cleared.items())
    }
    run.verdict = replace(conclude(run.check, found, run.pairs), cleared=cleared)
    if run.settings.flags is not None:
        write_flags(run.settings.flags, found.values())
    give_back()
    if not run.verdict.passed:
        raise VerificationError(
            "Verification failed; nothing was committed:\n" + "\n".join(run.verdict.faults())
        )


def _compare(run: Run) -> None:
    if run.earlier is None:
        return
    assert isinstance(run.sink, ParquetSink)  # noqa: S101 - a delta is of a folder
    assignments = {one.table.name: one.assignments for one in run.plan.tables}

    def emptied(table: str, rows: pl.DataFrame) -> pl.DataFrame:
        spec = run.context.spec.tables[table]
        return without_owned(Batch(spec, rows, assignments[table], run.context))

    with fault_at("changes of earlier runs"):
        run.changes = Changes(run.sink, run.earlier, emptied)
    run.progress.begin("changes", sum(files.rows for files in run.written.values()))
    for table, files in run.written.items():
        with fault_at(f"changes of {table}"):
            run.changes.add(table, files.parts, files.state)
        run.progress.advance("changes", files.rows)


def _count_cohort(run: Run) -> None:
    if run.settings.whole:
        sides = {table: total.cohort for table, total in run.totals.items()}
        run.cohort = cohort_shift(sides, _day(run.settings))


def _count_errors(run: Run) -> None:
    if run.settings.count_errors:
        run.errors = children_with_errors({t: total.records for t, total in run.totals.items()})


def _commit(run: Run) -> None:
    manifest = build_manifest(
        run.plan,
        run.parameters,
        {table: files.parts for table, files in run.written.items()},
        {table: files.state for table, files in run.written.items()},
        run.changes.entries() if run.changes else [],
        run.verdict,
    )
    assignments = {one.table.name: one.assignments for one in run.plan.tables}
    if isinstance(run.sink, ParquetSink):
        described = datapackage(manifest["tables"], assignments, run.context.spec)
        manifest["datapackage"] = run.sink.add(DATAPACKAGE, described)
    refuse_manifest(
        manifest,
        assignments,
        frozenset([*run.plan.missing, *run.plan.omitted]),
        [secret.key for secret in (run.key, run.context.dates_key) if secret],
    )
    if run.settings.epoch is not None:
        run.key.forms = run.plan.forms.under(run.key.forms)
        run.key.save(run.settings.epoch)
    run.sink.commit(manifest)
    run.manifest = manifest


STEPS: tuple[Callable[[Run], None], ...] = (
    _try_known_answers,
    _look_ahead,
    _scramble,
    _verify,
    _compare,
    _count_cohort,
    _count_errors,
    _commit,
)
"""A run, in its order. Whatever fails, nothing is committed before the last step."""


def read_ahead(
    plan: Plan, context: RunContext, source: Source, batch_rows: int, progress: Progress
) -> None:
    """Make the first pass: fill the context's indexes and the epoch's allocations."""
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

    prescan(context, plan.prescanned, read, source.side_by_side)
    # Tables that no index is made of are not read, and some are read twice.
    progress.advance("prescan", max(0, rows - sum(seen)))
    give_back()


def pseudonyms_of(plan: Plan, key: Epoch) -> Pseudonyms:
    """Return what makes pseudonyms under ``key``, in the forms of ``plan``."""
    return Pseudonyms(key, ssd().domains, plan.forms.lengths, plan.forms.numeric)


def _day(settings: Settings) -> date:
    return settings.as_of or date.today()
