"""Begins a run: opens what it needs, holds these against each other, and goes through the steps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Unpack

from scrambler.batch import RunContext
from scrambler.errors import OutputError, PolicyError, SourceError, VerificationError
from scrambler.keys.dates_key import DatesKey
from scrambler.keys.epoch import Epoch
from scrambler.keys.epoch_file import opened
from scrambler.resources.progress import Progress, heard
from scrambler.run import evidence
from scrambler.run.delta import ensure_compatible
from scrambler.run.manifest import run_parameters
from scrambler.run.plan import Plan
from scrambler.run.report import Report
from scrambler.run.settings import Asked, Settings
from scrambler.run.steps import STEPS, Run, pseudonyms_of
from scrambler.sinks import destination_of
from scrambler.sinks.manifest import read_manifest
from scrambler.sources import open_source
from scrambler.sources.steady import SteadySource
from scrambler.ssd import ssd


def run(
    source: Path | str,
    out: Path | str,
    *,
    progress: Progress | bool | None = None,
    **asked: Unpack[Asked],
) -> Report:
    """Scramble ``source`` into ``out``, committed whole or not at all.

    ``out`` is a folder, ``sqlite:///FILE`` or ``postgresql://...``. What may be ``asked`` are the
    fields of `Settings`. VerificationError when a check fails; nothing is committed then.
    """
    began = time.monotonic()
    settings = Settings.of(asked)
    place = destination_of(out, settings.out_schema)
    settings = settings.beside(place)
    given = open_source(source, settings.schema)
    reader = SteadySource(given)
    plan, policy = settings.plan(reader)
    if settings.dry_run:
        if settings.epoch is not None:
            plan.under(Epoch.load(settings.epoch).forms)
        if settings.dates_key is not None:
            DatesKey.load(settings.dates_key)
        counts = {one.table.name: reader.count(one.table.name) for one in plan.tables}
        seconds = time.monotonic() - began
        return Report(plan, counts, None, seconds, shift=settings.dates, out=str(place))
    dates_key = DatesKey.load(settings.dates_key) if settings.dates_key else None
    owned = opened(settings.epoch) if settings.epoch else nullcontext(Epoch.new())
    opening = place.sink(replace=settings.replace or settings.delta, shared=settings.shared)
    with owned as key, opening as sink:
        place.refuse_source(source, given)
        plan = plan.under(key.forms)
        key.settle_ids(settings.ids, None if key.ids else given.ids)
        parameters = run_parameters(
            plan, key, policy, settings.dates, settings.children, dates_key, settings.codes
        )
        state = Run(
            settings,
            plan,
            reader,
            sink,
            key,
            RunContext(
                ssd(),
                pseudonyms_of(plan, key),
                settings.dates,
                dates_key=dates_key,
                codes=settings.codes,
            ),
            parameters,
            heard(progress),
            _earlier(place.path, plan, parameters) if settings.delta else None,
        )
        try:
            for step in STEPS:
                step(state)
        except (PolicyError, SourceError, VerificationError) as error:
            evidence.of_failure(place.path, error)
            raise
        kept = evidence.of_run(
            place.path, state.manifest, state.verdict, state.cohort, state.errors, began
        )
    return Report(
        plan,
        {table: files.rows for table, files in state.written.items()},
        state.verdict,
        time.monotonic() - began,
        state.cohort,
        changes=state.changes.counts if state.changes else None,
        shift=settings.dates,
        errors=state.errors,
        out=str(place),
        ids=key.ids or "exact",
        evidence=kept,
        dates_key=dates_key is not None,
        codes=settings.codes,
    )


def _earlier(out: Path | None, plan: Plan, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return the manifest of the output that a delta is to be compared with, if it may be."""
    assert out is not None  # noqa: S101 - a delta is of a folder
    if not out.exists():
        raise OutputError(
            f"There is no output {out} to compare with. Make it with a run without --delta."
        )
    manifest = read_manifest(out)
    schemas = {planned.table.name: planned.schema for planned in plan.tables}
    ensure_compatible(out, manifest, parameters, schemas)
    return manifest
