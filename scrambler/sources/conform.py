"""Brings a frame as a source delivered it to the few types that a ``Source`` promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from scrambler.errors import SourceError
from scrambler.sources.source import SourceColumn

_DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "other": pl.String(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "datetime": pl.Datetime("us"),
    "date": pl.Date(),
}


SINGLE = 32


def asked(
    table: str, available: Mapping[str, SourceColumn], columns: Sequence[str]
) -> list[SourceColumn]:
    """Return the columns of ``available`` named in ``columns``, in that order.

    SourceError names those that are missing or binary.
    """
    missing = [name for name in columns if name.lower() not in available]
    if missing:
        raise SourceError(f"table {table} of the source has no column {', '.join(missing)}")
    found = [available[name.lower()] for name in columns]
    binary = [column.name for column in found if column.type == "binary"]
    if binary:
        raise SourceError(
            f"table {table}: column {', '.join(binary)} holds bytes or nested values, which cannot "
            "be read"
        )
    return found


def conformed(table: str, frame: pl.DataFrame, columns: Sequence[SourceColumn]) -> pl.DataFrame:
    """Return ``frame`` (one column for each of ``columns``, by position) typed and named.

    SourceError, naming the columns and quoting nothing, when values do not fit their type.
    """
    frame = frame.rename(
        {old: new.name.lower() for old, new in zip(frame.columns, columns, strict=True)}
    )
    try:
        return frame.select(
            _conform(column, frame.schema[column.name.lower()]) for column in columns
        )
    except pl.exceptions.PolarsError:
        names = ", ".join(column.name for column in columns)
        raise SourceError(
            f"table {table}: a value does not fit the declared type of its column ({names})"
        ) from None


def _conform(column: SourceColumn, dtype: pl.DataType) -> pl.Expr:
    values = pl.col(column.name.lower())
    if column.type == "datetime" and isinstance(dtype, pl.Datetime) and dtype.time_zone:
        values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if column.exact:
        # One form a value: servers write zeros up to the declared scale.
        text = values.cast(pl.String).str.replace(r"^(-?[0-9]+)\.0*$", "$1")
        return text.str.replace(r"^(-?[0-9]*\.[0-9]*[1-9])0+$", "$1")
    if column.type == "float" and (column.width or 64) <= SINGLE:
        return values.cast(pl.Float32)
    return values.cast(_DTYPES[column.type])
