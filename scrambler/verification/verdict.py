"""The verdict of a run: per column, per id domain, per foreign key; aggregates only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from scrambler.resources.notebook import as_html
from scrambler.verification.during.comparison import ColumnComparison, TableComparison
from scrambler.verification.during.keys import DomainCount, ReferenceCount

FEW = 50
"""Examined values below which no figure of a column is shown."""

_SPREAD = 100.0
"""Variance from which on a count is as uncertain as what is shown of it."""

_MOSTLY = 0.9

TOO_FEW = "too few to show"
WITHIN = "within six standard errors"
ABOVE = "above six standard errors"


@dataclass(frozen=True, repr=False)
class Verdict:
    """What the verification found, in exact figures: they stay in memory.

    ``cleared`` counts the values that did not fit their column's type, by column.
    """

    tables: list[TableComparison] = field(default_factory=list)
    domains: list[DomainCount] = field(default_factory=list)
    references: list[ReferenceCount] = field(default_factory=list)
    cleared: Mapping[str, int] = field(default_factory=dict)

    @property
    def columns(self) -> list[ColumnComparison]:
        """The columns of all tables."""
        return [column for table in self.tables for column in table.columns.values()]

    @property
    def without_subject(self) -> dict[str, int]:
        """Rows whose child was not found, by table; tables without any are left out."""
        return {one.table: one.without_subject for one in self.tables if one.without_subject}

    @property
    def case_alone(self) -> int:
        """Identifiers that another one is but for small and capital letters."""
        return sum(domain.case_alone for domain in self.domains)

    @property
    def passed(self) -> bool:
        """True when nothing failed."""
        return not any(True for _ in self.faults())

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each column, in the figures that others may read; see ``published``."""
        return pl.DataFrame(
            [
                (one.table, one.column, one.treatment, str(said["examined"]), bool(said["passed"]))
                for one, said in ((one, shown(one)) for one in self.columns)
            ],
            schema={
                **dict.fromkeys(("table", "column", "treatment", "examined"), pl.String),
                "passed": pl.Boolean,
            },
            orient="row",
        )

    def __repr__(self) -> str:
        """Show how it went: a notebook prints it whole."""
        how = "passed" if self.passed else "FAILED"
        return (
            f"Verdict({how}: {len(self.columns)} columns, {len(self.domains)} id domains, "
            f"{len(self.references)} foreign keys)"
        )

    def _repr_html_(self) -> str:
        """Show for each table how many columns passed."""
        tables = self.frame.group_by("table", maintain_order=True)
        return as_html(repr(self), tables.agg(columns=pl.len(), passed=pl.col("passed").sum()))

    def faults(self) -> Iterator[str]:
        """Yield one line for each column, table, domain or reference that failed."""
        for table in self.tables:
            for column in table.columns.values():
                for fault in column.faults():
                    yield f"{column.table}.{column.column}: {fault}."
            if table.wrong_keys:
                yield (
                    f"{table.table}: {table.wrong_keys} rows whose seed or child does not follow "
                    "from their identifiers."
                )
            if table.displaced:
                yield (
                    f"{table.table}: {table.displaced} rows whose place does not follow from "
                    "their keys."
                )
        for domain in self.domains:
            if not domain.holds:
                yield (
                    f"id domain {domain.domain}: {domain.source} identifiers became "
                    f"{domain.scrambled} pseudonyms in {domain.pairs} pairs."
                )
        for reference in self.references:
            if not reference.holds:
                yield (
                    f"{reference.column}: {reference.source} values were found in "
                    f"{reference.parent} before, {reference.scrambled} after."
                )

    def figures(self) -> list[dict[str, object]]:
        """Return how far chance took each column, as it may be shown beside an output.

        See `measured`. Coarser than what is known, for the reasons that ``published`` has.
        """
        return [measured(column) for column in self.columns]

    def published(self) -> dict[str, object]:
        """Return what others may read: in the manifest, in ``--json`` and in the closing table.

        For each column how many values were examined, to two digits, and whether it passed; how far
        chance took it only as a band. Of fewer than FEW there is nothing to show but that: exact
        figures would prove what single cells were (of 40 codes with 40 unchanged every one), and
        of two runs of one epoch so would the difference.
        """
        return {
            "passed": self.passed,
            "columns": [
                {"table": one.table, "column": one.column, "treatment": one.treatment, **shown(one)}
                for one in self.columns
            ],
            "id_domains": {domain.domain: domain.holds for domain in self.domains},
            "references": [
                {"column": one.column, "parent": one.parent, "intact": one.holds}
                for one in self.references
            ],
            "cleared": {name: rounded(count) for name, count in self.cleared.items()},
            "rows_without_subject": {
                table: rounded(count) for table, count in self.without_subject.items()
            },
        }


def rounded(count: int) -> int | str:
    """Return a count as it may be shown: to two digits, at least to tens; not at all below FEW."""
    if count < FEW:
        return TOO_FEW
    scale: int = 10 ** max(1, len(str(count)) - 2)
    return (count + scale // 2) // scale * scale


def shown(column: ColumnComparison) -> dict[str, object]:
    """Return what may be said of one column: 1,049 values examined are 1,000."""
    passed = not column.faults()
    said: dict[str, object] = {"examined": rounded(column.examined), "passed": passed}
    if column.retained:
        said["kept"] = True
    if column.expected and column.examined >= FEW:
        said["deviation"] = WITHIN if passed else ABOVE
    return said


def measured(column: ColumnComparison) -> dict[str, object]:
    """Return how a column was judged, in counts to two digits and whole standard errors.

    ``judged`` is by what: `change`, all had to change; `chance`, drawn anew; `structure`, nine in
    ten or more follow from what scrambling keeps; `kept`; `empty`. Only where chance alone makes
    the figure uncertain by ten values or more are ``unchanged``, ``by_chance`` and
    ``standard_errors`` shown: 1,049 of 3,060 unchanged where chance leaves 1,020 are 1,000 of 3,100
    where chance leaves 1,000, 1 standard error above.
    """
    said: dict[str, object] = {
        "table": column.table,
        "column": column.column,
        "treatment": column.treatment,
        "judged": (judged := judged_by(column)),
        "examined": rounded(column.examined),
        "passed": not column.faults(),
    }
    if judged == "change":
        said["unchanged"] = rounded(column.unchanged) if column.unchanged else 0
    variance = column.variance * column.design_effect
    if judged == "chance" and column.variance / column.design_effect >= _SPREAD:
        said["unchanged"] = rounded(column.unchanged)
        said["by_chance"] = rounded(round(column.expected))
        said["standard_errors"] = round((column.unchanged - column.expected) / variance**0.5)
    return said


def judged_by(column: ColumnComparison) -> str:
    """Return what a column was held to; see `measured`."""
    if column.retained:
        return "kept"
    if not column.examined:
        return "empty"
    if not column.expected:
        return "change"
    return "structure" if column.expected >= _MOSTLY * column.examined else "chance"
