"""The report of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from scrambler.cli.print.console import IDS_TERMS, VERDICTS, console, print_json, warn_open
from scrambler.cli.print.plan import print_notes
from scrambler.errors.redact import shown as named
from scrambler.ssd.national import national_weights
from scrambler.verification.verdict import judged_by, rounded

if TYPE_CHECKING:
    from scrambler.api import Report
    from scrambler.run.cohort import CohortShift
    from scrambler.verification.verdict import Verdict

_MANY = 6

AVERAGED = (
    "Releases: each epoch moves dates anew, and they average out. By default a birthday is one of "
    "59 days to who has one release, of 19 with five, of 4 with twenty; with one --dates-key it "
    "stays one of 59."
)
AGREEING = (
    "Releases: dates move as in every other made with this dates key. While it lives, whoever "
    "holds it and knows true dates or ids can find children in all of them."
)


_HELD_TO = {
    "change": ("must change", "a single one would have stopped the run"),
    "chance": ("drawn anew", "as many as chance leaves, within six standard errors"),
    "structure": ("structure", "follows from what stays: empty cells, which rows belong together"),
    "kept": ("kept", "about nobody"),
    "empty": ("empty", "nothing to compare"),
}


def print_report(report: Report, json: bool, verbose: bool = False) -> None:
    """Print what needs a look, the closing table of a run and its verdict.

    ``verbose``: a row for each table as well.
    """
    if json:
        print_json(_document(report))
        return
    shown = console()
    verdict = report.verdict
    if verdict:
        looks = [*_looks(report)]
        shown.print(f"Needs a look: {'' if looks else 'nothing.'}", markup=False)
        for look in looks:
            shown.print(f"  {look}", markup=False)
        shown.print(_closing(verdict))
    if verbose or not verdict:
        shown.print(_table(report))
    print_notes(shown, report.plan)
    if report.changes is not None:
        _changes(shown, report.changes)
    if verdict is None:
        shown.print("Nothing was read or written: a dry run.")
        return
    shown.print(str(report.shift))
    shown.print(AGREEING if report.dates_key else AVERAGED)
    if report.codes == "national":
        shown.print(
            "Codes: as common as they are in England where that is published "
            f"({', '.join(national_weights())}), else drawn evenly."
        )
    if report.ids == "fold":
        shown.print(IDS_TERMS["fold"])
    if report.cohort and not report.cohort.wide:
        shown.print(str(report.cohort))
    if report.errors:
        shown.print(str(report.errors))
    if kept := _kept(verdict):
        shown.print(f"Kept as structure: {', '.join(kept)}.")
    total = sum(report.rows.values())
    shown.print(
        f"{VERDICTS[True]}: {total:,} rows in {report.seconds:.1f} s; "
        f"{len(verdict.domains)} id domains one to one, {len(verdict.references)} foreign keys "
        f"intact. Output: {report.out}"
    )
    warn_open(shown, report.out)
    shown.print(report.evidence, markup=False)


def _looks(report: Report) -> Iterator[str]:
    """Yield what somebody should look at, though nothing failed."""
    verdict = report.verdict
    assert verdict is not None  # noqa: S101 - what was verified only
    if report.cohort and report.cohort.wide:
        yield str(report.cohort)
    for said, found in (
        ("Rows whose child was not found, each with an offset of its own", verdict.without_subject),
        ("Values that fit no type and were cleared", verdict.cleared),
    ):
        if found:
            lost = ", ".join(f"{name} {_count(count)}" for name, count in found.items())
            yield f"{said}: {lost}."
    if report.ids != "fold" and (alone := verdict.case_alone):
        yield (
            f"Identifiers that another one is but for its case: {_count(alone)}. They have "
            "different pseudonyms. Where the database they come from holds them equal, scramble "
            "with a new epoch and --ids fold."
        )


def _closing(verdict: Verdict) -> Table:
    """Return a row for each thing that columns were held to, with sums over those columns."""
    table = Table("held to", "columns", "unchanged", "of how many", "by chance", "verdict", "")
    for numbers in table.columns[1:5]:
        numbers.justify = "right"
    for judged, (name, said) in _HELD_TO.items():
        columns = [one for one in verdict.columns if judged_by(one) == judged]
        if not columns:
            continue
        unchanged = sum(one.unchanged for one in columns)
        drawn = judged == "chance"
        failed = sum(bool(one.faults()) for one in columns)
        table.add_row(
            name,
            f"{len(columns):,}",
            _count(unchanged)
            if drawn or (unchanged and judged == "change")
            else "0"
            if judged == "change"
            else "",
            _count(sum(one.examined for one in columns)) if judged not in ("kept", "empty") else "",
            _count(round(sum(one.expected for one in columns))) if drawn else "",
            "passed" if not failed else f"{failed} columns failed",
            said,
        )
    return table


def _document(report: Report) -> dict[str, object]:
    changes = {} if report.changes is None else {"changes": report.changes}
    verdict = report.verdict
    return {
        "out": report.out,
        "evidence": report.evidence,
        "rows": report.rows,
        "missing": report.plan.missing,
        "unread": report.plan.unread,
        "schema": named(report.plan.schema_found) or None,
        "unencrypted": report.plan.plain,
        "seconds": round(report.seconds, 1),
        "dates": report.shift.keep,
        "dates_key": report.dates_key,
        "codes": report.codes,
        "ids": report.ids,
        "ids_by_case_alone": rounded(verdict.case_alone) if verdict else None,
        "verdict": verdict.published() if verdict else None,
        "cohort": _cohort(report.cohort) if report.cohort else None,
        "children_with_errors": asdict(report.errors) if report.errors else None,
        **changes,
    }


def _table(report: Report) -> Table:
    verdict = report.verdict
    table = Table("table", "rows", "columns", "examined", "kept", "verdict")
    for numbers in table.columns[1:5]:
        numbers.justify = "right"
    for planned in report.plan.tables:
        name = planned.table.name
        columns = [one for one in verdict.columns if one.table == name] if verdict else []
        failed = sum(bool(one.faults()) for one in columns)
        table.add_row(
            name,
            f"{report.rows.get(name, 0):,}",
            str(len(planned.assignments)),
            _count(sum(one.examined for one in columns)) if verdict else "",
            str(sum(one.retained > 0 for one in columns)) if verdict else "",
            ("passed" if not failed else f"{failed} columns failed") if verdict else "not run",
        )
    return table


def _kept(verdict: Verdict) -> list[str]:
    """Return the tables with columns kept as structure, and their names or how many they are."""
    kept: dict[str, list[str]] = {}
    for one in verdict.columns:
        if one.retained:
            kept.setdefault(one.table, []).append(one.column)
    return [
        f"{table} ({', '.join(names) if len(names) < _MANY else f'{len(names)} columns'})"
        for table, names in kept.items()
    ]


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
