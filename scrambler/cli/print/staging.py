"""What became of payloads in staging, and what is staged."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from scrambler.cli.print.console import IDS_TERMS, VERDICTS, console, print_json
from scrambler.errors.redact import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scrambler.payload import Case
    from scrambler.staging import Review
    from scrambler.staging.stage_payloads import StagingReport


def print_staging(done: StagingReport, json: bool) -> None:
    """Print what became of the payloads in staging."""
    if json:
        print_json(
            {
                "as_of": str(done.as_of) if done.as_of else None,
                "seconds": round(done.seconds, 1),
                "counts": done.counts,
                "removals": dict(done.staged.removals),
                "compared": dict(done.compared),
                "judged": dict(done.judged),
                "kept": dict(done.kept),
                "ids": done.ids,
                "contradictions": dict(done.contradictions),
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
    for rule, children in sorted(done.contradictions.items()):
        shown.print(f"{children:,} children's payloads contradict themselves: {rule}.")
    if done.ids:
        shown.print(IDS_TERMS[done.ids])
    if done.kept:
        shown.print(f"Kept, as the policy says: {', '.join(sorted(done.kept))}.", markup=False)
    shown.print(
        f"{VERDICTS[True]}: {done.payloads:,} payloads{day}, all valid, staged in "
        f"{done.seconds:.1f} s. Nothing was sent."
    )
    if done.evidence:
        shown.print(done.evidence, markup=False)


def print_invalid(folder: str, cases: list[Case], json: bool) -> None:
    """Print how many payloads were written that a receiver must refuse."""
    verdicts = Counter(case.verdict for case in cases)
    if json:
        print_json(dict(verdicts))
        return
    said = ", ".join(f"{count:,} to be {verdict}" for verdict, count in sorted(verdicts.items()))
    sys.stdout.write(f"{len(cases):,} payloads in {plain(folder)}: {said}; see cases.csv there.\n")


def print_review(review: Review, json: bool) -> None:
    """Print what is staged, by state; then the ids of a state, or the record of a child."""
    if json:
        print_json(asdict(review))
        return
    shown = console()
    table = Table("state", "status", "children", "characters, least", "mean", "most")
    for numbers in table.columns[2:]:
        numbers.justify = "right"
    for count in review.counts:
        lengths = (count.rows, count.shortest, count.mean, count.longest)
        states = (escape(plain(text)) for text in (count.row_state, count.submission_status))
        table.add_row(*states, *(f"{n:,}" for n in lengths))
    shown.print(table)
    if review.children:
        shown.print(escape(plain("The first: " + ", ".join(review.children) + ".")))
    for column, value in (review.record or {}).items():
        sys.stdout.write(f"{column}: {plain(value) if value is not None else ''}\n")


def print_child(record: Mapping[str, str | None]) -> None:
    """Print what happened to one child, in its order, and what changed since it was last sent."""
    from scrambler.staging.timeline import changes, timeline

    shown = console()
    state = record["row_state"] or "no state"
    table = Table("day", "what", "details", title=escape(plain(f"{record['person_id']}, {state}")))
    for event in timeline(record["json_payload"]):
        details = "; ".join(f"{name}: {said}" for name, said in event.details)
        cells = (event.day or "no date", event.what, details)
        table.add_row(*(escape(plain(cell)) for cell in cells))
    shown.print(table)
    if state.lower() != "updated":
        return
    changed = Table("changed", "before", "now")
    for one in changes(record["previous_json_payload"], record["json_payload"]):
        cells = (one.where, one.before or "", one.after or "")
        changed.add_row(*(escape(plain(cell)) for cell in cells))
    shown.print(changed)


def print_pages(index: Path, json: bool) -> None:
    """Print where the pages are."""
    if json:
        print_json({"index": str(index)})
        return
    console().print(f"The pages: {index}", markup=False)
