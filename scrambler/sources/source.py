"""What every source offers, whatever holds the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import polars as pl

from scrambler.keys.epoch import Ids

Kind = Literal["text", "integer", "float", "boolean", "datetime", "date", "binary", "other"]


@dataclass(frozen=True)
class SourceColumn:
    """One column as the source declares it.

    ``name`` is spelled as the source spells it; ``width`` is the characters of a text column where
    declared, the bits of a number where known, else None. A column of type ``other`` is
    read as text; a ``binary`` column cannot be read. ``exact``: a decimal with more digits than
    a number of ours holds, read as text in plain digits, so that no two values become one.
    """

    name: str
    type: Kind
    width: int | None
    exact: bool = field(default=False, kw_only=True)


class Source(Protocol):
    """Tables to read. Names compare without regard to case; keys are lower case."""

    @property
    def plain(self) -> bool:
        """Whether records cross a network in clear."""
        ...

    @property
    def schema_found(self) -> str:
        """The schema that was taken in place of the default one, or empty."""
        ...

    @property
    def ids(self) -> Ids | None:
        """Whether it holds texts equal that differ in case alone; None where it does not say."""
        ...

    @property
    def side_by_side(self) -> int:
        """How many tables may be read at one time."""
        ...

    def tables(self) -> Mapping[str, Mapping[str, SourceColumn]]:
        """Return every table and view by lower-case name, its columns by lower-case name."""
        ...

    def count(self, table: str) -> int:
        """Return the rows of ``table``. SourceError when there is none of that name."""
        ...

    def read(self, table: str, columns: Sequence[str], batch_rows: int) -> Iterator[pl.DataFrame]:
        """Yield every row of ``table`` once, at most ``batch_rows`` (from 1) a frame.

        A frame has the asked columns in the asked order under their lower-case names: text as
        String, exact decimals likewise, integers as Int64, floats as Float64, those of 32 bits as
        Float32, booleans as Boolean,
        dates as Date, datetimes as naive Datetime("us") (instants with a zone as their UTC clock).
        SQLite, which does not type its values, gives String for all. An empty table yields nothing.
        Reading stops when the iterator is closed. SourceError for an unknown table or column, a
        binary column, or a source that fails on the way.
        """
        ...
