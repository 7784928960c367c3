"""flags_json: flags redrawn, the count in step, comments replaced; always valid JSON."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.draw import mix
from kernels.filler import OPENING, filler
from kernels.loose_json import ABSENT, BLANK, NULL, raw, said
from scrambler.batch import Batch
from scrambler.keys.pseudonyms import factorised
from scrambler.ssd import OutcomeKeys
from scrambler.ssd.sampling import FLAGS
from scrambler.treatments.sampling import choices, drawn, is_sampled
from scrambler.treatments.sampling.conditions import evaluated
from scrambler.treatments.treatment import TEXT, Audit, Treatment

_COMMENT_WIDTH = 200

# What a flag becomes: left out, nothing, no, yes; and so with OUTCOME_ before the key.
_OUT, _NOTHING, _NO, _YES = range(4)
_LONG = 4
_BITS = 3  # of each of at most 21 flags (json_columns.csv has 12)
# By what is said, from ABSENT on. An answer is yes or no as it is drawn.
_BECOMES = np.array([_OUT, _NO, _NO, _NO, _NOTHING, _NOTHING, _NOTHING], dtype=np.int64)

_OPENS = int.from_bytes(f'"{OPENING}'.encode()[:8], "little")

Mask = NDArray[np.bool_]


def _scramble(batch: Batch, column: str) -> pl.Series:
    keys = batch.context.spec.outcomes[column]
    values = batch.frame[column]
    members = said_members(batch, column)
    # Text without a single known key is no such object: it becomes one with all flags.
    known = ~(members.select(keys.flags).to_numpy() == ABSENT).all(axis=1)
    longer = _longer(values, keys)
    flags, yes = _flags(batch, column, known, longer)
    pieces = {"flags": flags}
    if keys.count:
        pieces["count"] = _count(keys, members[keys.count].to_numpy(), known, yes)
    if keys.comments:
        pieces |= _comments(batch, column, keys.comments, longer)
    text = pl.DataFrame(pieces).select(
        pl.concat_str(pl.all(), pl.lit("}"), ignore_nulls=True).alias(column)
    )
    filled = pl.Series(batch.has_value(column))
    if filled.all():
        return text.to_series()
    return text.to_series().zip_with(filled, values.str.strip_chars().set(filled, None))


def said_members(batch: Batch, column: str) -> pl.DataFrame:
    """Return what the source says, flags, count and comments, as ``said``; read once a batch."""
    if column not in batch.said:
        keys = batch.context.spec.outcomes[column]
        batch.said[column] = said(batch.frame[column], keys.every, begins=keys.comments)
    return batch.said[column]


def _flags(
    batch: Batch, column: str, known: Mask, longer: Mapping[str, Mask]
) -> tuple[pl.Series, NDArray[np.int64]]:
    """Return each object up to its last flag, and the number of its flags that are yes."""
    keys, members = batch.context.spec.outcomes[column], said_members(batch, column)
    answers = ("Yes", "No") if keys.count is None else ("Y", "N")
    packed, count = (np.zeros(len(batch), dtype=np.int64) for _ in range(2))
    for number, flag in enumerate(keys.flags):
        state = np.where(known, _BECOMES[members[flag].to_numpy() + 1], _NO)
        yes = (state == _NO) & _yes(batch, column, flag)
        state += yes * (_YES - _NO) + longer[flag] * _LONG
        packed |= state << (_BITS * number)
        count += yes
    # Few of the many objects there could be are there: each is spelled once.
    values, which = factorised(pl.Series(packed))
    different = values.to_numpy()
    spelled = pl.DataFrame(
        [
            pl.Series(flag, _spelled(flag, answers)).gather((different >> (_BITS * number)) % 8)
            for number, flag in enumerate(keys.flags)
        ]
    ).select("{" + pl.concat_str(pl.all(), separator=",", ignore_nulls=True))
    return spelled.to_series().gather(which), count


def _spelled(flag: str, answers: tuple[str, str]) -> list[str | None]:
    """Return how a flag is written in each of its states."""
    yes, no = answers
    return [
        form
        for key in (flag, f"OUTCOME_{flag}")
        for form in (None, f'"{key}":""', f'"{key}":"{no}"', f'"{key}":"{yes}"')
    ]


def _longer(values: pl.Series, keys: OutcomeKeys) -> Mapping[str, Mask]:
    """Return by key where a row writes OUTCOME_ before it: Eclipse does before some, not all."""
    if not values.str.contains('"OUTCOME_', literal=True).any():
        return dict.fromkeys(keys.every, np.zeros(len(values), dtype=bool))
    written = values.to_frame("text").select(
        pl.col("text").str.contains(f'"OUTCOME_{key}"', literal=True).fill_null(False).alias(key)
        for key in keys.every
    )
    return {key: written[key].to_numpy() for key in keys.every}


def _yes(batch: Batch, column: str, key: str) -> Mask:
    """Draw one flag, unless it follows from structure, or from the column that it is tied to."""
    if (column, key) in FLAGS:
        follows: Mask = evaluated(FLAGS[column, key], batch) == 1
        return follows
    parameters = batch.parameters(column)
    seeds = batch.or_rows(batch.token(parameters["key"])) if "key" in parameters else batch.rows
    flag: Mask = mix(seeds, batch.draw_key(f"{column}.{key}")) >> np.uint64(63) == 1
    tied, _, leader = parameters.get("ties", "").partition(":")
    if tied == key and is_sampled(batch, leader):
        codes = np.array([*choices(batch.assignments[leader], batch.context.spec), ""])
        picks = drawn(batch, leader).choices
        flag = np.where(picks >= 0, codes[picks] == "Y", flag)
    return flag


def _count(
    keys: OutcomeKeys, held: NDArray[np.int8], known: Mask, yes: NDArray[np.int64]
) -> pl.Series:
    """Write the number of Y flags where the source has a number; null and blank stay."""
    last = len(keys.flags) + 1
    forms = [*(f',"{keys.count}":{form}' for form in (*range(last), '""', "null")), None]
    place = np.select(
        [held == BLANK, held == NULL, (held == ABSENT) & known], [last, last + 1, last + 2], yes
    )
    return pl.Series(forms).gather(place)


def _comments(
    batch: Batch, column: str, key: str, longer: Mapping[str, Mask]
) -> dict[str, pl.Series]:
    """Return the pieces that a comment is written with."""
    held = said_members(batch, column)[key].to_numpy()
    seeds = mix(batch.rows, batch.draw_key(f"{column}.{key}"))
    text = filler(seeds, _COMMENT_WIDTH, _fillers(batch, column, key))
    there = held != ABSENT
    form = np.where(there, longer[key], 2)
    return {
        "opening": pl.Series([f',"{key}":"', f',"OUTCOME_{key}":"', None]).gather(form),
        "text": text.set(pl.Series(~there | (held == BLANK)), None),
        "end": pl.Series([None, '"']).gather(there.astype(np.int64)),
    }


def _fillers(batch: Batch, column: str, key: str) -> pl.Series | None:
    """Return the comments that may be filler already, of an earlier output; None without any."""
    values, begins = batch.frame[column], said_members(batch, column)["begins"].to_numpy()
    # Most begin otherwise and are not looked at. 0 says that the beginning was not read.
    near = np.flatnonzero((begins == 0) | (begins == _OPENS))
    opened = values.gather(near).str.contains(OPENING, literal=True)
    rows = near[opened.fill_null(False).to_numpy()]
    if not len(rows):
        return None
    held = values.gather(rows).to_frame("text").select(raw(key).str.strip_chars('"'))
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
