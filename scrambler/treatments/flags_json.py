"""flags_json: every flag inside redrawn, the count in step, comments replaced; always valid JSON."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.draw import mix
from kernels.filler import filler
from kernels.loose_json import raw
from scrambler.batch import Batch
from scrambler.coherence import choices, drawn
from scrambler.treatments.treatment import TEXT, Audit, Treatment

_COMMENT_WIDTH = 200


def _scramble(batch: Batch, column: str) -> pl.Series:
    keys = batch.scene.spec.outcomes[column]
    values = batch.frame[column]
    singles = [key for key in (keys.count, keys.comments) if key]
    found = pl.DataFrame({"text": values}).select(
        pl.col("text"), *(raw(key).alias(key) for key in (*keys.flags, *singles))
    )
    # Text without a single known key is no such object: it becomes one with all flags.
    known = found.select(pl.any_horizontal(pl.col(*keys.flags).is_not_null())).to_series()
    yes = {key: _yes(batch, column, key) for key in keys.flags}
    answers = ("Yes", "No") if keys.count is None else ("Y", "N")
    prefix = pl.when(pl.col("text").str.contains('"OUTCOME_[A-Z0-9_]+_FLAG"')).then(
        pl.lit('"OUTCOME_')
    ).otherwise(pl.lit('"'))  # fmt: skip
    frame = found.with_columns(known=known, prefix=prefix).with_columns(
        yes_of(key, flag).alias(f"yes:{key}") for key, flag in yes.items()
    )
    pieces = [
        pl.when(~pl.col("known") | pl.col(key).is_not_null()).then(
            pl.concat_str(
                "prefix",
                pl.lit(f'{key}":"'),
                pl.when(pl.col("known") & (pl.col(key) == '""'))
                .then(pl.lit(""))
                .when(f"yes:{key}")
                .then(pl.lit(answers[0]))
                .otherwise(pl.lit(answers[1])),
                pl.lit('"'),
            )
        )
        for key in keys.flags
    ]
    if keys.count:
        pieces.append(_count(keys.count, keys.flags))
    if keys.comments:
        pieces.append(_comments(batch, column, keys.comments))
    said = pl.Series(batch.filled(column))
    text = frame.select(
        pl.concat_str(
            pl.lit("{"), pl.concat_str(pieces, separator=",", ignore_nulls=True), pl.lit("}")
        )
    ).to_series()
    return text.zip_with(said, values.str.strip_chars().set(said, None))


def yes_of(key: str, flag: np.ndarray) -> pl.Expr:
    """Return the drawn flag of ``key``; False where the flag is blank or absent and counts nothing."""
    said = ~pl.col("known") | (pl.col(key).is_not_null() & (pl.col(key) != '""'))
    return said & pl.lit(pl.Series(flag))


def _yes(batch: Batch, column: str, key: str) -> np.ndarray:
    """Draw one flag; it follows the column it is tied to where that says something."""
    parameters = batch.parameters(column)
    seeds = batch.or_rows(batch.lane(parameters["key"])) if "key" in parameters else batch.rows
    flag = mix(seeds, batch.draw_key(f"{column}.{key}")) >> np.uint64(63) == 1
    tied, _, leader = parameters.get("ties", "").partition(":")
    if tied == key and batch.has(leader):
        codes = np.array([*choices(batch.assignments[leader], batch.scene.spec), ""])
        picks = drawn(batch, leader).choices
        flag = np.where(picks >= 0, codes[picks] == "Y", flag)
    return flag


def _count(count: str, flags: tuple[str, ...]) -> pl.Expr:
    """Write the number of Y flags where the source has a number, null or blank where it has those."""
    held = pl.col(count)
    number = pl.sum_horizontal(pl.col(f"yes:{key}").cast(pl.Int32) for key in flags)
    written = (
        pl.when(held == '""').then(pl.lit('""'))
        .when(held.str.to_lowercase() == "null").then(pl.lit("null"))
        .otherwise(number.cast(pl.String))
    )  # fmt: skip
    return pl.when(held.is_not_null() | ~pl.col("known")).then(
        pl.concat_str(pl.lit(f'"{count}":'), written)
    )


def _comments(batch: Batch, column: str, comments: str) -> pl.Expr:
    seeds = mix(batch.rows, batch.draw_key(f"{column}.{comments}"))
    text = pl.lit(filler(seeds, _COMMENT_WIDTH))
    written = pl.when(pl.col(comments) != '""').then(text).otherwise(pl.lit(""))
    return pl.when(pl.col(comments).is_not_null()).then(
        pl.concat_str(pl.lit(f'"{comments}":"'), written, pl.lit('"'))
    )


FLAGS_JSON = Treatment(
    name="flags_json",
    summary="Flags redrawn, counts in step, comments replaced; text and broken JSON become JSON.",
    types=TEXT,
    audit=Audit.FLAGS,
    scramble=_scramble,
    parameters={
        "ties": "KEY:column, a flag that equals a column of the row",
        "key": "the identifier column whose rows must agree",
    },
)
