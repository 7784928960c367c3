"""Turns the columns that were drawn into a frame with every column of the table, typed."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.ssd import ColumnSpec, ssd
from scrambler.synthetic.block import NEVER, Ints, Mask

Frames = dict[str, pl.DataFrame]

_DAY = 86_400_000_000


def columns(table: str) -> list[ColumnSpec]:
    """Return the columns of the DDL: those of the spec without names that only the yml has."""
    return [column for column in ssd().tables[table].columns.values() if column.in_ddl]


def frame(table: str, **drawn: Any) -> pl.DataFrame:
    """Return the rows of ``table``. Columns that were not drawn are null.

    Whole numbers in a date column are days (``NEVER`` is null), in a text column they are written
    out; truth values in a text column become Y and N. KeyError for a column the table lacks.
    """
    specs = {column.name: column for column in columns(table)}
    unknown = drawn.keys() - specs.keys()
    if unknown:
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
    height = len(next(value for value in drawn.values() if not isinstance(value, str)))
    series = []
    for name, spec in specs.items():
        value = drawn.get(name)
        if value is None or isinstance(value, str):
            typed = pl.repeat(value, height, dtype=spec.dtype, eager=True)
        else:
            typed = _typed(value, spec.dtype)
        series.append(typed.alias(name))
    return pl.DataFrame(series)


def _typed(value: Any, dtype: pl.DataType) -> pl.Series:
    if isinstance(value, np.ndarray) and dtype == pl.String() and value.dtype == np.bool_:
        return yn(value)
    if isinstance(value, np.ndarray) and dtype == pl.Datetime("us"):
        return moments(value)
    return pl.Series(value).cast(dtype)


def moments(days: Ints, microseconds: Ints | int = 0) -> pl.Series:
    """Return days, and times of day where there are any, as DATETIME values."""
    known = pl.Series(days > NEVER // 2)
    stamps = pl.Series(days.astype(np.int64) * _DAY + microseconds).cast(pl.Datetime("us"))
    return stamps.set(~known, None)


def yn(flags: Mask, known: Mask | None = None) -> pl.Series:
    """Return Y and N; null where ``known`` is False."""
    code = np.where(flags, 0, 1)
    return pl.Series(["Y", "N", None]).gather(code if known is None else np.where(known, code, 2))


def either(where: Mask, yes: pl.Series, no: pl.Series) -> pl.Series:
    """Return ``yes`` in the rows where ``where`` holds, ``no`` in the others."""
    return yes.zip_with(pl.Series(where, dtype=pl.Boolean), no)


def kept(values: pl.Series, where: NDArray[np.bool_]) -> pl.Series:
    """Return the values, null where ``where`` is False."""
    return values.set(pl.Series(~where), None)


def joined(*parts: pl.Series | str) -> pl.Series:
    """Glue columns and fixed text together, row by row; null if a part is null."""
    named = {f"{place}": part for place, part in enumerate(parts) if isinstance(part, pl.Series)}
    exprs = [
        pl.lit(part) if isinstance(part, str) else pl.col(f"{place}")
        for place, part in enumerate(parts)
    ]
    return pl.DataFrame(named).select(pl.concat_str(exprs).alias("")).to_series()
