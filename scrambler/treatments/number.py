"""number: drawn evenly from the range of the spec."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.batch import Batch
from scrambler.coherence import choices, coded, drawn, fixed
from scrambler.treatments.treatment import NUMBERS, TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    picks = drawn(batch, column).choices
    numbers = pl.Series(choices(batch.assignments[column], batch.scene.spec))
    result = numbers.gather(np.maximum(picks, 0))
    nothing = pl.repeat(None, len(batch), dtype=pl.String, eager=True)
    if "fixed" in batch.parameters(column):
        nothing = fixed(batch, column)
    result = result.zip_with(pl.Series(coded(batch, column)), nothing)
    dtype = batch.assignments[column].column.dtype
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
