"""The verdict of a phase, and where all of them stand."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from scrambler.cli.print.console import VERDICTS, console, print_json

if TYPE_CHECKING:
    from scrambler.phases import Ledger, PhaseReport


def print_phase(report: PhaseReport, json: bool) -> None:
    """Print what a phase found, and its verdict."""
    outcome = report.outcome
    if json:
        print_json(
            {
                "phase": report.phase.number,
                "passed": outcome.passed,
                "checks": [asdict(check) for check in outcome.checks],
                "counts": dict(outcome.counts),
                "notes": outcome.notes,
                "epoch": outcome.epoch,
                "seconds": report.seconds,
                "seal": report.seal,
            }
        )
        return
    shown = console()
    table = Table("check", "found", "verdict")
    for check in outcome.checks:
        table.add_row(check.what, check.found, "passed" if check.passed else "FAILED")
    shown.print(table)
    for note in outcome.notes:
        shown.print(escape(note))
    shown.print(
        f"{VERDICTS[outcome.passed]}: phase {report.phase.number}, {report.phase.title}, in "
        f"{report.seconds:.1f} s. Recorded; the ledger's seal is {report.seal[:16]}."
    )
    if report.evidence:
        shown.print(report.evidence, markup=False)


def print_phases(ledger: Ledger, json: bool) -> None:
    """Print where the phases stand, every run of one, and signs of tampering."""
    from scrambler.phases import PHASES

    standing = {phase.number: ledger.passed(phase.number) for phase in PHASES}
    if json:
        print_json(
            {
                "passed": [number for number, passed in standing.items() if passed],
                "entries": [asdict(entry) for entry in ledger.entries],
                "faults": ledger.faults,
                "notes": ledger.notes,
                "seal": ledger.seal,
            }
        )
        return
    shown = console()
    table = Table("phase", "", "when (UTC)", "verdict", "counts", "said")
    for phase in PHASES:
        runs = [entry for entry in ledger.entries if entry.phase == phase.number]
        if not runs:
            table.add_row(str(phase.number), phase.title, "", "not run", "", "")
        for entry in runs:
            said = {
                "epoch": entry.epoch,
                "out of order": entry.out_of_order,
                "agreed by": entry.agreed_by,
                "ended by": entry.fault,
            }
            table.add_row(
                str(phase.number),
                phase.title,
                escape(entry.when.removesuffix("+00:00")),
                "passed" if entry.passed else "FAILED",
                escape("\n".join(f"{name} {count:,}" for name, count in entry.counts.items())),
                escape("\n".join(f"{name}: {text}" for name, text in said.items() if text)),
            )
    shown.print(table)
    for note in ledger.notes:
        shown.print(f"Note: {escape(note)}.")
    if ledger.faults:
        for fault in ledger.faults:
            shown.print(f"[bold red]TAMPERED WITH[/]: {escape(fault)}.")
        return
    coming = next((number for number, passed in standing.items() if not passed), None)
    shown.print(
        f"Ledger whole: {len(ledger.entries)} entries, seal {ledger.seal[:16]}. "
        + (f"Next: phase {coming}." if coming else "All phases passed.")
    )
