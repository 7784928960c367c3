"""The report of a post-run verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from scrambler.cli.print.console import VERDICTS, console, print_json

if TYPE_CHECKING:
    from scrambler.verification.after.result import PostRunVerification


def print_verification(result: PostRunVerification, json: bool) -> None:
    """Print the checks of a post-run verification, and its figures."""
    if json:
        print_json(result.summary())
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
    for said in (*result.risks, *result.attacks, *result.notes, *filter(None, [result.errors])):
        shown.print(str(said))
    shown.print(VERDICTS[result.passed])
    if result.evidence:
        shown.print(result.evidence, markup=False)
