"""What every target offers: tables of the spec, created and filled in bulk."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

import polars as pl

from scrambler.errors import OutputError
from scrambler.ssd import TableSpec


class Target(Protocol):
    """A place to write tables to, as a context manager.

    Leaving it cleanly commits; leaving it by an error takes back what was written.
    """

    def __enter__(self) -> Self:
        """Return the target itself."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit, or take back when there was an error."""
        ...

    def create(self, table: TableSpec) -> None:
        """Create ``table``, empty. OutputError when the target has one of that name."""
        ...

    def append(self, table: TableSpec, frame: pl.DataFrame) -> None:
        """Add the rows of ``frame`` to ``table``, which was created before.

        Columns are found by name and cast to the types of the spec; those that ``frame`` lacks are
        null. OutputError for a column that the spec lacks, and for values that do not fit.
        """
        ...


def shaped(table: TableSpec, frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with exactly the columns of ``table``, in order and typed."""
    unknown = sorted(set(frame.columns) - set(table.columns))
    if unknown:
        raise OutputError(f"table {table.name} has no column {', '.join(unknown)}")
    try:
        return frame.select(
            (pl.col(name) if name in frame.columns else pl.lit(None).alias(name)).cast(column.dtype)
            for name, column in table.columns.items()
        )
    except pl.exceptions.PolarsError:
        raise OutputError(f"table {table.name}: a value does not fit its column's type") from None
