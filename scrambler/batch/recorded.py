"""Where a column says something: neither null nor a missing-value code."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import trimmed
from scrambler.policy import Assignment
from scrambler.ssd import Spec


def recorded(values: pl.Series, assignment: Assignment | None, spec: Spec) -> NDArray[np.bool_]:
    """Return which of ``values`` are neither null nor a code of missing_codes.csv.

    Of numbers, those that the column never draws are codes; ``assignment`` is None for a column
    that is not treated.
    """
    value, missing = pl.col("value"), spec.missing
    said = value.is_not_null()
    if values.dtype == pl.String:
        said &= ~missing.in_text(trimmed(value, values.dtype))
    elif values.dtype.is_temporal():
        said &= ~value.cast(pl.Date).is_in(list(missing.dates))
    if assignment is not None and assignment.column.dtype.is_numeric():
        for number in _codes_of_numbers(assignment, spec):
            said &= value != number
    return values.to_frame("value").select(said.fill_null(False)).to_series().to_numpy()


def _codes_of_numbers(assignment: Assignment, spec: Spec) -> list[float]:
    """Return the missing-value codes of a column of numbers: those that it never draws."""
    missing, parameters = spec.missing, assignment.parameters
    known = [*missing.numbers, *missing.own_numbers.get(str(assignment.column), ())]
    if assignment.traits.draws == "number":
        low, high = float(parameters["low"]), float(parameters["high"])
        return [number for number in known if not low <= number <= high]
    if assignment.traits.draws == "code":
        drawn = {*map(float, spec.code_lists[parameters["list"]].codes)}
        return [number for number in known if number not in drawn]
    return []
