"""Where a report is, what checking it found, and that it was signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from scrambler.cli.print.console import VERDICTS, console, print_json

if TYPE_CHECKING:
    from scrambler.phases.phase import Check


def print_page(page: Path, json: bool) -> None:
    """Print where the page is."""
    if json:
        print_json({"page": str(page)})
        return
    console().print(f"The page to judge it by: {page}", markup=False)


def print_checks(checks: Sequence[Check], json: bool) -> None:
    """Print whether anything was changed."""
    passed = all(one.passed for one in checks)
    if json:
        print_json({"passed": passed, "checks": [asdict(one) for one in checks]})
        return
    shown = console()
    table = Table("check", "found", "verdict")
    for one in checks:
        table.add_row(one.what, one.found, "passed" if one.passed else "FAILED")
    shown.print(table)
    shown.print(VERDICTS[passed])


def print_signature(decision: str, seal: str, json: bool) -> None:
    """Print what was recorded."""
    if json:
        print_json({"decision": decision, "seal": seal})
        return
    console().print(
        f"Recorded: {decision}. The ledger's seal is {seal[:16]}. A name typed is no "
        "authentication: keep the signed paper."
    )
