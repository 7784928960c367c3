"""What both sides must have as much of: rows, empty cells, different identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from scrambler.policy import traits_of
from scrambler.verification.after.check_result import CheckResult

MIXED = {
    "pers_upn",  # UN codes are redrawn
    "cine_referral_worker_id",  # names of workers may share an invented name
    "clea_care_leaver_personal_advisor",
    "link_identifier_value",  # one value may stand under two types
}
"""Identifier columns that hold something else as well."""


class Counts:
    """Compares the tables of both sides, one after the other."""

    def __init__(self) -> None:
        """Have compared nothing yet."""
        self._tables = self._rows = 0
        self._columns = self._nulls = 0
        self._identifiers = self._different = 0

    def add(self, table: Mapping[str, Any], before: pl.DataFrame, after: pl.LazyFrame) -> None:
        """Compare one table, described as in the manifest, with its original."""
        self._tables += 1
        rows = int(after.select(pl.len()).collect().item())
        self._rows += before.height != rows
        for column, held in table["columns"].items():
            traits = traits_of(held["treatment"])
            if traits.is_emptied or traits.is_kept:
                continue
            sides = (before[column], after.select(column).collect().to_series())
            self._columns += 1
            self._nulls += sides[0].null_count() != sides[1].null_count()
            if traits.is_key and column not in MIXED:
                self._identifiers += 1
                different = [side.cast(pl.String).str.strip_chars().n_unique() for side in sides]
                self._different += different[0] != different[1]

    def checks(self) -> Iterator[CheckResult]:
        """Yield the three checks."""
        yield CheckResult("tables with as many rows", self._tables, self._rows)
        yield CheckResult("columns with as many nulls", self._columns, self._nulls)
        yield CheckResult(
            "identifier columns with as many different identifiers",
            self._identifiers,
            self._different,
        )
