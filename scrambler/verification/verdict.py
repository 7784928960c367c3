"""The verdict of a run: per column, per id domain, per foreign key; aggregates only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scrambler.verification.during.keys import DomainCount, ReferenceCount
from scrambler.verification.during.tally import Tally


@dataclass
class Verdict:
    """What the verification found. ``without_subject`` counts rows whose child was
    not found, by table."""

    tallies: list[Tally] = field(default_factory=list)
    domains: list[DomainCount] = field(default_factory=list)
    references: list[ReferenceCount] = field(default_factory=list)
    without_subject: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """True when nothing failed."""
        return not any(True for _ in self.faults())

    def faults(self) -> Iterator[str]:
        """Yield one line for each column, domain or reference that failed."""
        for tally in self.tallies:
            for fault in tally.faults():
                yield f"{tally.table}.{tally.column}: {fault}."
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

    def summary(self) -> dict[str, object]:
        """Return the figures of the manifest: numbers and names of columns, no values."""
        return {
            "passed": self.passed,
            "columns": [
                {
                    "table": tally.table,
                    "column": tally.column,
                    "treatment": tally.treatment,
                    "rows": tally.rows,
                    "judged": tally.judged,
                    "unchanged": tally.unchanged,
                    "expected": round(tally.expected, 1),
                    "kept": tally.kept,
                    "cleared": tally.lost,
                }
                for tally in self.tallies
            ],
            "domains": {domain.domain: domain.source for domain in self.domains},
            "references": [
                {"column": one.column, "parent": one.parent, "resolved": one.scrambled}
                for one in self.references
            ],
            "rows_without_subject": self.without_subject,
        }
