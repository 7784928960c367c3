"""code_list_json: as many different codes as there were, drawn evenly from the whole list."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.draw import ranking
from kernels.loose_json import items
from scrambler.batch import Batch
from scrambler.treatments.treatment import TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    parameters, values = batch.parameters(column), batch.frame[column]
    codes = batch.scene.spec.code_lists[parameters["list"]].codes
    alone = codes.index(parameters["alone"])
    wanted = np.minimum(items(values).fill_null(0).to_numpy(), int(parameters["most"]))
    order = ranking(batch.rows, len(codes), batch.draw_key(column))
    # The code that stands alone is passed over where there are several.
    place = np.argsort(order, axis=1)
    shared = place - (place > place[:, [alone]])
    chosen = shared < wanted[:, None]
    chosen[:, alone] = False
    lone = (wanted == 1) & (place[:, alone] == 0)
    chosen[wanted == 1] = place[wanted == 1] == 0
    chosen[lone, alone] = True
    pieces = pl.DataFrame(
        {code: pl.Series(chosen[:, number]) for number, code in enumerate(codes)}
    ).select(pl.when(code).then(pl.lit(f'"{code}"')).alias(code) for code in codes)
    text = pieces.select(
        pl.concat_str(
            pl.lit("["), pl.concat_str(pl.all(), separator=",", ignore_nulls=True), pl.lit("]")
        )
    ).to_series()
    said = pl.Series(batch.filled(column))
    return text.zip_with(said, values.str.strip_chars().set(said, None))


CODE_LIST_JSON = Treatment(
    name="code_list_json",
    summary="As many different codes as before, drawn evenly, in the list's order.",
    types=TEXT,
    audit=Audit.ITEMS,
    scramble=_scramble,
    parameters={
        "list": "the code list to draw from",
        "alone": "the code that only stands alone",
        "most": "the most items there may be",
    },
    required=frozenset({"list", "alone", "most"}),
)
