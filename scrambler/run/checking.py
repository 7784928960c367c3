"""Holds the policy against a source, before anything is scrambled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scrambler.errors import UsageError
from scrambler.policy import read_policy
from scrambler.resources.progress import Progress, heard
from scrambler.run.misfits import ensure_fits, ensure_readable
from scrambler.run.plan import Plan
from scrambler.run.planning import make_plan
from scrambler.sources import open_source
from scrambler.ssd import ssd


def check(
    source: Path | str,
    *,
    policy: Path | str | None = None,
    schema: str | None = None,
    tables: Sequence[str] = (),
    drop_unknown: bool = False,
    strict: bool = False,
    catalogue: bool = False,
    rows: bool = False,
    progress: Progress | bool | None = None,
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
        ensure_fits(plan, reader, heard(progress))
    elif not catalogue:
        ensure_readable(plan, reader)
    return replace(plan, plain=reader.plain, schema_found=reader.schema_found)
