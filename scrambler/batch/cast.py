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
_WHOLE, _WHOLE_SHORT = 2.0**53, 2.0**24
"""From here on a float, or one of 32 bits, stands for several integers."""

_DATETIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"  # ISO 8601
)


def conform(frame: pl.DataFrame, assignments: Mapping[str, Assignment]) -> pl.DataFrame:
    """Return ``frame``, whose names a source gave in lower case, in the spec's names and types.

    Identifiers that a source holds as integers stay integers. Blank text in a column that is not
    text is null; what is to be cleared is null already, unless it is text. Values that do not fit
    are null in columns whose line says `unfit=clear`; else SourceError names the column and counts
    them.
    """
    return pl.DataFrame(
        [
            _column(frame[name.lower()], assignment).alias(name)
            for name, assignment in assignments.items()
        ]
    )


def misfits(frame: pl.DataFrame, assignments: Mapping[str, Assignment]) -> dict[str, int]:
    """Return how many values of each column `conform` would refuse; columns without any are not in.

    What makes a frame impossible as a whole is told by `conform` alone.
    """
    return _lost(frame, {n: one for n, one in assignments.items() if not _is_cleared(one)})


def cleared(frame: pl.DataFrame, assignments: Mapping[str, Assignment]) -> dict[str, int]:
    """Return how many values of each column `conform` makes null because they do not fit."""
    return _lost(frame, {n: one for n, one in assignments.items() if _is_cleared(one)})


def _is_cleared(assignment: Assignment) -> bool:
    return assignment.parameters.get("unfit") == "clear"


def _lost(frame: pl.DataFrame, assignments: Mapping[str, Assignment]) -> dict[str, int]:
    counts = {name: _fitted(frame[name.lower()], one)[1] for name, one in assignments.items()}
    return {name: lost for name, lost in counts.items() if lost}


def wanted(assignment: Assignment) -> str:
    """Return how values of a column are to be written, in words for a message."""
    target = assignment.column.dtype
    if target.is_temporal():
        given = assignment.parameters.get("format")
        return f"{given}, or 2024-03-31" if given else "2024-03-31 or 2024-03-31 13:45:00"
    if target == pl.Boolean:
        return "1 or 0, true or false, yes or no"
    if target.is_integer() and not assignment.traits.is_key:
        return "a whole number"
    return "a number" if target.is_numeric() else "text or whole numbers"


def _column(values: pl.Series, assignment: Assignment) -> pl.Series:
    result, lost = _fitted(values, assignment)
    if not lost or _is_cleared(assignment):
        return result
    if assignment.traits.is_key and values.dtype.is_float():
        raise SourceError(
            f"{assignment.column}: {lost} identifiers are floating-point numbers of more digits "
            "than these hold, and may not be what they were. Nothing was written. Make the "
            "column text or integer in the source, or give it the treatment `clear` in a policy of "
            "your own (--policy)."
        )
    how = " or its format (`format=%d/%m/%Y`)" if assignment.column.dtype.is_temporal() else ""
    raise SourceError(
        f"{assignment.column}: {lost} values are no {assignment.column.sql_type} (wanted: "
        f"{wanted(assignment)}). Nothing was written. Correct them in the source, or give the "
        f"column the treatment `clear`{how} or `unfit=clear` in a policy of your own (--policy). "
        "scrambler check --rows lists all columns of this kind."
    )


def _fitted(values: pl.Series, assignment: Assignment) -> tuple[pl.Series, int]:
    """Return the values in the column's type, and how many of them do not fit it."""
    target = assignment.column.dtype
    if assignment.traits.is_emptied and target != pl.String:
        # Nothing of it is wanted, so nothing of it need be right. Text always fits, and is looked
        # for in the output later.
        return pl.repeat(None, len(values), dtype=target, eager=True), 0
    if assignment.traits.is_key and values.dtype.is_float():
        values = values.fill_nan(None)  # as pandas writes what is missing: no identifier
    if values.dtype == target or (assignment.traits.is_key and values.dtype.is_integer()):
        return values, 0
    if assignment.traits.is_key and values.dtype.is_float():
        # So large that two identifiers could have become one number.
        limit = _WHOLE_SHORT if values.dtype == pl.Float32 else _WHOLE
        if large := int((values.abs() >= limit).sum()):
            return values, large
        values = values.cast(pl.Float64)
    result = _cast(values, target, assignment.parameters.get("format"))
    lost = result.null_count() - values.null_count()
    if values.dtype == pl.String:
        lost -= int((values.str.strip_chars() == "").sum())
    return result, max(0, lost)


def _cast(values: pl.Series, target: pl.DataType, form: str | None = None) -> pl.Series:
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
            if form:
                # 31/03/2024 with %d/%m/%Y; what is written as above needs no format.
                other = text.set(iso.is_not_null(), None)
                read = other.str.to_datetime(form, time_unit="us", strict=False)
                moment = moment.zip_with(iso.is_not_null(), read)
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
