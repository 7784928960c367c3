"""What commands print when they are done: a verdict one can read at a glance, or JSON."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from scrambler.sources.encryption import PLAIN
from scrambler.verification.verdict import rounded

if TYPE_CHECKING:
    from scrambler.api import Report
    from scrambler.run.cohort import CohortShift
    from scrambler.run.plan import Plan
    from scrambler.verification.after.result import PostRunVerification

_MANY = 6


def console() -> Console:
    """Return a console on standard output that never wraps piped tables."""
    shown = Console()
    return shown if shown.is_terminal else Console(width=120)


def print_report(report: Report, json: bool) -> None:
    """Print the closing table of a run and its verdict."""
    if json:
        _json(
            {
                "out": report.out,
                "rows": report.rows,
                "missing": report.plan.missing,
                "unread": report.plan.unread,
                "schema": report.plan.schema_found or None,
                "unencrypted": report.plan.plain,
                "seconds": round(report.seconds, 1),
                "dates": report.shift.keep,
                "verdict": report.verdict.published() if report.verdict else None,
                "cohort": _cohort(report.cohort) if report.cohort else None,
                **({"changes": report.changes} if report.changes is not None else {}),
            }
        )
        return
    shown = console()
    verdict = report.verdict
    table = Table("table", "rows", "columns", "examined", "kept", "verdict")
    for column in ("rows", "columns", "examined", "kept"):
        table.columns[[c.header for c in table.columns].index(column)].justify = "right"
    for planned in report.plan.tables:
        name = planned.table.name
        columns = [t for t in verdict.columns if t.table == name] if verdict else []
        failed = sum(bool(one.faults()) for one in columns)
        table.add_row(
            name,
            f"{report.rows.get(name, 0):,}",
            str(len(planned.assignments)),
            _count(sum(t.examined for t in columns)) if verdict else "",
            str(sum(t.retained > 0 for t in columns)) if verdict else "",
            ("passed" if not failed else f"{failed} columns failed") if verdict else "not run",
        )
    shown.print(table)
    _notes(shown, report.plan)
    if report.changes is not None:
        _changes(shown, report.changes)
    if verdict is None:
        shown.print("Nothing was read or written: a dry run.")
        return
    shown.print(str(report.shift))
    if report.cohort:
        shown.print(str(report.cohort))
    if verdict.without_subject:
        lost = ", ".join(
            f"{name} {_count(count)}" for name, count in verdict.without_subject.items()
        )
        shown.print(f"Rows whose child was not found, each with an offset of its own: {lost}.")
    kept: dict[str, list[str]] = {}
    for one in verdict.columns:
        if one.retained:
            kept.setdefault(one.table, []).append(one.column)
    if kept:
        told = (
            f"{table} ({', '.join(names) if len(names) < _MANY else f'{len(names)} columns'})"
            for table, names in kept.items()
        )
        shown.print(f"Kept as structure: {', '.join(told)}.")
    total = sum(report.rows.values())
    shown.print(
        f"[bold green]PASSED[/]: {total:,} rows in {report.seconds:.1f} s; "
        f"{len(verdict.domains)} id domains one to one, {len(verdict.references)} foreign keys "
        f"intact. Output: {report.out}"
    )


def _count(count: int) -> str:
    """Show a count of the verdict: rounded, so that no single row moves it."""
    shown = rounded(count)
    return shown if isinstance(shown, str) else f"{shown:,}"


def _cohort(shift: CohortShift) -> dict[str, object]:
    return {
        "as_of": str(shift.as_of),
        "before": shift.before,
        "after": shift.after,
        "warning": str(shift) if shift.wide else None,
    }


def print_rows(rows: Mapping[str, int], json: bool) -> None:
    """Print how many rows each table got."""
    if json:
        _json({"rows": dict(rows)})
        return
    table = Table("table", "rows")
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    console().print(table)
    console().print(f"{sum(rows.values()):,} rows.")


def print_plan(plan: Plan, read: str, json: bool) -> None:
    """Print what a run would do; ``read`` says which rows were looked at."""
    columns = {p.table.name: len(p.assignments) for p in plan.tables}
    if json:
        _json(
            {
                "tables": columns,
                "missing": plan.missing,
                "dropped": plan.dropped,
                "omitted": plan.omitted,
                "unread": plan.unread,
                "schema": plan.schema_found or None,
                "unencrypted": plan.plain,
                "other_tables": plan.others,
            }
        )
        return
    shown = console()
    _notes(shown, plan)
    shown.print(
        f"[bold green]PASSED[/]: every column of {len(columns)} tables has a treatment "
        f"({sum(columns.values())} columns). {read} was read, and none is shown."
    )


def print_verification(result: PostRunVerification, json: bool) -> None:
    """Print the checks of a post-run verification, and its figures."""
    if json:
        _json(result.summary())
        return
    shown = console()
    table = Table("check", "examined", "failures", "verdict")
    for check in result.checks:
        table.add_row(
            check.what,
            f"{check.examined:,}",
            f"{check.failures:,}",
            "passed" if check.passed else "FAILED",
        )
    shown.print(table)
    for said in (*result.risks, *result.notes):
        shown.print(str(said))
    shown.print("[bold green]PASSED[/]" if result.passed else "[bold red]FAILED[/]")


def _changes(shown: Console, changes: Mapping[str, Mapping[str, int]]) -> None:
    changed = {name: counts for name, counts in changes.items() if any(counts.values())}
    if not changed:
        shown.print(f"Nothing changed in {len(changes)} tables.")
        return
    states = [*next(iter(changed.values()))]
    table = Table("table", *states)
    for name, counts in changed.items():
        table.add_row(name, *(f"{counts[state]:,}" for state in states))
    shown.print(table)
    shown.print(f"Nothing changed in the other {len(changes) - len(changed)} tables.")


def _notes(shown: Console, plan: Plan) -> None:
    if plan.plain:
        shown.print(f"[bold yellow]Warning[/]: {PLAIN}")
    if plan.schema_found:
        shown.print(f"Read from the schema {plan.schema_found}: the default one has no ssd_person.")
    if plan.missing:
        tables = [name for name in plan.missing if "." not in name]
        columns = [name for name in plan.missing if "." in name]
        shown.print(
            f"The source lacks {len(tables)} tables and {len(columns)} columns of the SSD "
            "(versions differ); --json names all of them."
        )
        if tables:
            shown.print(f"Tables that it lacks: {', '.join(tables)}.")
    if plan.dropped:
        shown.print(f"Left out, unknown: {', '.join(plan.dropped)}.")
    if plan.omitted:
        shown.print(f"Never copied: {', '.join(plan.omitted)}.")
    if plan.unread:
        shown.print(f"Not of the SSD, not read: {', '.join(plan.unread)}.")
    if plan.others:
        shown.print(f"Other tables in the database, not read: {plan.others}.")


def _json(document: object) -> None:
    sys.stdout.write(json_.dumps(document) + "\n")
