"""What a source holds that a run would stop at: looked for in all columns before one is tried."""

from __future__ import annotations

from collections import Counter

from scrambler.batch.cast import misfits, wanted
from scrambler.errors import SourceError
from scrambler.errors.boundary import fault_at
from scrambler.resources.limits import BATCH_ROWS
from scrambler.resources.progress import OVERALL, Progress
from scrambler.run.plan import Plan, TablePlan
from scrambler.sources import Source


def ensure_readable(plan: Plan, source: Source) -> None:
    """Read a row of each table and show none; SourceError with all that cannot be read.

    Finds what a catalogue does not tell: tables that the user may not read, types that a value of
    the first row does not fit.
    """
    _raise([line for planned in plan.tables for line in _unreadable(planned, source, 1, None)])


def ensure_fits(plan: Plan, source: Source, progress: Progress) -> None:
    """Read every row once; SourceError with the count of unfit values of every column."""
    found: list[str] = []
    progress.begin(OVERALL, sum(source.count(planned.table.name) for planned in plan.tables))
    for planned in plan.tables:
        name = planned.table.name
        progress.begin(name, source.count(name))
        found += _unreadable(planned, source, None, progress)
    _raise(found)


def _unreadable(
    planned: TablePlan, source: Source, rows: int | None, progress: Progress | None
) -> list[str]:
    name, assignments = planned.table.name, planned.assignments
    counts: Counter[str] = Counter()
    try:
        with fault_at(name):
            for frame in source.read(name, list(assignments), rows or BATCH_ROWS):
                counts.update(misfits(frame, assignments))
                if rows is not None:
                    break
                if progress:
                    progress.advance(name, frame.height)
    except SourceError as error:
        return [str(error)]
    return [
        f"{name}.{column}: {count:,} values are no {assignments[column].column.sql_type}; wanted: "
        f"{wanted(assignments[column])}"
        for column, count in counts.items()
    ]


def _raise(lines: list[str]) -> None:
    if lines:
        raise SourceError(
            "\n".join(
                [
                    *lines,
                    "Correct them in the source. Or give a column `clear`, dates a format "
                    "(`format=%d/%m/%Y`), or what does not fit `unfit=clear`, in a policy of your "
                    "own (--policy).",
                ]
            )
        )
