"""The auditor: watches every batch of a run and gives the verdict."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import polars as pl

from scrambler.batch import Batch
from scrambler.errors.boundary import fault_at
from scrambler.files.commit import disk_errors
from scrambler.policy import Assignment
from scrambler.ssd import Spec
from scrambler.treatments.identifier import domains_of, named
from scrambler.treatments.sampling import has_code
from scrambler.verification.during.changed import strange_names
from scrambler.verification.during.compare import compare
from scrambler.verification.during.keys import KeyBook
from scrambler.verification.during.pseudonyms import strange
from scrambler.verification.during.seen import Seen
from scrambler.verification.during.tally import Tally
from scrambler.verification.verdict import Verdict

_MOST_FLAGS = 10_000


class Auditor:
    """Compares source and scrambled batches; ``folder`` takes the key digests while it runs.

    Several tables may be watched at once, the batches of one table one after the other.

    ``flags`` is a CSV file that lists, for columns whose values must all change, where one did not:
    table, column and the scrambled key of the row, at most ten thousand lines.
    """

    def __init__(self, spec: Spec, folder: Path, flags: Path | None = None) -> None:
        """Start with nothing seen."""
        self._spec = spec
        self._keys = KeyBook(folder)
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._foreign: dict[str, tuple[str, str, str]] = {}
        self._without_subject: dict[str, int] = {}
        self._rows: dict[str, Seen] = {}
        self._flags = flags
        self._flagged: list[pl.DataFrame] = []
        if flags is not None:
            # Where it cannot be written, that shows before the work and not after it.
            self._write_flags(flags)
            flags.unlink()

    def watch(self, batch: Batch, scrambled: pl.DataFrame) -> None:
        """Compare one batch, column by column, and count the rows whose child was not found."""
        for name in batch.assignments:
            with fault_at(f"{batch.table.name}.{name}"):
                self.compare(batch, name, scrambled[name])
        if batch.table.routes:
            lost = int((batch.subjects == 0).sum())
            self._without_subject[batch.table.name] = (
                self._without_subject.get(batch.table.name, 0) + lost
            )

    def compare(self, batch: Batch, column: str, scrambled: pl.Series) -> None:
        """Compare one column of one batch."""
        assignment = batch.assignments[column]
        table = batch.table.name
        keys = self._rows.setdefault(table, Seen())
        tally = self._tallies.setdefault(
            (table, column), Tally(table, column, assignment.treatment, keys=keys)
        )
        unlike = compare(batch, column, scrambled, tally)
        if self._flags is not None and unlike.any():
            self._flag(batch, column, unlike)
        if assignment.treatment == "identifier":
            self._pair(batch, assignment, scrambled, tally)

    def verdict(self) -> Verdict:
        """Finish the checks over the whole run and return everything found."""
        # Tables end in any order; the verdict always has that of the spec.
        order = {name: number for number, name in enumerate(self._spec.tables)}
        domains, references = self._keys.check(
            sorted(self._foreign.values(), key=lambda one: order[one[1].partition(".")[0]])
        )
        result = Verdict(
            tallies=sorted(self._tallies.values(), key=lambda tally: order[tally.table]),
            domains=domains,
            references=references,
            without_subject={
                table: self._without_subject[table]
                for table in order
                if self._without_subject.get(table)
            },
        )
        self._keys.close()
        if self._flags is not None:
            self._write_flags(self._flags)
        return result

    def _pair(
        self, batch: Batch, assignment: Assignment, scrambled: pl.Series, tally: Tally
    ) -> None:
        column, parameters = assignment.column.name, assignment.parameters
        shown = np.ones(len(batch), dtype=bool)
        if "codes" in parameters:
            shown &= ~has_code(batch, column)
        if "names" in parameters:
            names = named(batch, column)
            shown &= ~names.to_numpy()
            tally.foreign += strange_names(scrambled.cast(pl.String).filter(names), "full")
        for domain, ids in domains_of(batch, column):
            shared = self._spec.domains[domain].map
            tally.foreign += strange(batch, domain, ids, scrambled, shown)
            self._keys.add(
                f"{batch.table.name}.{column}",
                shared,
                ids.tokens * shown,
                scrambled,
                codes=ids.codes,
            )
        if assignment.column.references:
            name, parent = str(assignment.column), ".".join(assignment.column.references)
            shared = self._spec.domains[batch.domain(column)].map
            self._foreign[name] = (shared, name, parent)

    def _flag(self, batch: Batch, column: str, unlike: np.ndarray) -> None:
        if sum(frame.height for frame in self._flagged) >= _MOST_FLAGS:
            return
        key = next((name for name in batch.table.primary_key if batch.has(name)), None)
        pseudonyms = (
            batch.context.pseudonyms.pseudonyms(batch.domain(key), batch.identified(key))
            if key and batch.assignments[key].column.domain
            else pl.repeat(None, len(batch), dtype=pl.String, eager=True)
        )
        rows = pseudonyms.filter(pl.Series(unlike)).head(_MOST_FLAGS)
        self._flagged.append(
            pl.DataFrame({"row": rows}).select(
                table=pl.lit(batch.table.name), column=pl.lit(column), row="row"
            )
        )

    def _write_flags(self, path: Path) -> None:
        aside = path.with_name(path.name + ".new")
        with disk_errors(path):
            # "x": whatever has either name already is somebody's, and is never written over.
            with aside.open("x", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(["table", "column", "row"])
                for frame in self._flagged:
                    file.write(frame.write_csv(include_header=False))
            if os.path.lexists(path):
                aside.unlink()
                raise FileExistsError(17, "File exists")
            aside.rename(path)
