"""number: drawn evenly from the range of the spec."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.batch import Batch
from scrambler.treatments.sampling import choices, drawn, fixed, has_code
from scrambler.treatments.treatment import NUMBERS, TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    picks = drawn(batch, column).choices
    numbers = pl.Series(choices(batch.assignments[column], batch.context.spec))
    result = numbers.gather(np.maximum(picks, 0))
    here = has_code(batch, column)
    dtype = batch.assignments[column].column.dtype
    # What is no number to redraw stays only if it stands for none, or is fixed.
    filled = batch.has_value(column)
    nothing = pl.repeat(None, len(batch), dtype=pl.String, eager=True)
    if not filled.all():
        nothing = batch.text(column).set(pl.Series(filled | here), None)
    if "fixed" in batch.parameters(column):
        meant = fixed(batch, column)
        nothing = meant.zip_with(meant.is_not_null(), nothing)
    result = result.zip_with(pl.Series(here), nothing)
    return result if dtype == pl.String else result.cast(pl.Float64).cast(dtype)


NUMBER = Treatment(
    name="number",
    summary="Drawn evenly from a range, whatever the value was.",
    types=NUMBERS | TEXT,
    audit=Audit.DRAWN,
    scramble=_scramble,
    parameters={
        "low": "the least number",
        "high": "the greatest number",
        "step": "the distance between numbers, 1 without it",
        "fixed": "numbers that mean something else and stay",
    },
    required=frozenset({"low", "high"}),
)
