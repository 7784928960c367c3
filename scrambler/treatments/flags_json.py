"""flags_json: flags redrawn, the count in step, comments replaced; always valid JSON."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.different import Different
from kernels.draw import mix
from kernels.filler import OPENING, filler
from kernels.loose_json import ABSENT, BLANK, NO, NULL, raw, said
from scrambler.batch import Batch
from scrambler.ssd import OutcomeKeys
from scrambler.ssd.sampling import FLAGS
from scrambler.treatments.sampling import choices, drawn, is_sampled
from scrambler.treatments.sampling.conditions import evaluated
from scrambler.treatments.treatment import TEXT, Audit, Treatment

_COMMENT_WIDTH = 200

# What a flag becomes: left out, nothing, no, yes; and so with OUTCOME_ before the key.
_OUT, _NOTHING, _NO, _YES = range(4)
_LONG = 4
_BITS = 3  # of each of at most 18 flags (json_columns.csv has 12)
# By what is said, from ABSENT on. An answer is yes or no as it is drawn, and in an object that says
# yes or nothing, nothing is an answer.
_BECOMES = np.array([_OUT, _NO, _NO, _NO, _NOTHING, _NOTHING, _NOTHING], dtype=np.int64)

# Behind the flags: the comment's form in two bits, then the count's.
_NO_COMMENT, _SHORT, _LONGER = range(3)

_OPENS = int.from_bytes(f'"{OPENING}'.encode()[:8], "little")

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def _scramble(batch: Batch, column: str) -> pl.Series:
    """Write every object anew: what the row draws is added to what its text says.

    Both are numbers, three bits a flag, so that each of the few objects there can be is spelled
    once: ``yes|no|out`` is 0b000_010_011 in a text with two known flags of three.
    """
    keys, texts = batch.context.spec.outcomes[column], batch.different(column)
    members = said(texts.values, keys.every, begins=keys.comments)
    # Text without a single known key is no such object: it becomes one with all flags.
    known = ~(members.select(keys.flags).to_numpy() == ABSENT).all(axis=1)
    form, free, ticked = _said(texts.values, members, known, keys)
    yes = _drawn(batch, column) & texts.spread(free)
    # A yes is one more than a no, and two more than nothing.
    packed = texts.spread(form) + yes * (1 + texts.spread(ticked.astype(np.int64)))
    if keys.count:
        counts = _counted(keys, members[keys.count].to_numpy(), known)
        count = texts.spread(counts)
        count = np.where(count < 0, np.bitwise_count(yes).astype(np.int64), count)
        packed |= count << (_BITS * len(keys.flags) + 2)
    objects = Different.of(pl.Series(packed))
    text = objects.gather(_spelled(objects.values.to_numpy(), keys))
    if keys.comments:
        text = _with_comments(batch, column, text, texts, members)
    text = text.alias(column)
    filled = pl.Series(batch.has_value(column))
    if filled.all():
        return text
    return text.zip_with(filled, batch.frame[column].str.strip_chars().set(filled, None))


def _said(
    texts: pl.Series, members: pl.DataFrame, known: Mask, keys: OutcomeKeys
) -> tuple[Numbers, Numbers, Mask]:
    """Return what each text says with every answer a no, and a bit for each flag that is drawn.

    And which texts are ticked: they say yes or nothing, so nothing is an answer there, and a no.
    """
    longer = _longer(texts, keys)
    said = members.select(keys.flags).to_numpy()
    ticked = known & (said >= BLANK).any(axis=1) & ~(said == NO).any(axis=1)
    form, free = (np.zeros(len(texts), dtype=np.int64) for _ in range(2))
    for number, flag in enumerate(keys.flags):
        state = np.where(known, _BECOMES[said[:, number] + 1], _NO)
        tick = ticked & (said[:, number] != ABSENT)
        free |= (tick | (state == _NO)).astype(np.int64) << (_BITS * number)
        state = np.where(tick, _NOTHING, state)
        form |= (state + longer[flag] * _LONG) << (_BITS * number)
    if keys.comments:
        there = members[keys.comments].to_numpy() != ABSENT
        comment = np.where(there, np.where(longer[keys.comments], _LONGER, _SHORT), _NO_COMMENT)
        form |= comment.astype(np.int64) << (_BITS * len(keys.flags))
    return form, free, ticked


def _longer(texts: pl.Series, keys: OutcomeKeys) -> Mapping[str, Mask]:
    """Return by key where a text writes OUTCOME_ before it: Eclipse does before some, not all."""
    if not texts.str.contains('"OUTCOME_', literal=True).any():
        return dict.fromkeys(keys.every, np.zeros(len(texts), dtype=bool))
    written = texts.to_frame("text").select(
        pl.col("text").str.contains(f'"OUTCOME_{key}"', literal=True).fill_null(False).alias(key)
        for key in keys.every
    )
    return {key: written[key].to_numpy() for key in keys.every}


def _drawn(batch: Batch, column: str) -> Numbers:
    """Draw every flag of every row; a bit of each."""
    drawn = np.zeros(len(batch), dtype=np.int64)
    for number, flag in enumerate(batch.context.spec.outcomes[column].flags):
        drawn |= _yes(batch, column, flag).astype(np.int64) << (_BITS * number)
    return drawn


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


def _counted(keys: OutcomeKeys, held: NDArray[np.int8], known: Mask) -> Numbers:
    """Return the form of each text's count, -1 where the number of Y flags is written.

    Null and blank stay, and where there is no key there will be none.
    """
    last = len(keys.flags) + 1
    return np.select(
        [held == BLANK, held == NULL, (held == ABSENT) & known], [last, last + 1, last + 2], -1
    )


def _spelled(packed: Numbers, keys: OutcomeKeys) -> pl.Series:
    """Return each object as text; one with a comment ends where that begins."""
    yes, no = ("Yes", "No") if keys.count is None else ("Y", "N")
    pieces = []
    for number, flag in enumerate(keys.flags):
        forms = [
            form
            for key in (flag, f"OUTCOME_{flag}")
            for form in (None, f'"{key}":""', f'"{key}":"{no}"', f'"{key}":"{yes}"')
        ]
        pieces.append(pl.Series(flag, forms).gather((packed >> (_BITS * number)) % 8))
    text = pl.DataFrame(pieces).select(
        "{" + pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    )
    behind = packed >> (_BITS * len(keys.flags))
    ends = pl.Series("end", ["}", f',"{keys.comments}":"', f',"OUTCOME_{keys.comments}":"'])
    parts = [text.to_series().alias("flags"), ends.gather(behind % 4)]
    if keys.count:
        last = len(keys.flags) + 1
        counts = [*(f',"{keys.count}":{form}' for form in (*range(last), '""', "null")), ""]
        parts.insert(1, pl.Series("count", counts).gather(behind >> 2))
    return pl.DataFrame(parts).select(pl.concat_str(pl.all())).to_series()


def _with_comments(
    batch: Batch, column: str, text: pl.Series, texts: Different, members: pl.DataFrame
) -> pl.Series:
    """Return objects with a comment closed behind it: filler, or nothing where nothing is said."""
    key = batch.context.spec.outcomes[column].comments
    assert key is not None  # noqa: S101 - asked only where there is one
    held = texts.spread(members[key].to_numpy())
    blank = held == BLANK
    if (told := np.flatnonzero((held != ABSENT) & ~blank)).size:
        seeds = mix(batch.rows[told], batch.draw_key(f"{column}.{key}"))
        begins = texts.spread(members["begins"].to_numpy())[told]
        original = _fillers(batch.frame[column].gather(told), key, begins)
        text = text.scatter(told, text.gather(told) + filler(seeds, _COMMENT_WIDTH, original))
    there = pl.Series(held != ABSENT)
    if not there.any():
        return text
    return (
        text.to_frame("text")
        .select(pl.when(there).then(pl.col("text") + '"}').otherwise("text"))
        .to_series()
    )


def _fillers(values: pl.Series, key: str, begins: NDArray[np.uint64]) -> pl.Series | None:
    """Return the comments that may be filler already, of an earlier output; None without any."""
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
