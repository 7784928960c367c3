"""What a run did."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from scrambler.batch.dates import DateShift
from scrambler.keys.epoch import Ids
from scrambler.resources.notebook import as_html
from scrambler.run.cohort import CohortShift
from scrambler.run.plan import Plan
from scrambler.ssd.national import Codes
from scrambler.verification import Verdict
from scrambler.verification.after.statutory_rows import ChildrenWithErrors


@dataclass(frozen=True, repr=False)
class Report:
    """What a run did: the plan it followed, rows by table, the verdict, and how long it took.

    ``verdict`` is None for a dry run and for a run without verification. ``cohort``
    says what the offsets cost the payload cohort; None where only part was scrambled. ``changes``
    counts the rows New, Updated and Deleted by table; None for a run that was no delta. ``shift``
    says how dates moved, ``codes`` what codes were drawn by, ``ids`` whether identifiers fold case.
    ``out`` is the place of the output, in words without a password. ``errors`` is None where they
    were not to be counted. ``evidence`` says where the page about the output is, or why there is
    none. ``dates_key`` says whether dates move as in other releases.
    """

    plan: Plan
    rows: dict[str, int]
    verdict: Verdict | None
    seconds: float
    cohort: CohortShift | None = None
    changes: dict[str, dict[str, int]] | None = None
    shift: DateShift = field(default_factory=DateShift)
    out: str = ""
    ids: Ids = "exact"
    codes: Codes = "even"
    errors: ChildrenWithErrors | None = None
    evidence: str = ""
    dates_key: bool = False

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each table: rows written, columns, and whether all of them passed."""
        failed = {
            one.table for one in (self.verdict.columns if self.verdict else ()) if one.faults()
        }
        return pl.DataFrame(
            [
                (
                    planned.table.name,
                    self.rows.get(planned.table.name, 0),
                    len(planned.assignments),
                    None if self.verdict is None else planned.table.name not in failed,
                )
                for planned in self.plan.tables
            ],
            schema={
                "table": pl.String,
                **dict.fromkeys(("rows", "columns"), pl.Int64),
                "passed": pl.Boolean,
            },
            orient="row",
        )

    def _repr_html_(self) -> str:
        """Show the tables and how they passed."""
        return as_html(repr(self), self.frame)

    def __repr__(self) -> str:
        """Show how it went: a notebook prints it whole."""
        how = "not verified"
        if self.verdict is not None:
            how = "passed" if self.verdict.passed else "FAILED"
        return (
            f"Report({how}: {sum(self.rows.values()):,} rows of {len(self.rows)} tables in "
            f"{self.seconds:.1f} s)"
        )
