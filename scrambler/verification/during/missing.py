"""Where a value is recorded: everywhere but at nulls and the missing-value codes of the SSD."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.policy import Assignment
from scrambler.ssd import Spec
from scrambler.verification.during.encoded import text_of


def holds_value(values: pl.Series, assignment: Assignment, spec: Spec) -> NDArray[np.bool_]:
    """Return which of ``values`` are neither null nor a code of missing_codes.csv.

    Codes are trimmed text in any of three cases, days, or numbers that the column does not draw.
    """
    missing, dtype = spec.missing, assignment.column.dtype
    value = pl.col("value")
    held = value.is_not_null()
    if values.dtype.is_temporal():
        held &= ~value.cast(pl.Date).is_in(list(missing.dates))
    elif dtype.is_numeric() and values.dtype.is_numeric():
        for number in _not_drawn(assignment, spec):
            held &= value != number
    elif values.dtype != pl.Boolean:
        values = text_of(values)
        held &= ~value.is_in(missing_texts(spec))
    found = values.to_frame("value").select(held.fill_null(False))
    return found.to_series().to_numpy()


def missing_texts(spec: Spec) -> list[str]:
    """Return the codes of text as they are listed, in lower case, and in the case of a title."""
    return [form for text in spec.missing.texts for form in (text, text.lower(), text.title())]


def missing_days(spec: Spec) -> list[int]:
    """Return the days that stand for no date, in days since 1970."""
    return [(day - date(1970, 1, 1)).days for day in spec.missing.dates]


def _not_drawn(assignment: Assignment, spec: Spec) -> list[float]:
    codes = spec.missing
    known = [*codes.numbers, *codes.own_numbers.get(str(assignment.column), ())]
    parameters = assignment.parameters
    if assignment.traits.draws == "number":
        low, high = float(parameters["low"]), float(parameters["high"])
        return [number for number in known if number < low or number > high]
    if assignment.traits.draws == "code":
        drawn = {float(code) for code in spec.code_lists[parameters["list"]].codes}
        return [number for number in known if number not in drawn]
    return []
