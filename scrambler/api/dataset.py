"""Opens an output for those who build upon it: tables as frames, references, changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scrambler.errors import OutputError
from scrambler.sinks import FolderOutput, Output, open_output
from scrambler.sinks.datapackage import relations
from scrambler.ssd import ssd
from scrambler.verification.after.files import all_files, as_named, nothing_else


@dataclass(frozen=True)
class Relation:
    """A column that refers to a column of another table, both as ``table.column``."""

    child: str
    parent: str


@dataclass(frozen=True, repr=False)
class Dataset(Mapping[str, pl.LazyFrame]):
    """A committed output: ``dataset["ssd_person"]`` is a lazy frame."""

    output: Output

    def __getitem__(self, table: str) -> pl.LazyFrame:
        """Return a table as it was written; KeyError for one that is not there."""
        if table not in self.output.manifest["tables"]:
            raise KeyError(table)
        return self.output.table(table)

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter(self.output.manifest["tables"])

    def __len__(self) -> int:
        """Return how many tables there are."""
        return len(self.output.manifest["tables"])

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The references between tables that are here, as the SSD has them."""
        columns = {
            table: {
                name: column
                for name, column in ssd().tables[table].columns.items()
                if name in described["columns"]
            }
            for table, described in self.output.manifest["tables"].items()
        }
        return tuple(
            Relation(".".join(child), ".".join(parent)) for child, parent in relations(columns)
        )

    @property
    def changes(self) -> tuple[dict[str, pl.LazyFrame], ...]:
        """What each delta changed, the oldest first, by table: rows New, Updated or Deleted."""
        if not isinstance(self.output, FolderOutput):
            return ()
        folder = self.output.path
        return tuple(
            {
                name: pl.scan_parquet([folder / file["path"] for file in table["files"]])
                for name, table in run["tables"].items()
                if table["files"]
            }
            for run in self.output.manifest["changes"]
        )

    def __repr__(self) -> str:
        """Show how much there is."""
        rows = sum(table["rows"] for table in self.output.manifest["tables"].values())
        return f"Dataset({len(self)} tables, {rows:,} rows)"


def read(out: Path | str, *, out_schema: str | None = None) -> Dataset:
    """Open a committed output: a folder, ``sqlite:///FILE`` or ``postgresql://...``.

    OutputError where it has no manifest, or a folder is not as its manifest has it: files that are
    missing or changed, or that no run wrote. ``out_schema`` is the output's in PostgreSQL.
    """
    output = open_output(out, out_schema)
    if isinstance(output, FolderOutput):
        files = [*all_files(output.manifest)]
        for check in (as_named(output.path, files), nothing_else(output.path, files)):
            if not check.passed:
                raise OutputError(
                    f"{output} is not what the run wrote: {check.failures} of {check.examined} "
                    f"failed ({check.what}). Scramble again."
                )
    return Dataset(output)
