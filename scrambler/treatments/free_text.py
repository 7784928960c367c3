"""free_text: public filler whose length has nothing to do with the original's."""

from __future__ import annotations

import polars as pl

from kernels.draw import mix
from kernels.filler import filler
from scrambler.batch import Batch
from scrambler.treatments.treatment import TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    seeds = mix(batch.rows, batch.draw_key(f"{batch.table.name}.{column}"))
    said = pl.Series(batch.has_value(column))
    width = batch.assignments[column].column.width
    values = batch.frame[column]
    return filler(seeds, width, values).zip_with(said, values.str.strip_chars().set(said, None))


FREE_TEXT = Treatment(
    name="free_text",
    summary="Replaced by public filler text of a length of its own.",
    types=TEXT,
    audit=Audit.CHANGED,
    scramble=_scramble,
)
