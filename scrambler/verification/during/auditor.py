"""The auditor: compares every batch of a run and gives the verdict."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from threading import Lock

import polars as pl

from scrambler.errors import VerificationError
from scrambler.files.commit import disk_errors
from scrambler.verification.during.check import Check
from scrambler.verification.during.compare import compare
from scrambler.verification.during.comparison import TableComparison
from scrambler.verification.during.keys import KeyBook, Reference
from scrambler.verification.during.row_keys import RowKeys
from scrambler.verification.verdict import Verdict


class Auditor:
    """Compares source and scrambled batches; ``folder`` takes the key digests while it runs.

    Several batches may be compared at once, of one table or of many.

    ``flags`` is a CSV file that lists, for columns whose values must all change, where one did not:
    table, column and the scrambled key of the row, at most ten thousand lines a table.
    """

    def __init__(self, check: Check, folder: Path, flags: Path | None = None) -> None:
        """Start with nothing compared."""
        self._check = check
        self._keys = KeyBook(folder)
        self._found: dict[str, TableComparison] = {}
        self._flags = flags
        self._adding = Lock()
        if flags is not None:
            # Where it cannot be written, that shows before the work and not after it.
            self._write_flags(flags)
            flags.unlink()

    def watch(
        self, table: str, source: pl.DataFrame, scrambled: pl.DataFrame, keys: RowKeys
    ) -> None:
        """Compare one batch, column by column."""
        found = compare(self._check, table, source, scrambled, keys, self._keys)
        with self._adding:
            held = self._found.get(table)
            self._found[table] = found if held is None else held + found

    def verdict(self) -> Verdict:
        """Finish the checks over the whole run and return everything found."""
        # Tables end in any order; the verdict always has that of the spec.
        tables = [self._found[name] for name in self._check.spec.tables if name in self._found]
        domains, references = self._keys.check([*self._references()])
        self._keys.close()
        if self._flags is not None:
            self._write_flags(self._flags)
        return Verdict(tables, domains, references)

    def refuse_key(self, text: str) -> None:
        """VerificationError where the epoch's key stands in a text that is to be written."""
        if self._check.secrets.stand_in(text):
            raise VerificationError(
                "The epoch's key stands in the manifest. Nothing was committed. Start a new epoch, "
                "and report this: it is a fault of the program."
            )

    def _references(self) -> list[Reference]:
        """Return the foreign keys of the tables compared, with the map of their id domain."""
        spec, found = self._check.spec, []
        for table in filter(self._found.__contains__, spec.tables):
            for assignment in self._check.assignments[table].values():
                column = assignment.column
                if assignment.treatment == "identifier" and column.references:
                    shared = spec.domains[column.domain or "structure"].map
                    found.append((shared, str(column), ".".join(column.references)))
        return found

    def _write_flags(self, path: Path) -> None:
        aside = path.with_name(path.name + ".new")
        with disk_errors(path):
            # "x": whatever has either name already is somebody's, and is never written over.
            with aside.open("x", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(["table", "column", "row"])
                for found in self._found.values():
                    if found.flagged is not None:
                        file.write(found.flagged.write_csv(include_header=False))
            if os.path.lexists(path):
                aside.unlink()
                raise FileExistsError(17, "File exists")
            aside.rename(path)
