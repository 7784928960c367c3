"""postcode: one invented postcode for each real one, in the ZZ area, which no real place has."""

from __future__ import annotations

import polars as pl

from kernels.addresses import postcodes
from scrambler.batch import Batch
from scrambler.treatments.treatment import TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    ids = batch.identified(column)
    invented = postcodes(ids.token, ids.text)
    spaced = ids.values.str.strip_chars().str.contains(" ", literal=True).fill_null(False)
    invented = invented.zip_with(spaced, invented.str.replace(" ", "", literal=True))
    return ids.spread(invented.zip_with(ids.text.is_not_null(), ids.missing))


POSTCODE = Treatment(
    name="postcode",
    summary="An invented postcode of the ZZ area, the same wherever the real one stood.",
    types=TEXT,
    audit=Audit.CHANGED,
    scramble=_scramble,
)
