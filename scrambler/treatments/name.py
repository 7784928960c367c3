"""name: from public pools, one name per person everywhere, never the person's own."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.draw import mix
from kernels.fake_name import forenames, surnames
from scrambler.batch import Batch
from scrambler.treatments.identifier import worker_names
from scrambler.treatments.sampling import choices, drawn, is_sampled
from scrambler.treatments.treatment import TEXT, Audit, Treatment

PARTS = ("forename", "surname", "full")


def _scramble(batch: Batch, column: str) -> pl.Series:
    parameters, values = batch.parameters(column), batch.frame[column]
    if parameters["part"] == "full":
        return worker_names(batch, column)
    seeds = mix(batch.or_rows(batch.token(parameters["key"])), batch.draw_key("name"))
    if parameters["part"] == "surname":
        invented = surnames(seeds, values)
    else:
        invented = forenames(seeds, _sex(batch, parameters.get("sex")), values)
    said = pl.Series(batch.has_value(column))
    return invented.zip_with(said, values.str.strip_chars().set(said, None))


def _sex(batch: Batch, column: str | None) -> np.ndarray:
    """0 male, 1 female, 2 any: of the scrambled sex."""
    if column is None or not is_sampled(batch, column):
        return np.full(len(batch), 2, dtype=np.int8)
    codes = choices(batch.assignments[column], batch.context.spec)
    meaning = np.array([{"M": 0, "F": 1}.get(code, 2) for code in codes] + [2], dtype=np.int8)
    return meaning[drawn(batch, column).choices]


NAME = Treatment(
    name="name",
    summary="An invented name; a child's forename goes with the scrambled sex.",
    types=TEXT,
    audit=Audit.CHANGED,
    scramble=_scramble,
    parameters={
        "part": "forename, surname or full (a worker's, the same wherever that name stands)",
        "key": "the identifier column of the person",
        "sex": "the column whose scrambled sex the forename goes with",
    },
    required=frozenset({"part"}),
)
