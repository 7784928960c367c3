"""Compares a source batch with its scrambled batch, column by column.

This room shares no code with the treatments: whoever adds a treatment says here how it is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from scrambler.errors.boundary import fault_at
from scrambler.verification.during.changed import moved_nulls
from scrambler.verification.during.check import Check
from scrambler.verification.during.comparison import ColumnComparison, TableComparison
from scrambler.verification.during.dates import compare_dates
from scrambler.verification.during.drawn import compare_described, compare_drawn
from scrambler.verification.during.flags import compare_flags
from scrambler.verification.during.identifiers import Pairs, compare_identifiers
from scrambler.verification.during.kept import compare_cleared, compare_kept
from scrambler.verification.during.lists import compare_items
from scrambler.verification.during.positions import displaced
from scrambler.verification.during.replaced import (
    compare_addresses,
    compare_labels,
    compare_names,
    compare_postcodes,
)
from scrambler.verification.during.row_keys import RowKeys
from scrambler.verification.during.sides import Mask, Sides
from scrambler.verification.during.texts import compare_texts

_MOST_FLAGGED = 10_000


def compare(
    check: Check,
    table: str,
    source: pl.DataFrame,
    scrambled: pl.DataFrame,
    keys: RowKeys,
    pairs: Pairs,
) -> TableComparison:
    """Return what comparing some rows of one table finds; comparisons of all parts add up.

    Both frames hold the same rows in the same order, under the names and types of the spec.
    ``pairs`` takes the pairs of identifiers. ValueError where the sides have different lengths.
    """
    sides = Sides(check, table, source, scrambled, keys)
    found = TableComparison(table)
    unlike: dict[str, Mask] = {}
    for column, assignment in sides.assignments.items():
        into = ColumnComparison(table, column, assignment.treatment)
        with fault_at(f"{table}.{column}"):
            unlike[column] = compare_column(sides, column, into, pairs)
        found.columns[column] = into
    if len(sides):
        found.wrong_keys = sides.wrong_keys()
        if keys.places is not None:
            found.displaced = displaced(check.secrets, keys.places, keys.rows, keys.subjects)
        if sides.table.routes:
            found.without_subject = int((sides.subjects == 0).sum())
    found.flagged = _flagged(sides, unlike)
    return found


def compare_column(sides: Sides, column: str, into: ColumnComparison, pairs: Pairs) -> Mask:
    """Compare one column; return the rows whose value must change and did not."""
    treatment, traits = sides.assignments[column].treatment, sides.assignments[column].traits
    into.rows += len(sides)
    if not len(sides):
        return sides.has_value(column)
    if not (traits.is_kept or traits.is_emptied):  # which empty cells
        into.null_mismatch += moved_nulls(sides.source[column], sides.scrambled[column])
    if traits.is_key:
        return compare_identifiers(sides, column, into, pairs)
    if "follows" in sides.parameters(column) and not traits.draws:
        return compare_described(sides, column, into)
    return COMPARISONS[treatment](sides, column, into)


COMPARISONS: Mapping[str, Callable[[Sides, str, ColumnComparison], Mask]] = {
    "date": compare_dates,
    "code": compare_drawn,
    "number": compare_drawn,
    "code_list_json": compare_items,
    "flags_json": compare_flags,
    "name": compare_names,
    "postcode": compare_postcodes,
    "address_json": compare_addresses,
    "label": compare_labels,
    "free_text": compare_texts,
    "keep": compare_kept,
    "clear": compare_cleared,
}
"""How the columns of a treatment are compared; of keys, pairs are noted as well."""


def _flagged(sides: Sides, unlike: Mapping[str, Mask]) -> pl.DataFrame | None:
    """List values that must change and did not, with the scrambled key of their rows."""
    key = next((name for name in sides.table.primary_key if sides.has(name)), None)
    frames = []
    for column, rows in unlike.items():
        if not rows.any():
            continue
        row = pl.repeat(None, len(sides), dtype=pl.String, eager=True)
        if key is not None and sides.assignments[key].traits.is_key:
            # A key that is not scrambled either is not shown.
            row = sides.scrambled[key].cast(pl.String).set(pl.Series(unlike[key]), None)
        frames.append(
            pl.DataFrame({"row": row.filter(pl.Series(rows))})
            .with_columns(table=pl.lit(sides.table.name), column=pl.lit(column))
            .select("table", "column", "row")
        )
    if not frames:
        return None
    return pl.concat(frames).sort("column", "row").head(_MOST_FLAGGED)
