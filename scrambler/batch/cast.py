"""Brings source columns to the spec's types, so that every source gives one output schema.

SQLite keeps dates and numbers as text, Parquet files keep whatever wrote them. A value that does
not fit its column's type stops the run: it is counted, never shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scrambler.errors import SourceError
from scrambler.policy import Assignment

_BOOLEANS = {
    "1": True, "true": True, "t": True, "y": True, "yes": True,
    "0": False, "false": False, "f": False, "n": False, "no": False,
}  # fmt: skip
_WHOLE_IN_FLOAT = 2.0**53
"""From here on a float stands for several integers."""

_DATETIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"  # ISO 8601
)


def conform(frame: pl.DataFrame, assignments: Mapping[str, Assignment]) -> pl.DataFrame:
    """Return ``frame``, whose names a source gave in lower case, in the spec's names and types.

    Identifiers that a source holds as integers stay integers. Blank text in a column that is not
    text is null; what is to be cleared is null already, unless it is text. SourceError names the
    column and counts the values that do not fit.
    """
    return pl.DataFrame(
        [
            _column(frame[name.lower()], assignment).alias(name)
            for name, assignment in assignments.items()
        ]
    )


def _column(values: pl.Series, assignment: Assignment) -> pl.Series:
    target = assignment.column.dtype
    if assignment.traits.is_emptied and target != pl.String:
        # Nothing of it is wanted, so nothing of it need be right. Text always fits, and is looked
        # for in the output later.
        return pl.repeat(None, len(values), dtype=target, eager=True)
    if values.dtype == target or (assignment.traits.is_key and values.dtype.is_integer()):
        return values
    if assignment.traits.is_key and values.dtype.is_float():
        _told_apart(values, assignment)
    result = _cast(values, target)
    lost = result.null_count() - values.null_count()
    if values.dtype == pl.String:
        lost -= int((values.str.strip_chars() == "").sum())
    if lost > 0:
        raise SourceError(
            f"{assignment.column}: {lost} values are no {assignment.column.sql_type}. Nothing was "
            "written. Correct them in the source, or give the column the treatment `clear` in a "
            "policy of your own (--policy)."
        )
    return result


def _told_apart(values: pl.Series, assignment: Assignment) -> None:
    """Refuse floats so large that two identifiers could have become one number."""
    if large := int((values.fill_nan(None).abs() >= _WHOLE_IN_FLOAT).sum()):
        raise SourceError(
            f"{assignment.column}: {large} identifiers are floating-point numbers of more than 15 "
            "digits, and may not be what they were. Nothing was written. Make the column text or "
            "integer in the source, or give it the treatment `clear` in a policy of your own "
            "(--policy)."
        )


def _cast(values: pl.Series, target: pl.DataType) -> pl.Series:
    if target == pl.String:
        if values.dtype == pl.Boolean:
            values = values.cast(pl.Int8)
        elif values.dtype.is_float():
            # One form a value, so that 42.0 is 42 whatever else the batch holds.
            whole = values.cast(pl.Int64, strict=False)
            text = whole.cast(pl.String)
            return text.zip_with((whole == values).fill_null(False), values.cast(pl.String))
        return values.cast(pl.String)
    if values.dtype == pl.String:
        text = values.str.strip_chars()
        if target.is_temporal():
            # One form a value, so that a batch's mixture of forms does not matter.
            iso = text.set(~text.str.contains(_DATETIME).fill_null(False), None)
            stamp = iso.str.slice(0, 10) + pl.Series([" "]) + _clock(iso)
            moment = stamp.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
            return moment.cast(target)
        if target == pl.Boolean:
            return text.str.to_lowercase().replace_strict(
                _BOOLEANS, default=None, return_dtype=pl.Boolean
            )
        numbers = text.cast(pl.Float64, strict=False)
        whole = numbers if target.is_float() else numbers.set(numbers % 1 != 0, None)
        return whole.cast(target, strict=False)
    if target == pl.Boolean and values.dtype.is_numeric():
        return values.set(~values.is_in([0, 1]), None).cast(pl.Boolean)
    return values.cast(target, strict=False)


def _clock(iso: pl.Series) -> pl.Series:
    clock = iso.str.slice(11)
    length = clock.str.len_chars()
    clock = clock.zip_with(length != 5, clock + pl.Series([":00"]))
    return clock.zip_with(length != 0, pl.repeat("00:00:00", len(iso), eager=True))
