"""clear: the column stays, empty."""

from __future__ import annotations

import polars as pl

from scrambler.batch import Batch
from scrambler.treatments.treatment import ANY, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    dtype = batch.assignments[column].column.dtype
    return pl.repeat(None, len(batch), dtype=dtype, eager=True)


CLEAR = Treatment(
    name="clear",
    summary="Every value becomes null: nothing a test needs, or nothing that can be made safe.",
    types=ANY - {"binary"},
    audit=Audit.CLEARED,
    scramble=_scramble,
)
