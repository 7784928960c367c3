"""Values as a source gave them, held against those in the types of the spec: none may be lost."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scrambler.errors import VerificationError
from scrambler.policy import Assignment


def refuse_lost(
    table: str,
    given: pl.DataFrame,
    typed: pl.DataFrame,
    assignments: Mapping[str, Assignment],
) -> None:
    """VerificationError where a column has more nulls in its type than the source gave it.

    Blank text is null in a column that is not text, and what the policy empties may be empty
    already, or becomes so where it does not fit. ``given`` has the names of ``typed`` in
    lower case, and the same rows.
    """
    if given.height != typed.height:
        raise VerificationError(f"{table}: {given.height} rows were read as {typed.height}.")
    for column in typed.get_columns():
        line = assignments[column.name]
        if line.traits.is_emptied or line.parameters.get("unfit") == "clear":
            continue
        was = given[column.name.lower()]
        lost = column.null_count() - was.null_count()
        if lost > 0 and was.dtype == pl.String and column.dtype != pl.String:
            lost -= int((was.str.strip_chars() == "").sum())
        if lost > 0:
            raise VerificationError(
                f"{table}.{column.name}: {lost} values were lost where columns take their types. "
                "Nothing was committed; report this: it is a fault of the program."
            )
