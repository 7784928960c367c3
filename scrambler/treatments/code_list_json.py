"""code_list_json: as many different codes as there were, drawn evenly from the whole list."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import ranking
from kernels.loose_json import items
from scrambler.batch import Batch
from scrambler.treatments.treatment import TEXT, Audit, Treatment

_BLOCK = 4_096


def _scramble(batch: Batch, column: str) -> pl.Series:
    parameters, values = batch.parameters(column), batch.frame[column]
    codes = batch.context.spec.code_lists[parameters["list"]].codes
    alone = codes.index(parameters["alone"])
    wanted = np.minimum(items(values).fill_null(0).to_numpy(), int(parameters["most"]))
    key = batch.draw_key(column)
    # In blocks: an order of all codes a row takes several hundred bytes of each row.
    blocks = range(0, len(batch), _BLOCK)
    chosen = np.concatenate(
        [np.empty((0, len(codes)), dtype=bool)]
        + [
            _chosen(
                ranking(batch.rows[at : at + _BLOCK], len(codes), key),
                wanted[at : at + _BLOCK],
                alone,
            )
            for at in blocks
        ]
    )
    pieces = pl.DataFrame(
        {code: pl.Series(chosen[:, number]) for number, code in enumerate(codes)}
    ).select(pl.when(code).then(pl.lit(f'"{code}"')).alias(code) for code in codes)
    text = pieces.select(
        pl.concat_str(
            pl.lit("["), pl.concat_str(pl.all(), separator=",", ignore_nulls=True), pl.lit("]")
        )
    ).to_series()
    said = pl.Series(batch.has_value(column))
    return text.zip_with(said, values.str.strip_chars().set(said, None))


def _chosen(order: NDArray[np.int64], wanted: NDArray[np.int64], alone: int) -> NDArray[np.bool_]:
    """Return which codes each row gets: the first ``wanted`` of its own random order."""
    # The code that stands alone is passed over where there are several.
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(order.shape[1])[None, :], axis=1)
    shared = place - (place > place[:, [alone]])
    chosen: NDArray[np.bool_] = shared < wanted[:, None]
    chosen[:, alone] = False
    lone = (wanted == 1) & (place[:, alone] == 0)
    chosen[wanted == 1] = place[wanted == 1] == 0
    chosen[lone, alone] = True
    return chosen


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
