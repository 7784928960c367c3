"""What a run would do, and what every report says of its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from scrambler.cli.print.console import VERDICTS, console, print_json
from scrambler.errors.redact import shown as named
from scrambler.sources.encryption import PLAIN

if TYPE_CHECKING:
    from scrambler.run.plan import Plan


def print_plan(plan: Plan, read: str, json: bool) -> None:
    """Print what a run would do; ``read`` says which rows were looked at."""
    columns = {p.table.name: len(p.assignments) for p in plan.tables}
    if json:
        print_json(
            {
                "tables": columns,
                "missing": plan.missing,
                "dropped": plan.dropped,
                "omitted": plan.omitted,
                "unread": plan.unread,
                "schema": named(plan.schema_found) or None,
                "unencrypted": plan.plain,
                "other_tables": plan.others,
            }
        )
        return
    shown = console()
    print_notes(shown, plan)
    shown.print(
        f"{VERDICTS[True]}: every column of {len(columns)} tables has a treatment "
        f"({sum(columns.values())} columns). {read} was read, and none is shown."
    )


def print_notes(shown: Console, plan: Plan) -> None:
    """Print what the user should know of a plan: what is missing, left out or not encrypted."""
    if plan.plain:
        shown.print(f"[bold yellow]Warning[/]: {PLAIN}")
    if plan.schema_found:
        shown.print(
            f"Read from the schema {escape(named(plan.schema_found))}: the default one has no "
            "ssd_person."
        )
    if plan.missing:
        tables = [name for name in plan.missing if "." not in name]
        columns = [name for name in plan.missing if "." in name]
        shown.print(
            f"Tables of the SSD that the source lacks: {len(tables)}, columns: {len(columns)} "
            "(versions differ); --json names all of them."
        )
        if tables:
            shown.print(f"Tables that it lacks: {', '.join(tables)}.")
    if plan.dropped:
        shown.print(f"Left out, unknown: {escape(', '.join(plan.dropped))}.")
    if plan.omitted:
        shown.print(f"Never copied: {', '.join(plan.omitted)}.")
    if plan.unread:
        shown.print(f"Not of the SSD, not read: {escape(', '.join(plan.unread))}.")
    if plan.others:
        shown.print(f"Other tables in the database, not read: {plan.others}.")
