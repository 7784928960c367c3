"""What every sink offers: tables are staged, then published whole, the manifest last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import polars as pl
import pyarrow as pa

from scrambler.errors import OutputError


@dataclass(frozen=True)
class PartFile:
    """One file: its path below OUT with forward slashes, its rows and its SHA-256.

    Of a database, which has no files, it is a table by its name, and the SHA-256 is empty.
    """

    path: str
    rows: int
    sha256: str


class Writer(Protocol):
    """Takes the batches of one table, in order. ``parts`` are whole when its block has ended."""

    parts: list[PartFile]

    def write(self, frame: pl.DataFrame) -> None:
        """Append a batch; its columns must be those of the table's schema, in order.

        OutputError for a value that does not fit, and where it cannot be written.
        """
        ...


class Sink(Protocol):
    """A place for tables, as a context manager: as it was unless ``commit`` was reached.

    Entering it raises OutputError where another run writes there, and for what is in the way.
    ``scratch`` is a folder for what a run needs on its way. ``out`` is what it makes on the disk;
    of a server, that is ``scratch``.
    """

    scratch: Path
    out: Path

    def __enter__(self) -> Self:
        """Clear away what a dead run left, and make room aside."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take back what was not committed."""
        ...

    def table(
        self,
        name: str,
        schema: pa.Schema,
        folder: str = "tables",
        *,
        no_dictionary: Collection[str] = (),
    ) -> AbstractContextManager[Writer]:
        """Stage one table. Several may be under way, each from one thread.

        ``folder`` is the one of an output folder that it goes to; databases have tables only.
        ``no_dictionary`` names the columns whose values hardly repeat: pseudonyms and keys.
        """
        ...

    def commit(self, manifest: Mapping[str, Any] | None) -> None:
        """Drop what ``manifest`` does not name, and publish the rest at once.

        Constructed data have no manifest: they are a source, and no output.
        """
        ...


def arrow_schema(types: Mapping[str, pl.DataType]) -> pa.Schema:
    """Return the Arrow types of columns; text is ``string``, which all readers know."""
    empty = pl.DataFrame(schema=types).to_arrow(compat_level=pl.CompatLevel.oldest())
    return pa.schema(
        [
            pa.field(
                field.name, pa.string() if pa.types.is_large_string(field.type) else field.type
            )
            for field in empty.schema
        ]
    )


def typed(table: str, frame: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return a batch with exactly the types of ``schema``; OutputError, quoting nothing, else."""
    try:
        return frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
    except (pa.ArrowException, ValueError):
        raise OutputError(f"table {table}: a value does not fit its column's type") from None
