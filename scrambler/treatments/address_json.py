"""address_json: one invented place for each source address, the same for everyone there."""

from __future__ import annotations

import polars as pl

from kernels.addresses import addresses
from scrambler.batch import Batch
from scrambler.treatments.treatment import TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    ids = batch.identified(column)
    values = ids.values
    parts = addresses(ids.token)
    text = pl.col("text")
    known = text.str.contains("|".join(rf'"{key}"\s*:' for key in parts))
    # Blank parts stay blank; text that is no such object gets all of them.
    pieces = [
        pl.when(text.str.contains(rf'"{key}"\s*:\s*(?:"\s*[^"\s]|[0-9])') | ~pl.col("known"))
        .then(pl.concat_str(pl.lit(f'"{key}":"'), key, pl.lit('"')))
        .otherwise(pl.lit(f'"{key}":""'))
        for key in parts
    ]
    joined = (
        pl.DataFrame({"text": values, **parts})
        .with_columns(known=known)
        .select(pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=","), pl.lit("}")))
    )
    return ids.spread(joined.to_series().zip_with(ids.text.is_not_null(), ids.missing))


ADDRESS_JSON = Treatment(
    name="address_json",
    summary="An invented place, one a source address; blank parts stay blank.",
    types=TEXT,
    audit=Audit.CHANGED,
    scramble=_scramble,
)
