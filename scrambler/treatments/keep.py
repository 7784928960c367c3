"""keep: structural values stay, where they fit a closed form."""

from __future__ import annotations

import polars as pl

from kernels.canonical import canonical
from scrambler.batch import Batch
from scrambler.treatments.treatment import MOMENTS, NUMBERS, TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    values, parameters = batch.frame[column], batch.parameters(column)
    if values.dtype != pl.String:
        return values
    # Text is kept only where it is one of a list or of a pattern: anything else may say anything.
    text = canonical(values)
    if "list" in parameters:
        codes = batch.context.spec.code_lists[parameters["list"]]
        fits = text.is_in([*codes.codes, *codes.alternates])
    else:
        fits = text.str.contains(f"^(?:{parameters.get('pattern', '')})$")
    return text.set(~fits.fill_null(False), None)


KEEP = Treatment(
    name="keep",
    summary="Structural values stay; text that does not fit the closed form is cleared.",
    types=TEXT | NUMBERS | MOMENTS | {"boolean"},
    audit=Audit.KEPT,
    scramble=_scramble,
    parameters={
        "list": "text must be a code of this list",
        "pattern": "text must match this pattern as a whole",
    },
)
