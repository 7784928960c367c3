"""flags_json: flags redrawn, the count in step, comments replaced; always valid JSON."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.draw import mix
from kernels.filler import OPENING, REOPENING, filler
from kernels.loose_json import ABSENT, BLANK, NULL, OTHER, raw, said
from scrambler.batch import Batch
from scrambler.coherence import choices, drawn, redrawn
from scrambler.treatments.treatment import TEXT, Audit, Treatment

_COMMENT_WIDTH = 200


def _scramble(batch: Batch, column: str) -> pl.Series:
    keys = batch.scene.spec.outcomes[column]
    values = batch.frame[column]
    # Text without a single known key is no such object: it becomes one with all flags.
    known = pl.any_horizontal(pl.col(keys.flags) != ABSENT).alias("known")
    answers = ("Yes", "No") if keys.count is None else ("Y", "N")
    frame = (
        said_members(batch, column)
        .with_columns(known, text=values)
        .with_columns(pl.when("known").then(pl.col(keys.flags)).otherwise(pl.lit(OTHER, pl.Int8)))
        .with_columns(
            (
                pl.lit(pl.Series(_yes(batch, column, key)))
                & pl.col(key).is_between(ABSENT, BLANK, closed="none")
            ).alias(f"yes:{key}")
            for key in keys.flags
        )
    )
    prefixed = bool(values.str.contains('"OUTCOME_', literal=True).any())
    pieces = [_flag(key, answers, prefixed) for key in keys.flags]
    if keys.count:
        pieces.append(_count(keys.count, keys.flags))
    if keys.comments:
        pieces.append(_comments(batch, column, keys.comments, prefixed))
    text = frame.select(
        pl.concat_str(
            pl.lit("{"), pl.concat_str(pieces, separator=",", ignore_nulls=True), pl.lit("}")
        )
    ).to_series()
    filled = pl.Series(batch.filled(column))
    return text.zip_with(filled, values.str.strip_chars().set(filled, None))


def said_members(batch: Batch, column: str) -> pl.DataFrame:
    """Return what the source says, flags, count and comments, as ``said``; read once a batch."""
    if column not in batch.said:
        keys = batch.scene.spec.outcomes[column]
        batch.said[column] = said(batch.frame[column], keys.every, begins=keys.comments)
    return batch.said[column]


def _opening(key: str, prefixed: bool) -> pl.Expr:
    """Spell a key as the row does: Eclipse writes OUTCOME_ before some keys, not before all."""
    plain = pl.lit(f'"{key}')
    if not prefixed:
        return plain
    longer = f'"OUTCOME_{key}'
    here = pl.col("text").str.contains(longer + '"', literal=True)
    return pl.when(here).then(pl.lit(longer)).otherwise(plain)


def _flag(key: str, answers: tuple[str, str], prefixed: bool) -> pl.Expr:
    answer = (
        pl.when(pl.col(key) >= BLANK).then(pl.lit('":""'))
        .when(f"yes:{key}").then(pl.lit(f'":"{answers[0]}"'))
        .otherwise(pl.lit(f'":"{answers[1]}"'))
    )  # fmt: skip
    return pl.when(pl.col(key) != ABSENT).then(pl.concat_str(_opening(key, prefixed), answer))


def _yes(batch: Batch, column: str, key: str) -> np.ndarray:
    """Draw one flag; it follows the column it is tied to where that says something."""
    parameters = batch.parameters(column)
    seeds = batch.or_rows(batch.lane(parameters["key"])) if "key" in parameters else batch.rows
    flag: np.ndarray = mix(seeds, batch.draw_key(f"{column}.{key}")) >> np.uint64(63) == 1
    tied, _, leader = parameters.get("ties", "").partition(":")
    if tied == key and redrawn(batch, leader):
        codes = np.array([*choices(batch.assignments[leader], batch.scene.spec), ""])
        picks = drawn(batch, leader).choices
        flag = np.where(picks >= 0, codes[picks] == "Y", flag)
    return flag


def _count(count: str, flags: tuple[str, ...]) -> pl.Expr:
    """Write the number of Y flags where the source has a number; null and blank stay."""
    held = pl.col(count)
    number = pl.sum_horizontal(pl.col(f"yes:{key}").cast(pl.Int32) for key in flags)
    written = (
        pl.when(held == BLANK).then(pl.lit('""'))
        .when(held == NULL).then(pl.lit("null"))
        .otherwise(number.cast(pl.String))
    )  # fmt: skip
    return pl.when((held != ABSENT) | ~pl.col("known")).then(
        pl.concat_str(pl.lit(f'"{count}":'), written)
    )


def _comments(batch: Batch, column: str, comments: str, prefixed: bool) -> pl.Expr:
    seeds = mix(batch.rows, batch.draw_key(f"{column}.{comments}"))
    text = pl.lit(filler(seeds, _COMMENT_WIDTH, _fillers(batch.frame[column], comments)))
    written = pl.when(pl.col(comments) != BLANK).then(text).otherwise(pl.lit(""))
    return pl.when(pl.col(comments) != ABSENT).then(
        pl.concat_str(_opening(comments, prefixed), pl.lit('":"'), written, pl.lit('"'))
    )


def _fillers(values: pl.Series, comments: str) -> pl.Series | None:
    """Return the comments that may be filler already, of an earlier output; None without any."""
    openings = pl.col("text").str.contains_any([OPENING, REOPENING])
    rows = values.to_frame("text").select(openings.fill_null(False).arg_true()).to_series()
    if not len(rows):
        return None
    held = values.gather(rows).to_frame("text").select(raw(comments).str.strip_chars('"'))
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(values))
    return nothing.scatter(rows, held.to_series())


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
