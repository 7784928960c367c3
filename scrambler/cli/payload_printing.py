"""What the commands of payloads, staging and phases print."""

from __future__ import annotations

import json as json_
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from scrambler.cli.printing import console

if TYPE_CHECKING:
    from scrambler.phases import Ledger, PhaseReport
    from scrambler.staging import Review
    from scrambler.staging.stage_payloads import StagingReport

_VERDICTS = {True: "[bold green]PASSED[/]", False: "[bold red]FAILED[/]"}


def print_staging(done: StagingReport, json: bool) -> None:
    """Print what became of the payloads in staging."""
    if json:
        _json(
            {
                "as_of": str(done.as_of) if done.as_of else None,
                "seconds": round(done.seconds, 1),
                "counts": done.counts,
                "removals": dict(done.staged.removals),
                "compared": dict(done.compared),
                "judged": dict(done.judged),
                "kept": dict(done.kept),
            }
        )
        return
    from scrambler.ssd.row_states import DELETED, NEW, UNCHANGED, UPDATED

    shown = console()
    table = Table("staged", "children")
    table.columns[1].justify = "right"
    for state in (NEW, UPDATED, UNCHANGED, DELETED):
        table.add_row(state, f"{done.counts[state.lower()]:,}")
    shown.print(table)
    day = f" as of {done.as_of}" if done.as_of else ""
    for count, said in (
        (
            done.staged.unsent,
            "of the children that changed or are gone had a payload pending from an earlier "
            "staging that was never sent. What is pending now takes its place.",
        ),
        (
            done.staged.removed,
            "children are gone that nobody ever tried to send: their rows were removed.",
        ),
        (
            done.staged.refreshed,
            "rows have other ids than before and nothing else: refreshed, and nothing to send.",
        ),
        (
            done.staged.mended,
            "rows had a wrong record of what was sent, kept by an earlier version: mended.",
        ),
    ):
        if count:
            shown.print(f"{count:,} {said}")
    if removals := done.staged.removals:
        shown.print(
            f"{sum(removals.values()):,} removals within children are in no partial payload, and a "
            "receiver that keeps what is not named keeps them (full payloads say them): "
            + ", ".join(f"{path} {count:,}" for path, count in sorted(removals.items()))
            + ".",
            markup=False,
        )
    if done.compared:
        shown.print(
            f"{sum(done.compared.values()):,} ids, names, dates and postcodes of "
            f"{len(done.compared)} fields held against their originals: none unchanged. "
            f"{sum(done.judged.values()):,} codes, flags and scores of {len(done.judged)} fields "
            "were drawn anew, unchanged as often as chance has it."
        )
    if done.kept:
        shown.print(f"Kept, as the policy says: {', '.join(sorted(done.kept))}.", markup=False)
    shown.print(
        f"{_VERDICTS[True]}: {done.payloads:,} payloads{day}, all valid, staged in "
        f"{done.seconds:.1f} s. Nothing was sent."
    )


def print_review(review: Review, json: bool) -> None:
    """Print what is staged, by state; then the ids of a state, or the record of a child."""
    if json:
        _json(asdict(review))
        return
    shown = console()
    table = Table("state", "status", "children", "characters, least", "mean", "most")
    for numbers in table.columns[2:]:
        numbers.justify = "right"
    for count in review.counts:
        lengths = (count.rows, count.shortest, count.mean, count.longest)
        states = (escape(_plain(text)) for text in (count.row_state, count.submission_status))
        table.add_row(*states, *(f"{n:,}" for n in lengths))
    shown.print(table)
    if review.children:
        shown.print(escape(_plain("The first: " + ", ".join(review.children) + ".")))
    for column, value in (review.record or {}).items():
        sys.stdout.write(f"{column}: {_plain(value) if value is not None else ''}\n")


def print_phase(report: PhaseReport, json: bool) -> None:
    """Print what a phase found, and its verdict."""
    outcome = report.outcome
    if json:
        _json(
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
        f"{_VERDICTS[outcome.passed]}: phase {report.phase.number}, {report.phase.title}, in "
        f"{report.seconds:.1f} s. Recorded; the ledger's seal is {report.seal[:16]}."
    )


def print_phases(ledger: Ledger, json: bool) -> None:
    """Print where the phases stand, every run of one, and signs of tampering."""
    from scrambler.phases import PHASES

    standing = {phase.number: ledger.passed(phase.number) for phase in PHASES}
    if json:
        _json(
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


def _plain(text: str) -> str:
    """Return the text with what a terminal would act on spelled out: anybody may have staged it."""
    return "".join(
        one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode("ascii")
        for one in text
    )


def _json(document: object) -> None:
    sys.stdout.write(json_.dumps(document) + "\n")
