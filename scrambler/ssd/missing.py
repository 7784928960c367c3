"""The codes that stand for "nothing is recorded", as missing_codes.csv lists them.

They survive scrambling, so that an empty cell stays one, and no identifier is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

import polars as pl

from scrambler.ssd.fact_file import Row

Text = TypeVar("Text", pl.Series, pl.Expr)


@dataclass(frozen=True)
class MissingCodes:
    """Missing-value codes by the type of the column that holds them.

    ``texts`` stand in columns of text, trimmed: the empty text is one of them. ``dates`` stand in
    dates, and in timestamps at any time of the day. ``numbers`` stand in every column of numbers
    that does not count with them (the policy says which it draws), ``own_numbers`` only in one
    column, by ``table.column``.
    """

    texts: tuple[str, ...]
    dates: tuple[date, ...]
    numbers: tuple[float, ...]
    own_numbers: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """``texts`` in the cases that people write: SSD_PH, ssd_ph and Ssd_Ph."""
        forms = {form for word in self.texts for form in (word, word.lower(), word.title())}
        return tuple(sorted(forms))

    def in_text(self, text: Text) -> Text:
        """Return True where trimmed ``text`` is a missing-value code; null stays null."""
        return text.is_in(list(self.spellings))


def missing_codes(rows: list[Row]) -> MissingCodes:
    """Return the codes of the rows of missing_codes.csv.

    ValueError for a value that is not of its type.
    """
    own: dict[str, tuple[float, ...]] = {}
    for row in rows:
        if row["column"]:
            name = f"{row['table']}.{row['column']}"
            own[name] = (*own.get(name, ()), float(row["value"]))
    common = [(row["type"], row["value"]) for row in rows if not row["column"]]
    return MissingCodes(
        texts=tuple(value for kind, value in common if kind == "text"),
        dates=tuple(date.fromisoformat(value) for kind, value in common if kind == "date"),
        numbers=tuple(float(value) for kind, value in common if kind == "number"),
        own_numbers=own,
    )
