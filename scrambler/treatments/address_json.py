"""address_json: one invented place for each source address, the same for everyone there."""

from __future__ import annotations

import polars as pl

from kernels.place import addresses
from scrambler.batch import Batch
from scrambler.treatments.treatment import TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    ids = batch.scene.pseudonyms.identify("address", batch.frame[column])
    values = ids.values
    parts = addresses(ids.lane)
    said = pl.DataFrame({"text": values}).select(
        # Blank parts stay blank; text that is no such object gets all of them.
        pl.col("text").str.contains(rf'"{key}"\s*:\s*(?:"\s*[^"\s]|[0-9])').alias(key)
        for key in parts
    )
    known = values.str.contains("|".join(rf'"{key}"\s*:' for key in parts))
    blank = pl.Series([""])
    pieces = [
        pl.Series([f'"{key}":"']) + part.zip_with(said[key] | ~known, blank) + pl.Series(['"'])
        for key, part in parts.items()
    ]
    joined = pl.DataFrame({str(n): piece for n, piece in enumerate(pieces)}).select(
        pl.concat_str(pl.lit("{"), pl.concat_str(pl.all(), separator=","), pl.lit("}"))
    )
    return ids.spread(joined.to_series().zip_with(ids.text.is_not_null(), ids.sentinels))


ADDRESS_JSON = Treatment(
    name="address_json",
    summary="An invented place, one a source address; blank parts stay blank.",
    types=TEXT,
    audit=Audit.CHANGED,
    scramble=_scramble,
)
