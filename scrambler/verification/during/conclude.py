"""What is concluded from the comparisons of all parts: the verdict, and the list of flags."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scrambler.files.commit import disk_errors, write_file
from scrambler.verification.during.check import Check
from scrambler.verification.during.comparison import TableComparison
from scrambler.verification.during.keys import KeyBook, Reference
from scrambler.verification.verdict import Verdict


def conclude(check: Check, found: Mapping[str, TableComparison], pairs: KeyBook) -> Verdict:
    """Return the verdict on the comparisons of all tables, and remove the files of ``pairs``.

    Tables end in any order; the verdict always has that of the dataset.
    """
    tables = [found[name] for name in check.spec.tables if name in found]
    domains, references = pairs.check([*_references(check, found)])
    pairs.close()
    return Verdict(tables, domains, references)


def write_flags(path: Path, found: Iterable[TableComparison]) -> None:
    """List, for columns whose values must all change, where one did not: a CSV file.

    It has the table, the column and the scrambled key of the row, at most ten thousand lines a
    table. Whatever stands at ``path`` is somebody's, and is never written over.
    """
    lists = [one.flagged for one in found if one.flagged is not None]
    rows = "".join(flagged.write_csv(include_header=False) for flagged in lists)
    with disk_errors(path):
        if os.path.lexists(path):
            raise FileExistsError(17, "File exists")
        write_file(path, f"table,column,row\n{rows}")


def try_flags(path: Path) -> None:
    """Write the list empty and remove it: where it cannot be, that shows before the work."""
    write_flags(path, [])
    path.unlink()


def _references(check: Check, found: Mapping[str, TableComparison]) -> Iterator[Reference]:
    """Yield the foreign keys of the tables compared, with the map of their id domain."""
    for table in filter(found.__contains__, check.spec.tables):
        for assignment in check.assignments[table].values():
            column = assignment.column
            if assignment.traits.is_key and column.references:
                shared = check.spec.domains[column.domain or "structure"].map
                yield shared, str(column), ".".join(column.references)
