"""JSON objects of flags, judged by what is inside them."""

from __future__ import annotations

import numpy as np
import polars as pl

from kernels.loose_json import ABSENT, BLANK, NO, YES, raw, said
from scrambler.batch import Batch
from scrambler.ssd import OutcomeKeys
from scrambler.ssd.sampling import FLAGS
from scrambler.treatments.flags_json import said_members
from scrambler.verification.during.drawn import once
from scrambler.verification.during.tally import Mask, Tally

# What a flag becomes, by what it was and is: no such key, an answer, nothing, or none of these.
_NONE, _ANSWER, _EMPTY, _STRANGE = range(4)
_WAS = np.array([_NONE, _ANSWER, _ANSWER, _ANSWER, _EMPTY, _EMPTY, _EMPTY], dtype=np.int8)
_IS = np.array([_NONE, _ANSWER, _ANSWER, _STRANGE, _EMPTY, _STRANGE, _STRANGE], dtype=np.int8)


def judge_flags(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge a column of objects with flags, and perhaps their count and comments."""
    keys = batch.context.spec.outcomes[column]
    key = batch.parameters(column).get("key")
    seeds = batch.or_rows(batch.token(key)) if key else batch.rows
    filled = batch.has_value(column)
    first = once(batch, seeds, filled, tally)
    sides = (
        said_members(batch, column),
        said(scrambled, keys.every, begins=keys.comments),
    )
    tally.foreign += int((filled & _misshapen(sides, scrambled, keys)).sum())
    # What follows a column is judged there, and what follows from structure is no draw.
    tied = batch.parameters(column).get("ties", "").partition(":")[0]
    drawn = [flag for flag in keys.flags if flag != tied and (column, flag) not in FLAGS]
    observed, predicted = np.zeros((len(drawn), 2, 2)), np.zeros((len(drawn), 2, 2))
    for number, flag in enumerate(drawn):
        before, after = (side[flag].to_numpy() for side in sides)
        judged = first & ((before == YES) | (before == NO))
        tally.judged += int(judged.sum())
        tally.unchanged += int((judged & (before == after)).sum())
        pairs = np.bincount(
            before[judged].astype(np.int64) * 2 + (after[judged] == YES), minlength=4
        ).reshape(2, 2)
        observed[number] = pairs
        predicted[number] = pairs.sum(axis=1, keepdims=True) / 2
    tally.expected += float(predicted.sum() / 2)
    tally.variance += float(predicted.sum() / 4)
    tally.pair(observed, predicted)
    if keys.comments is None:
        return np.zeros(len(batch), dtype=bool)
    unlike = _same_comments(batch.frame[column], scrambled, keys.comments, sides)
    tally.comments += int(unlike.sum())
    return unlike


def _misshapen(
    sides: tuple[pl.DataFrame, pl.DataFrame], scrambled: pl.Series, keys: OutcomeKeys
) -> Mask:
    """Return where the output is no object of the keys that it must have, and of nothing else."""
    was, now = (side.select(keys.flags).to_numpy() for side in sides)
    due, found = _WAS[was + 1], _IS[now + 1]
    # Text without a single flag becomes an object with all of them.
    due[(was == ABSENT).all(axis=1)] = _ANSWER
    wrong: Mask = (due != found).any(axis=1)
    # No text inside holds a quote, so that their number tells whether anything else stands there.
    quotes = 4 * (found != _NONE).sum(axis=1)
    if keys.count:
        count = sides[1][keys.count].to_numpy()
        quotes += np.where(count == ABSENT, 0, np.where(count == BLANK, 4, 2))
    if keys.comments:
        quotes += 4 * (sides[1][keys.comments].to_numpy() != ABSENT)
    form = scrambled.to_frame("text").select(
        quotes=pl.col("text").str.count_matches('"', literal=True).fill_null(0),
        object=pl.col("text").str.starts_with('{"') & pl.col("text").str.ends_with("}"),
    )
    wrong |= form["quotes"].to_numpy() != quotes
    wrong |= ~form["object"].fill_null(True).to_numpy()
    return wrong


def _same_comments(
    source: pl.Series, scrambled: pl.Series, key: str, sides: tuple[pl.DataFrame, pl.DataFrame]
) -> Mask:
    """Return where a comment, not blank, is the same on both sides."""
    # Equal comments begin alike: only those few are read by pattern, which is slow.
    before, after = (side["begins"].to_numpy() for side in sides)
    near = (before == after) | (before == 0) | (after == 0)
    for side in sides:
        meant = side[key].to_numpy()
        near &= (meant != ABSENT) & (meant != BLANK)
    rows = np.flatnonzero(near)
    texts = pl.DataFrame({"before": source.gather(rows), "after": scrambled.gather(rows)})
    alike = texts.select((raw(key, "before") == raw(key, "after")).fill_null(False)).to_series()
    same = np.zeros(len(source), dtype=bool)
    same[rows] = alike.to_numpy()
    return same
