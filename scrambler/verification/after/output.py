"""Reads the tables of an output as its manifest has them: named files, named columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from scrambler.sinks import Output
from scrambler.ssd import Spec
from scrambler.verification.after.check_result import CheckResult
from scrambler.verification.after.subjects import led_over

Tables = Mapping[str, Any]
"""The tables of a manifest by name."""


def columns_as_named(out: Output, tables: Tables, notes: list[str]) -> CheckResult:
    """Count columns that the manifest names and a file lacks, or that a file has beside them.

    Those that are absent are not examined, and told in ``notes``; others may say anything, in
    their names too.
    """
    absent, beside, named = [], 0, 0
    for name, table in tables.items():
        wanted = {*table["columns"]}
        named += len(wanted)
        for held in out.columns(name):
            absent += [f"{name}.{column}" for column in table["columns"] if column not in held]
            beside += len(held - wanted)
    lacking = sorted({*absent})
    if lacking:
        notes.append(f"The output lacks what its manifest names: {', '.join(lacking)}.")
    return CheckResult("columns as the manifest names them", named, len(lacking) + beside)


def narrowed(out: Output, tables: Tables, source: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Return the tables with the columns that all of their files have, and the source too."""
    found = {}
    for name, table in tables.items():
        held = set.intersection(*out.columns(name), {*source[name]})
        columns = {own: column for own, column in table["columns"].items() if own in held}
        found[name] = {**table, "columns": columns}
    return found


def parents_first(tables: Tables, spec: Spec) -> list[str]:
    """Return the tables so that those come first that others refer to, or lead over to a child."""
    ordered: dict[str, None] = {}
    over, open_ = led_over(spec), set[str]()

    def visit(name: str) -> None:
        if name in ordered or name in open_ or name not in tables:
            return
        open_.add(name)
        columns = spec.tables[name].columns.values()
        parents = {column.references[0] for column in columns if column.references}
        for parent in ("ssd_person", *sorted(over[name]), *sorted(parents)):
            visit(parent)
        ordered[name] = None

    for name in sorted(tables):
        visit(name)
    return [*ordered]
