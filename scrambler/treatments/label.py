"""label: a description follows its code; a name of a team or body follows its identifier."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from kernels.draw import Seeds, mix
from kernels.filler import authorities, organisations, teams
from scrambler.batch import Batch
from scrambler.treatments.sampling import drawn, is_sampled
from scrambler.treatments.treatment import TEXT, Audit, Treatment

POOLS: Mapping[str, Callable[[Seeds], pl.Series]] = {
    "organisation": organisations,
    "authority": authorities,
    "team": teams,
}


def _scramble(batch: Batch, column: str) -> pl.Series:
    parameters, values = batch.parameters(column), batch.frame[column]
    said = pl.Series(batch.has_value(column))
    text = _described(batch, column) if "follows" in parameters else _named(batch, column)
    if width := batch.assignments[column].column.width:
        text = text.str.slice(0, width)
    return text.zip_with(said, values.str.strip_chars().set(said, None))


def _described(batch: Batch, column: str) -> pl.Series:
    """Describe the code drawn for the column that is followed; draw one where it is empty."""
    code = batch.parameters(column)["follows"]
    listed = batch.assignments[column].column.code_list
    assert listed is not None, "a plan refuses a label without a code list"  # noqa: S101
    labels = pl.Series(batch.context.spec.code_lists[listed].labels)
    own = batch.rows % np.uint64(len(labels))
    picks = drawn(batch, code).choices if is_sampled(batch, code) else np.full(len(batch), -1)
    return labels.gather(np.where(picks >= 0, picks, own.astype(np.int64)))


def _named(batch: Batch, column: str) -> pl.Series:
    parameters, values = batch.parameters(column), batch.frame[column]
    pool = POOLS[parameters["pool"]]
    key = parameters.get("key")
    seeds = batch.token(key) if key else mix(batch.rows, batch.draw_key(column))
    seeds = mix(batch.or_rows(seeds), batch.draw_key(parameters["pool"]))
    result, own = pool(seeds), values.str.strip_chars().str.to_lowercase()
    for turn in range(1, 5):
        # Pools are small enough to meet the own name twice running, never five times.
        same = (result.str.to_lowercase() == own).fill_null(False)
        if not same.any():
            break
        result = pool(mix(seeds, turn)).zip_with(same, result)
    return result


LABEL = Treatment(
    name="label",
    summary="Describes what was drawn for its code, or is an invented name that follows its key.",
    types=TEXT,
    audit=Audit.CHANGED,
    scramble=_scramble,
    parameters={
        "follows": "the code column it describes",
        "pool": "organisation, authority or team",
        "key": "the identifier column it names",
    },
)
